package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync/atomic"

	"github.com/spf13/cobra"

	"flywheel/sim/study"
	"flywheel/sim/swarm"
)

func (p *program) workerCommand() *cobra.Command {
	var ask asked
	var join joining
	c := &cobra.Command{
		Use:   "worker --nats URL",
		Short: "Make runs for studies that other machines lead",
		Long: `Join the studies that flywheel sweep --nats URL hands out over a server of NATS with JetStream:
take runs, make them and answer, until Ctrl-C (exit code 130, as everywhere), which gives the
runs under way back. Start as many workers as there are machines, before or after the study.
A study of another build of the program is refused, as its numbers might be others.`,
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
			return p.work(c.Context(), options, ask.threads)
		},
	}
	join.flags(c, "join at the server of NATS with JetStream at `URL`")
	ask.threaded(c)
	return c
}

// work makes runs until the user interrupts.
func (p *program) work(ctx context.Context, options swarm.Options, threads int) error {
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
	p.say(name, fmt.Sprintf("waits for studies with %s, build %s", several(threads, "thread"), build))
	var made atomic.Int64
	err = swarm.Worker{
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
	}.Serve(ctx, connection)
	p.say(name, "made "+several(int(made.Load()), "run"))
	if ctx.Err() != nil && (errors.Is(err, ctx.Err()) || errors.Is(err, context.Cause(ctx))) {
		return failure{exitInterrupted, nil}
	}
	return err
}
