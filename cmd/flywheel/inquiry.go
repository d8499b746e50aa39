package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"flywheel/models"
	"flywheel/results"
	"flywheel/results/files"
	"flywheel/scenarios"
	"flywheel/sim"
	"flywheel/sim/engine"
	"flywheel/sim/study"
)

// inquiry is a study that runs one scenario at many points: what it varies, and where it is
// kept.
type inquiry struct {
	kind     string // the command
	scenario *scenarios.Scenario
	inputs   []study.Input
	builder  *scenarios.Builder
	law      *models.Law // of the scenario as it is
	runs     int         // replications of a point
	threads  int
	join     joining  // where workers are, if anywhere
	changes  []string // flags that changed the scenario
	variants []string // that are run; none means the scenario itself
	words    []string // what shapes the study beside the scenario

	dir    string
	digest string
	folder *files.Folder
	names  []string // of the files kept
}

// storing are the flags that say where a study is kept.
type storing struct {
	out       string
	overwrite bool
}

func (s *storing) flags(c *cobra.Command) {
	c.Flags().StringVar(&s.out, "out", "", "write into the folder `DIR` (default flywheel-out/<scenario>-<digest>/)")
	c.Flags().BoolVar(&s.overwrite, "overwrite", false, "let the folder of --out replace another run's")
}

// inquire prepares a study of one scenario; without anything to vary, and unless the command finds
// its own, it varies the levers that the scenario states. A scenario whose engine draws
// luck is run usual times at each point unless --replications says otherwise.
func (a *asked) inquire(c *cobra.Command, source string, vary []string, usual int) (*inquiry, error) {
	s, err := a.read(c, source)
	if err != nil {
		return nil, err
	}
	j, err := prepare(s, nil)
	if err != nil {
		return nil, err
	}
	if own := c.Flags().Lookup("objective") != nil || c.Flags().Lookup("strategies") != nil; len(vary) == 0 && !own {
		var inputs []study.Input
		for _, l := range s.Levers {
			inputs = append(inputs, l.Input)
		}
		if s.Observed != nil && c.Name() == "fit" && len(s.Observed.Fitted) > 0 {
			inputs = s.Observed.Fitted
		}
		for _, in := range inputs {
			vary = append(vary, fmt.Sprintf("%s=%s:%s", in.Path, in.Text(in.Lo), in.Text(in.Hi)))
		}
	}
	inputs, builder, err := s.Vary("", vary)
	if err != nil {
		return nil, failure{exitUsage, err}
	}
	q := &inquiry{
		kind: c.Name(), scenario: s, inputs: inputs, builder: builder, law: j.plan.Variants[0].Law,
		runs: usual, threads: a.threads, changes: a.changes(c), words: append([]string{c.Name()}, vary...),
	}
	switch {
	case !q.lucky():
		q.runs = 1
	case c.Flags().Changed("replications"):
		q.runs = a.replications
	}
	q.words = append(q.words, fmt.Sprint(q.runs))
	return q, nil
}

// lucky tells whether runs of the scenario differ by luck.
func (q *inquiry) lucky() bool { return q.scenario.Settings.Engine != "meanfield" }

// ranges refuses inputs that are lists, for a study that needs an interval of numbers.
func (q *inquiry) ranges() error {
	var faults []error
	for _, in := range q.inputs {
		if len(in.Levels) > 0 || in.Lo == in.Hi {
			faults = append(faults, fmt.Errorf("--vary %s: is no range of numbers; write PATH=lo:hi, such as platforms.A.fee=0.1:0.3", in.Path))
		}
	}
	if len(faults) > 0 {
		return failure{exitUsage, errors.Join(faults...)}
	}
	return nil
}

// texts are the values of a point of the unit cube, as a scenario writes them.
func (q *inquiry) texts(u []float64) []string {
	list := make([]string, len(u))
	for i, in := range q.inputs {
		list[i] = in.At(u[i])
	}
	return list
}

// build is the law at a point of the unit cube, with the values written out in an error.
func (q *inquiry) build(u []float64) (*models.Law, error) {
	m, _, err := q.builder.Build(q.texts(u))
	if err != nil {
		return nil, err
	}
	return models.Compile(m)
}

// measuring is what a study wants to know of a run: quantities, and what becomes of their values.
type measuring struct {
	quantities []study.Quantity
	judge      func(values []float64) []float64 // nil: what they are
}

func (m measuring) judged(values []float64) []float64 {
	if m.judge == nil {
		return values
	}
	return m.judge(values)
}

// response answers points by runs of the scenario's engine.
func (q *inquiry) response(build func([]float64) (*models.Law, error), m measuring) *study.Response {
	return &study.Response{
		Make: build, Settings: q.scenario.Settings, Runs: q.runs, Threads: q.threads,
		Periods: study.PeriodsOf(m.quantities),
		Measure: func(_ *models.Law, t *results.Table) []float64 { return m.judged(study.Read(t, m.quantities)) },
		Engine: func(name string) (sim.Engine, error) {
			e, known := engine.New(name)
			if !known {
				return nil, fmt.Errorf("no engine is called %q", name)
			}
			return e, nil
		},
	}
}

