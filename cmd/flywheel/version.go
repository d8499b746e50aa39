package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// version is the program's version, as results carry it; it changes when results may.
const version = "0.1.0"

func (p *program) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Print the version",
		Example: "  flywheel version",
		Args:    none,
		RunE: func(*cobra.Command, []string) error {
			if p.json {
				return p.document(struct {
					Version  string `json:"version"`
					Revision string `json:"revision"`
					Go       string `json:"go"`
				}{version, revision(), runtime.Version()})
			}
			_, err := fmt.Fprintf(p.out, "flywheel %s (%s, %s %s/%s)\n", version, revision(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return err
		},
	}
}

// revision is the commit that the binary was built from, where the build knows it.
func revision() string {
	info, _ := debug.ReadBuildInfo()
	if info == nil {
		return "unknown revision"
	}
	found, changed := "unknown revision", ""
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			found = s.Value
		case s.Key == "vcs.modified" && s.Value == "true":
			changed = " with changes"
		}
	}
	return found + changed
}
