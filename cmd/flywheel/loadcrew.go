package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"flywheel/loadtest"
	"flywheel/loadtest/plan"
	loadswarm "flywheel/loadtest/swarm"
	"flywheel/scenarios"
	"flywheel/sim/swarm"
)

// crewLoad is with whom a load test presses.
type crewLoad struct {
	join    joining
	workers int
}

func (w *crewLoad) flags(c *cobra.Command) {
	w.join.flags(c, "let workers press together, over the server of NATS with JetStream at `URL`, or over one in this process, which is a worker, too: embedded, or embedded:HOST:PORT where other workers may join")
	c.Flags().IntVar(&w.workers, "workers", 0, "start when `N` workers of --nats are there (default: those that come within two seconds of the first)")
}

// check finds what cannot be followed.
func (w *crewLoad) check() error {
	switch {
	case w.workers < 0:
		return wrong("--workers: %d is no number of workers; give 1 or more", w.workers)
	case w.workers > 0 && w.join.at == "":
		return wrong("--workers: is for workers elsewhere; say where they are with --nats")
	case w.workers > 1 && w.join.at == inside:
		return wrong("--workers: nobody can join a server that does not listen; give it an address, such as --nats %s:127.0.0.1:4222", inside)
	}
	_, err := w.join.options()
	return err
}

// errand is what a worker has to know of a load.
type errand struct {
	Name  string            `json:"name"`
	Plan  string            `json:"plan"` // as a file
	Seed  uint64            `json:"seed"`
	Files map[string][]byte `json:"files"` // that the plan names, but for private keys
}

// remember keeps the files that are read.
func (j *loadJob) remember(read func(name string) ([]byte, error)) func(name string) ([]byte, error) {
	return func(name string) ([]byte, error) {
		content, err := read(name)
		if err == nil {
			j.files[name] = content
		}
		return content, err
	}
}

// errand is the job as it travels. A private key stays where it is.
func (j *loadJob) errand() ([]byte, error) {
	if key := j.plan.Wire.TLS.Key.Name; key != "" && key != j.plan.Wire.TLS.CA.Name && key != j.plan.Wire.TLS.Certificate.Name {
		delete(j.files, key)
	}
	return json.Marshal(errand{Name: j.name, Plan: string(j.plan.Text()), Seed: j.ask.seed, Files: j.files})
}

// perform prepares to press by an errand, with this machine's secrets and as far as this
// machine's user may.
func (p *program) perform(mayPress []string) func(content []byte) (plan.Plan, loadtest.Options, error) {
	return func(content []byte) (plan.Plan, loadtest.Options, error) {
		var e errand
		if err := json.Unmarshal(content, &e); err != nil {
			return plan.Plan{}, loadtest.Options{}, fmt.Errorf("the load cannot be read: %w", err)
		}
		read, err := scenarios.ReadPlan(e.Name+".yaml", []byte(e.Plan), scenarios.PlanOptions{Files: func(name string) ([]byte, error) {
			if content, travelled := e.Files[name]; travelled {
				return content, nil
			}
			return os.ReadFile(name) // a private key; whatever it holds is sent to nobody
		}})
		if err != nil {
			return plan.Plan{}, loadtest.Options{}, err
		}
		if !bytes.Equal(read.Text(), []byte(e.Plan)) {
			return plan.Plan{}, loadtest.Options{}, errors.New("the plan is another one here than at its lead; report it, please")
		}
		return *read, loadtest.Options{Seed: e.Seed, MayPress: mayPress, Secret: p.secret}, nil
	}
}

// together has workers press a job.
func (p *program) together(ctx context.Context, j *loadJob, o loadtest.Options, crew crewLoad, view *live) (_ loadtest.Report, err error) {
	if err := errors.Join(j.plan.Validate().Err(), loadtest.Allowed(j.plan, o.MayPress)); err != nil {
		return loadtest.Report{}, err
	}
	var screen sync.Mutex
	note := func(text string) {
		screen.Lock()
		defer screen.Unlock()
		if view != nil {
			view.clear()
		}
		p.say(j.name, text)
	}
	l := loadswarm.Load{Name: j.name, Plan: j.plan, Seed: j.ask.seed, Workers: crew.workers, Note: note}
	if o.Watch != nil {
		l.Watch = func(s loadtest.Snapshot) {
			screen.Lock()
			defer screen.Unlock()
			o.Watch(s)
		}
	}
	if l.Build, err = buildName(); err != nil {
		return loadtest.Report{}, err
	}
	if l.Content, err = j.errand(); err != nil {
		return loadtest.Report{}, err
	}
	options, err := crew.join.options()
	if err != nil {
		return loadtest.Report{}, err
	}
	out := &outing{}
	defer func() {
		if over := out.close(); over != nil { // what was measured stands, whatever cannot be tidied up
			note(strings.ReplaceAll(over.Error(), "\n", "; "))
		}
	}()
	connect := func() (*swarm.Conn, error) { return swarm.Connect(ctx, options) }
	if crew.join.embedded() {
		server, err := out.serve(strings.TrimPrefix(strings.TrimPrefix(crew.join.at, inside), ":"))
		if err != nil {
			return loadtest.Report{}, err
		}
		if crew.join.at == inside {
			l.Workers = 1
		} else {
			note("other workers may join: flywheel worker --nats " + server.URL())
		}
		connect = func() (*swarm.Conn, error) { return server.Connect(ctx) }
		if err := out.enlist(connect, loadswarm.Worker{Name: "here", Build: l.Build, Open: p.perform(o.MayPress)}); err != nil {
			return loadtest.Report{}, err
		}
	}
	c, err := connect()
	if err != nil {
		return loadtest.Report{}, err
	}
	out.ends = append(out.ends, func() error { c.Close(); return nil })
	return loadswarm.Run(ctx, c.NATS(), l)
}

// enlist starts a worker in this process, which ends with its lead.
func (l *outing) enlist(connect func() (*swarm.Conn, error), w loadswarm.Worker) error {
	c, err := connect()
	if err != nil {
		return err
	}
	own, stop := context.WithCancel(context.Background())
	var tasks sync.WaitGroup
	tasks.Go(func() { _ = w.Serve(own, c.NATS()) })
	l.ends = append(l.ends, func() error {
		stop()
		tasks.Wait()
		c.Close()
		return nil
	})
	return nil
}

// workers prints what each worker did.
func (l *loaded) workers(page *bytes.Buffer) error {
	if len(l.report.Swarm) == 0 {
		return nil
	}
	var rows [][]string
	for _, w := range l.report.Swarm {
		name, q := w.Name, w.Requests
		if w.Lost != "" {
			name += " (lost)"
		}
		rows = append(rows, []string{name, w.Fraction, grouped(q.Due), grouped(q.Sent), grouped(q.NotSent), grouped(q.Failed), milli(w.Latency.P99), milli(w.Lateness.P99),
			fmt.Sprintf("%+.2f ± %.2f", w.Offset, w.OffsetError)})
	}
	page.WriteString("\n")
	return grid(page, 1, []string{"worker", "share", "due", "sent", "not sent", "failed", "p99, ms", "late p99", "clock, ms"}, rows)
}
