package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"flywheel/cmd/flywheel/ui"
	"flywheel/scenarios"
	"flywheel/sim/engine"
)

func (p *program) serveCommand() *cobra.Command {
	var ask asked
	var addr string
	c := &cobra.Command{
		Use:   "serve [SCENARIO...]",
		Short: "Serve the local page: move levers, see the forecast, compare, save",
		Long: `Serve a page on this machine alone: pick a scenario (the library's and those named here), move its
levers, see the expected line and the critical mass at once and the band behind them, pin a run and
read paired differences, save what you found as a scenario in this folder, open stored runs, and
watch studies and load tests that run beside it in this folder. Ctrl-C ends it.`,
		Example:           "  flywheel serve my-city.yaml",
		ValidArgsFunction: completeScenario,
		RunE: func(c *cobra.Command, args []string) error {
			if _, err := ask.options(c); err != nil {
				return err
			}
			var sources []string
			for _, source := range args {
				if _, err := scenarios.Load(source, scenarios.Options{Engines: engine.Names()}); err != nil {
					return err
				}
				sources = append(sources, source)
			}
			return p.serve(c.Context(), addr, ui.Handler(ui.Options{Scenarios: sources, Runs: runsFolder, Save: ".", Version: version, Threads: ask.threads}))
		},
	}
	c.Flags().StringVar(&addr, "addr", "127.0.0.1:8420", "listen on `HOST:PORT`, a loopback address")
	ask.threaded(c)
	return c
}

// serve answers until the user interrupts.
func (p *program) serve(ctx context.Context, addr string, h http.Handler) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return wrong("--addr: %q is no HOST:PORT; write it such as 127.0.0.1:8420", addr)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return wrong("--addr: %s is not this machine alone; give 127.0.0.1 or localhost", host)
	}
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return fmt.Errorf("--addr: %w", err)
	}
	server := &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second, BaseContext: func(net.Listener) context.Context { return ctx }}
	stop := context.AfterFunc(ctx, func() {
		patience, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		if server.Shutdown(patience) != nil {
			_ = server.Close() // whoever is still listening is cut off
		}
	})
	defer stop()
	fmt.Fprintf(p.out, "http://%s/\n", listener.Addr())
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
