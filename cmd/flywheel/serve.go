package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"syscall"
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
		Example:           "  flywheel serve " + exampleScenario,
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

// serve answers until the user interrupts; then it cuts off what still streams.
func (p *program) serve(ctx context.Context, addr string, h http.Handler) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return wrong("--addr: %q is no HOST:PORT; write it such as 127.0.0.1:8420", addr)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return wrong("--addr: %s is not this machine alone; give 127.0.0.1 or localhost", host)
	}
	listener, err := net.Listen("tcp", addr)
	if errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("--addr: something listens on %s already; if it is another flywheel serve, open http://%s/, or else give another port, such as --addr %s", addr, addr, net.JoinHostPort(host, "0"))
	}
	if err != nil {
		return fmt.Errorf("--addr: %w", err)
	}
	const headers = 64 << 10 // bytes: what a page of ours asks for is far shorter
	server := &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second, MaxHeaderBytes: headers, BaseContext: func(net.Listener) context.Context { return ctx }}
	if err := p.announce(fmt.Sprintf("http://%s/", listener.Addr())); err != nil {
		return errors.Join(err, listener.Close())
	}
	if !p.quiet {
		fmt.Fprintln(p.err, "the page is open, to this machine alone; Ctrl-C closes it")
	}
	closed := make(chan error, 1)
	stop := context.AfterFunc(ctx, func() {
		patience, cancel := context.WithTimeout(context.Background(), farewell)
		defer cancel()
		if server.Shutdown(patience) != nil {
			_ = server.Close() // whoever is still listening is cut off
		}
		closed <- failure{exitInterrupted, errors.New("closed")}
	})
	defer stop()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return <-closed
}