// quantity reads the name of a metric, and its period from --at.
func (q *inquiry) quantity(flag, text, at string) (study.Quantity, error) {
	if at != "" {
		text += " at " + at
	}
	quantity, err := q.scenario.Quantity(text)
	if err != nil {
		return quantity, wrong("--%s: %w", flag, err)
	}
	return quantity, nil
}

// open makes room for what the study will find, or refuses before any work is done; the
// folder's Abort must follow.
func (q *inquiry) open(s storing) (err error) {
	sum := sha256.Sum256([]byte(strings.Join(append([]string{q.scenario.Digest}, q.words...), "\n")))
	q.digest = hex.EncodeToString(sum[:])
	if q.dir = s.out; q.dir == "" {
		q.dir = folderOf(q.scenario.Name, q.digest)
	}
	q.folder, err = files.Begin(q.dir, q.digest, s.overwrite)
	return err
}

// table keeps a finished table.
func (q *inquiry) table(t *results.Table) error {
	for _, ending := range []string{".csv", ".parquet"} {
		w, err := q.folder.Table(t.Name+ending, t.Schema)
		if err != nil {
			return err
		}
		if err := errors.Join(w.Write(t), w.Close()); err != nil {
			return err
		}
		q.names = append(q.names, t.Name+ending)
	}
	return nil
}

// text keeps a finished text.
func (q *inquiry) text(name string, content []byte) error {
	q.names = append(q.names, name)
	return q.folder.Put(name, content)
}

// close puts the folder in place and names its files.
func (q *inquiry) close(warnings []results.Warning) ([]string, error) {
	if err := q.text("resolved.yaml", q.scenario.Resolved()); err != nil {
		return nil, err
	}
	if err := q.folder.Commit(q.provenance(warnings)); err != nil {
		return nil, err
	}
	var paths []string
	for _, name := range append(q.names, files.ManifestName) {
		paths = append(paths, filepath.Join(q.dir, name))
	}
	return paths, nil
}

// provenance is what reproduces the study.
func (q *inquiry) provenance(warnings []results.Warning) results.Provenance {
	settings, variants := q.scenario.Settings, q.variants
	if len(variants) == 0 {
		variants = []string{study.Base}
	}
	return results.Provenance{
		Kind: q.kind, Scenario: q.scenario.Name, Digest: q.digest, Version: version,
		Engine: settings.Engine, Seed: settings.Seed, Replications: q.runs,
		Variants: variants, Changes: q.changes, Study: q.words, Warnings: warnings,
	}
}

// ask answers points and shows progress.
func (p *program) ask(ctx context.Context, q *inquiry, r *study.Response, points [][]float64) ([]study.Answer, error) {
	bar := p.watch(q.scenario.Name, len(points)*r.Runs)
	defer bar.stop()
	r.Progress = bar.tell
	answers, err := r.Run(ctx, points)
	if err != nil && ctx.Err() != nil {
		return answers, errInterrupted
	}
	return answers, err
}

// head is the first lines of a study's page.
func (q *inquiry) head(page *bytes.Buffer, what string) {
	s := q.scenario.Settings
	text := fmt.Sprintf("%s: %s, %s engine, %s participants, %s, %s, seed %d", q.scenario.Name, what, s.Engine,
		results.Human(float64(q.law.People()), "participants"), several(q.law.Model.Horizon.Periods, q.law.Model.Horizon.Unit),
		several(q.runs, "replication")+" of each point", s.Seed)
	if !q.lucky() {
		text = strings.Replace(text, several(1, "replication")+" of each point", "no luck", 1)
	}
	page.WriteString(fold(text, pageWidth) + "\n\n")
}

// foot is the last lines of a study's page.
func (q *inquiry) foot(page *bytes.Buffer, warnings []results.Warning, paths []string) {
	for _, w := range warnings {
		page.WriteString(fold("warning: "+w.Text, pageWidth) + "\n")
	}
	if len(paths) > 0 {
		names := make([]string, len(paths))
		for i, path := range paths {
			names[i] = filepath.Base(path)
		}
		page.WriteString(fold("wrote "+q.dir+string(filepath.Separator)+": "+strings.Join(names, ", "), pageWidth) + "\n")
	}
}

// heading are the keys that every document of a study has.
type heading struct {
	Scenario string            `json:"scenario"`
	Digest   string            `json:"digest"`
	Version  string            `json:"version"`
	Warnings []results.Warning `json:"warnings"`
	Engine   string            `json:"engine"`
	Seed     uint64            `json:"seed"`
	Runs     int               `json:"replications"`
}

func (q *inquiry) heading(warnings []results.Warning) heading {
	s := q.scenario.Settings
	return heading{q.scenario.Name, q.digest, version, listed(warnings), s.Engine, s.Seed, q.runs}
}
