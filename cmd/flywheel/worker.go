package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"

	"github.com/spf13/cobra"

	loadswarm "flywheel/loadtest/swarm"
	"flywheel/sim/study"
	"flywheel/sim/swarm"
)

func (p *program) workerCommand() *cobra.Command {
	var ask asked
	var join joining
	var pressing pressingWorker
	c := &cobra.Command{
		Use:   "worker --nats URL",
		Short: "Make runs for studies, and press for load tests, that other machines lead",
		Long: `Join the studies that sweep, sensitivity, fit, optimise and game hand out with --nats URL over a
server of NATS with JetStream: take runs, make them and answer, until Ctrl-C (exit code 130, as
everywhere), which gives the runs under way back. Start as many workers as there are machines,
before or after the study. A study of another build of the program is refused, as its numbers might be others.

Join load tests of flywheel load --nats URL as well: press a share of the starts, one load
at a time, with runs of studies put off meanwhile. Loopback is this machine's own; any other
host has to stand in the plan and in this worker's --i-may-press. Variables that the plan
names are looked up in this worker's environment.`,
		Example: "  flywheel worker --nats nats://127.0.0.1:4222",
		Args:    none,
		RunE: func(c *cobra.Command, _ []string) error {
			if _, err := ask.options(c); err != nil {
				return err
			}
			if join.at == "" || join.embedded() {
				return wrong("--nats: a worker has nowhere to work; give the address of a server, such as nats://127.0.0.1:4222")
			}
			options, err := join.options()
			if err != nil {
				return err
			}
			if pressing.weight < 1 {
				return wrong("--weight: %d is no weight; give 1 or more", pressing.weight)
			}
			return p.work(c.Context(), options, ask.threads, pressing)
		},
	}
	join.flags(c, "join at the server of NATS with JetStream at `URL`")
	ask.threaded(c)
	c.Flags().Int64Var(&pressing.weight, "weight", 1, "take `N` times as much of a load test as a worker of weight 1")
	c.Flags().StringSliceVar(&pressing.mayPress, "i-may-press", nil, "confirm that you may press `HOST` in load tests; loopback needs no such word")
	return c
}

// pressingWorker is how a worker takes part in load tests.
type pressingWorker struct {
	weight   int64
	mayPress []string
}

// work makes runs until the user interrupts.
func (p *program) work(ctx context.Context, options swarm.Options, threads int, pressing pressingWorker) error {
	build, err := buildName()
	if err != nil {
		return err
	}
	host, err := os.Hostname()
	if err != nil {
		host = "worker"
	}
	name := fmt.Sprintf("%s-%d", host, os.Getpid())
	options.Name = name
	connection, err := swarm.Connect(ctx, options)
	if err != nil && ctx.Err() != nil {
		return failure{exitInterrupted, nil}
	}
	if err != nil {
		return err
	}
	defer connection.Close()
	p.say(name, fmt.Sprintf("waits for studies with %s, and for load tests, build %s", several(threads, "thread"), build))
	var made atomic.Int64
	studies := swarm.Worker{
		Name: name, Build: build, Threads: threads, Note: func(text string) { p.say(name, text) },
		Open: func(content []byte) (swarm.Work, error) {
			work, err := follow(content)
			if err != nil {
				return nil, err
			}
			return func(ctx context.Context, values []string, replication int) (study.Measured, error) {
				m, err := work(ctx, values, replication)
				if err == nil {
					made.Add(1)
				}
				return m, err
			}, nil
		},
	}
	s := &shift{busy: make(chan bool)}
	err = s.serve(ctx, func(ctx context.Context) error { return studies.Serve(ctx, connection) }, func(ctx context.Context) error {
		return loadswarm.Worker{
			Name: name, Build: build, Weight: pressing.weight, Open: p.perform(pressing.mayPress), Busy: s.press, Note: func(text string) { p.say(name, text) },
		}.Serve(ctx, connection.NATS())
	})
	p.say(name, "made "+several(int(made.Load()), "run"))
	if ctx.Err() != nil && (errors.Is(err, ctx.Err()) || errors.Is(err, context.Cause(ctx))) {
		return failure{exitInterrupted, nil}
	}
	return err
}

// shift lets a worker do one thing at a time: a load test is pressed while no study takes the processors.
type shift struct {
	busy chan bool // a load begins, or has ended
	over <-chan struct{}
}

// press says that a load begins or has ended.
func (s *shift) press(begins bool) {
	select {
	case s.busy <- begins:
	case <-s.over:
	}
}

// serve serves studies, which are put off while a load is pressed, and loads, until the context
// ends or either ends by itself.
func (s *shift) serve(ctx context.Context, studies, loads func(context.Context) error) error {
	own, stop := context.WithCancelCause(ctx)
	s.over = own.Done()
	var tasks sync.WaitGroup
	defer tasks.Wait()
	defer stop(nil)
	tasks.Go(func() { stop(loads(own)) })
	for {
		turn, rest := context.WithCancel(own)
		done := make(chan error, 1)
		go func() { done <- studies(turn) }()
		select {
		case err := <-done:
			rest()
			if own.Err() != nil {
				return context.Cause(own)
			}
			return err
		case <-s.busy:
		}
		rest()
		<-done
		select {
		case <-s.busy:
		case <-own.Done():
			return context.Cause(own)
		}
	}
}
