package main

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/pflag"

	"flywheel/loadtest"
	"flywheel/results"
	"flywheel/results/files"
)

// besideLoad is what a load test does beside pressing and keeping: whom the user allows
// it to press, and what it tells to machines.
type besideLoad struct {
	mayPress    []string
	junit       string
	metrics     string
	baseline    string
	annotations bool
}

func (b *besideLoad) flags(flags *pflag.FlagSet) {
	flags.StringSliceVar(&b.mayPress, "i-may-press", nil, "confirm that you may press `HOST`, which the plan's limits.hosts names; loopback needs no such word")
	flags.StringVar(&b.junit, "junit", "", "write the verdicts as JUnit XML to `FILE`")
	flags.StringVar(&b.metrics, "metrics", "", "show the run to Prometheus at `ADDR`/metrics while it goes on, such as 127.0.0.1:9464; loopback only")
	flags.StringVar(&b.baseline, "baseline", "", "hold the run against an earlier one in the folder `DIR`")
	flags.BoolVar(&b.annotations, "annotations", false, "print broken thresholds on stderr as annotations of GitHub Actions")
}

// before are the seconds of the earlier run that --baseline names; nil without one.
func (b *besideLoad) before() (*results.Table, error) {
	if b.baseline == "" {
		return nil, nil
	}
	t, err := files.Read(filepath.Join(b.baseline, seconds+".parquet"))
	if err != nil {
		return nil, wrong("--baseline: %w", err)
	}
	return t, nil
}

// meter opens the endpoint that --metrics asks for; shut closes it. Both are nil without
// one.
func (b *besideLoad) meter() (show func(loadtest.Snapshot), shut func(), err error) {
	if b.metrics == "" {
		return nil, func() {}, nil
	}
	host, _, err := net.SplitHostPort(b.metrics)
	if ip := net.ParseIP(host); err != nil || host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, nil, wrong("--metrics: %q is no address of this machine's loopback; give one such as 127.0.0.1:9464", b.metrics)
	}
	listener, err := net.Listen("tcp", b.metrics)
	if err != nil {
		return nil, nil, fmt.Errorf("--metrics: %w; choose a free port", err)
	}
	m := &loadtest.Meter{}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", m.Handler())
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(listener) // it ends with Close
	}()
	return m.Show, func() { _ = server.Close(); <-done }, nil
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
