package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/pflag"
)

// besideLoad is what a load test does beside pressing and keeping: whom the user allows
// it to press, and what it tells to machines.
type besideLoad struct {
	mayPress    []string
	junit       string
	annotations bool
}

func (b *besideLoad) flags(flags *pflag.FlagSet) {
	flags.StringSliceVar(&b.mayPress, "i-may-press", nil, "confirm that you may press `HOST`, which the plan's limits.hosts names; loopback needs no such word")
	flags.StringVar(&b.junit, "junit", "", "write the verdicts as JUnit XML to `FILE`")
	flags.BoolVar(&b.annotations, "annotations", false, "print broken thresholds on stderr as annotations of GitHub Actions")
}

// tell writes the verdicts for machines.
func (b *besideLoad) tell(p *program, l *loaded) error {
	var faults []error
	if b.annotations {
		for _, line := range l.report.Annotations(l.job.file) {
			if _, err := fmt.Fprintln(p.err, line); err != nil {
				faults = append(faults, fmt.Errorf("--annotations: %w", err))
				break
			}
		}
	}
	if b.junit != "" {
		if err := os.WriteFile(b.junit, l.report.JUnit(l.job.name), 0o666); err != nil {
			faults = append(faults, fmt.Errorf("--junit: %w", err))
		}
	}
	return errors.Join(faults...)
}
