package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"flywheel/models"
	"flywheel/results"
	"flywheel/scenarios"
	"flywheel/sim"
	"flywheel/sim/engine"
	"flywheel/sim/study"
	"flywheel/sim/swarm"
)

// joining are the flags that say over which server machines work together.
type joining struct {
	at, creds, ca, cert, key string
}

func (j *joining) flags(c *cobra.Command, usage string) {
	c.Flags().StringVar(&j.at, "nats", "", usage)
	c.Flags().StringVar(&j.creds, "creds", "", "show the server of --nats the credentials in `FILE`")
	c.Flags().StringVar(&j.ca, "tls-ca", "", "trust a server of --nats by the authority's certificates in `FILE`")
	c.Flags().StringVar(&j.cert, "tls-cert", "", "show the server of --nats the certificate in `FILE`")
	c.Flags().StringVar(&j.key, "tls-key", "", "`FILE` with the key of --tls-cert")
}

// joinUsage says what --nats does for whoever leads.
const joinUsage = "let workers make the runs, over the server of NATS with JetStream at `URL`, or over one in this process: embedded, or embedded:HOST:PORT where other workers may join"

// options checks the flags, all of them at once.
func (j *joining) options() (swarm.Options, error) {
	var faults []error
	for _, f := range []struct{ flag, path string }{{"creds", j.creds}, {"tls-ca", j.ca}, {"tls-cert", j.cert}, {"tls-key", j.key}} {
		if f.path == "" {
			continue
		}
		if j.at == "" || j.embedded() {
			faults = append(faults, fmt.Errorf("--%s: is for a server elsewhere; give its address with --nats", f.flag))
		} else if _, err := os.Stat(f.path); err != nil {
			faults = append(faults, fmt.Errorf("--%s: %w; name a file", f.flag, err))
		}
	}
	if (j.cert == "") != (j.key == "") {
		faults = append(faults, errors.New("--tls-cert: goes with --tls-key; give both"))
	}
	if len(faults) > 0 {
		return swarm.Options{}, failure{exitUsage, errors.Join(faults...)}
	}
	return swarm.Options{URL: j.at, Creds: j.creds, CA: j.ca, Cert: j.cert, Key: j.key, Name: "flywheel"}, nil
}

// inside is the word for a server in this process; after a colon, the address at which it listens.
const inside = "embedded"

func (j *joining) embedded() bool { return j.at == inside || strings.HasPrefix(j.at, inside+":") }

// recipe is what a worker has to know of a study beside its points.
type recipe struct {
	Resolved   string           `json:"resolved"`
	Variant    string           `json:"variant"`
	Paths      []string         `json:"paths"`
	Segments   bool             `json:"segments"`   // of a sweep
	Quantities []study.Quantity `json:"quantities"` // that are measured; of a sweep, none
	Players    []string         `json:"players"`    // the platforms of a game, whose points are their strategies
}

// follow prepares to make runs by a recipe.
func follow(content []byte) (swarm.Work, error) {
	var r recipe
	if err := json.Unmarshal(content, &r); err != nil {
		return nil, fmt.Errorf("the study cannot be read: %w", err)
	}
	scenario, err := scenarios.Read("resolved.yaml", []byte(r.Resolved), scenarios.Options{Engines: engine.Names()})
	if err != nil {
		return nil, err
	}
	s := sweeping{variant: r.Variant, segments: r.Segments}
	if len(r.Players) == 2 {
		moves := movesOf(scenario)
		return r.runErrands(scenario.Settings, func(values []string) (*models.Law, error) {
			return duelOf(scenario.Model, moves, r.Players, values[0], values[1])
		}).Run, nil
	}
	builder, err := scenario.Builder(r.Variant, r.Paths...)
	if err != nil {
		return nil, err
	}
	if len(r.Quantities) > 0 {
		return r.runErrands(scenario.Settings, func(values []string) (*models.Law, error) {
			law, _, err := lawOf(builder)(values)
			return law, err
		}).Run, nil
	}
	base, err := alone(scenario, s.variant)
	if err != nil {
		return nil, err
	}
	sweep := study.NewSweep(study.Design{Paths: r.Paths}, base.plan.Variants[0].Law, base.plan.Settings, lawOf(builder), r.Segments, nil)
	return sweep.Runner(engineNamed).Run, nil
}

// runErrands makes the runs of a study that asks on the way: the values of a point begin with what an errand
// says, and a market is made of the rest.
func (r recipe) runErrands(settings study.Settings, build func(values []string) (*models.Law, error)) *study.Runner {
	return &study.Runner{Engine: engineNamed,
		Build: func(values []string) (*models.Law, study.Settings, error) {
			own, rest, err := readErrand(settings, values)
			if err != nil {
				return nil, own, err
			}
			law, err := build(rest)
			return law, own, err
		},
		Periods: func(*models.Law) []int { return study.PeriodsOf(r.Quantities) },
		Measure: func(_ *models.Law, t *results.Table) ([]float64, error) { return study.Read(t, r.Quantities), nil },
	}
}

// lawOf makes the markets of points.
func lawOf(builder *scenarios.Builder) func(values []string) (*models.Law, study.Settings, error) {
	return func(values []string) (*models.Law, study.Settings, error) {
		m, own, err := builder.Build(values)
		if err != nil {
			return nil, own, err
		}
		law, err := models.Compile(m)
		return law, own, err
	}
}

// engineNamed makes an engine.
func engineNamed(name string) (sim.Engine, error) {
	e, known := engine.New(name)
	if !known {
		return nil, fmt.Errorf("no engine is called %q; use one of: %s", name, strings.Join(engine.Names(), ", "))
	}
	return e, nil
}

// outing is a study whose runs are made by workers.
type outing struct {
	*swarm.Lead
	ends []func() error // in the order of their beginnings
}

// close ends the study everywhere.
func (l *outing) close() error {
	var faults []error
	for i := range l.ends {
		faults = append(faults, l.ends[len(l.ends)-1-i]())
	}
	return errors.Join(faults...)
}

// lead hands a study out, each point by its values: over the server that the flags name, or over one in this process with workers of its
// own.
func (p *program) lead(ctx context.Context, q *inquiry, what recipe, values func(point int) []string) (_ *outing, err error) {
	l := &outing{}
	defer func() {
		if err != nil {
			err = errors.Join(err, l.close())
		}
		if err != nil && ctx.Err() != nil {
			err = failure{exitInterrupted, errors.New("interrupted before workers could begin; nothing new is written")}
		}
	}()
	build, err := buildName()
	if err != nil {
		return nil, err
	}
	content, err := json.Marshal(what)
	if err != nil {
		return nil, err
	}
	options, err := q.join.options()
	if err != nil {
		return nil, err
	}
	connect := func() (*swarm.Conn, error) { return swarm.Connect(ctx, options) }
	if q.join.embedded() {
		server, err := l.serve(strings.TrimPrefix(strings.TrimPrefix(q.join.at, inside), ":"))
		if err != nil {
			return nil, err
		}
		if q.join.at != inside {
			p.say(q.scenario.Name, "other workers may join: flywheel worker --nats "+server.URL())
		}
		connect = func() (*swarm.Conn, error) { return server.Connect(ctx) }
		if err := l.employ(ctx, connect, swarm.Worker{Name: "here", Build: build, Threads: q.threads, Open: follow}); err != nil {
			return nil, err
		}
	}
	c, err := connect()
	if err != nil {
		return nil, err
	}
	l.ends = append(l.ends, func() error { c.Close(); return nil })
	if l.Lead, err = swarm.Open(ctx, c, swarm.Study{Name: q.scenario.Name, Build: build, Content: content, Values: values,
		Note: func(text string) { p.say(q.scenario.Name, text) }}); err != nil {
		return nil, err
	}
	l.ends = append(l.ends, l.Lead.Close)
	return l, nil
}

// part ends a study everywhere. What was found stands, whatever cannot be tidied up.
func (p *program) part(l *outing, name string) {
	if err := l.close(); err != nil {
		p.say(name, strings.ReplaceAll(err.Error(), "\n", "; "))
	}
}

// serve starts a server in this process, which keeps its queue for as long as it lives.
func (l *outing) serve(addr string) (*swarm.Server, error) {
	dir, err := os.MkdirTemp("", "flywheel-queue-")
	if err != nil {
		return nil, fmt.Errorf("no room for a queue: %w", err)
	}
	l.ends = append(l.ends, func() error { return os.RemoveAll(dir) })
	server, err := swarm.Listen(dir, addr)
	if err != nil {
		return nil, fmt.Errorf("--nats %s: %w", inside, err)
	}
	l.ends = append(l.ends, server.Close)
	return server, nil
}

// employ starts a worker in this process.
func (l *outing) employ(ctx context.Context, connect func() (*swarm.Conn, error), w swarm.Worker) error {
	c, err := connect()
	if err != nil {
		return err
	}
	own, stop := context.WithCancel(ctx)
	var tasks sync.WaitGroup
	tasks.Go(func() { _ = w.Serve(own, c) }) // what ends it early, a lost connection, ends the lead too
	l.ends = append(l.ends, func() error {
		stop()
		tasks.Wait()
		c.Close()
		return nil
	})
	return nil
}

// say tells a person something while work goes on.
func (p *program) say(name, text string) {
	if !p.quiet {
		fmt.Fprintf(p.err, "%s: %s\n", name, text)
	}
}

// buildName is what has to be the same on all machines for their numbers to be the same: the program and the
// kind of processor, as some of them round a product and a sum together.
func buildName() (string, error) {
	name := strings.Join([]string{version, revision(), runtime.Version(), runtime.GOARCH}, " ")
	if !strings.Contains(revision(), " ") { // a commit, and nothing else
		return name, nil
	}
	self, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("the program cannot find itself: %w", err)
	}
	file, err := os.Open(self)
	if err != nil {
		return "", fmt.Errorf("the program cannot read itself: %w", err)
	}
	defer file.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, file); err != nil {
		return "", fmt.Errorf("the program cannot read itself: %w", err)
	}
	return name + " " + hex.EncodeToString(sum.Sum(nil)[:6]), nil
}
