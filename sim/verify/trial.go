package verify

import (
	"context"
	"slices"

	"flywheel/models"
	"flywheel/results"
	"flywheel/sim"
	"flywheel/sim/engine"
)

// everywhere is the one region of a theory case.
const everywhere = "everywhere"

// trial is one experiment of a case: a model, how often it runs, what is read off each run,
// and what must come of it.
type trial struct {
	label        string // names the trial within its case, and with it the trial's luck
	model        *models.Model
	beside       *models.Model // run with the same luck as model, its paths after model's; nil: none
	engine       string
	replications int
	watch        []series
	observe      func(paths [][]float64) []float64 // statistics of one run from paths[series][period]
	claims       []claim
}

// trials are what a case simulates. An engine of expectations has no luck: one run shows all it
// can, and without error.
func (c Case) trials() ([]trial, models.Faults) {
	all, faults := recipeOf(c.Model).plan(c)
	if e, _ := engine.New(c.engineName()); e.Dealer() != (sim.Means{}) {
		return all, faults
	}
	var kept []trial
	for _, t := range all {
		t.claims = slices.DeleteFunc(t.claims, func(claim claim) bool { return claim.luck })
		for i := range t.claims {
			t.claims[i].predicted = 0
		}
		t.replications = or(c.Simulate.Replications, 1)
		if len(t.claims) > 0 {
			kept = append(kept, t)
		}
	}
	return kept, faults
}

// series is one column of a timeline for one platform and side, divided by a number.
type series struct {
	metric, platform, side string
	per                    float64
	region                 string // empty: all regions together
}

// share is the part of a side that uses a platform.
func share(platform, side string) series {
	return series{metric: "share", platform: platform, side: side, per: 1}
}

// claim is what a trial must show about one quantity of its case.
type claim struct {
	quantity  string
	estimate  estimator
	luck      bool    // the quantity is about luck itself: an engine of expectations cannot show it
	predicted float64 // standard error of the estimate according to theory; 0 where luck has no part
	allowance float64 // what theory knows itself to neglect
}

// rare is how many events beyond four standard errors may come by luck where few are expected
// at all, as rarely as anything comes beyond four standard errors of a normal number
// (Bernstein's inequality: Boucheron, Lugosi and Massart 2013, Concentration Inequalities,
// chapter 2).
const rare = 16. / 3

// tolerance is how far the simulated value may be from theory. What is added last covers the
// rounding of sums of shares.
func (c claim) tolerance() float64 { return 4*c.predicted + c.allowance + 1e-9 }

// prepare binds the trial's model to numbers and asks its engine whether it can carry it.
func (t *trial) prepare() (*models.Law, sim.Engine, error) {
	law, err := models.Compile(t.model)
	if err != nil {
		return nil, nil, err
	}
	e, ok := engine.New(t.engine)
	if !ok {
		panic("bug: a planned trial names the engine " + t.engine + ", which does not exist")
	}
	return law, e, e.Accept(law)
}

// run is one replication, reduced to its statistics.
func (t *trial) run(ctx context.Context, seed uint64, replication int) ([]float64, error) {
	paths, err := t.simulate(ctx, seed, replication)
	if err == nil && t.beside != nil {
		other := *t
		other.model = t.beside
		var more [][]float64
		more, err = other.simulate(ctx, seed, replication)
		paths = append(paths, more...)
	}
	if err != nil {
		return nil, err
	}
	return t.observe(paths), nil
}

// simulate is one run of the trial's model, as paths[series][period].
func (t *trial) simulate(ctx context.Context, seed uint64, replication int) ([][]float64, error) {
	law, e, err := t.prepare()
	if err != nil {
		return nil, err
	}
	record := sim.NewRecorder(law, sim.Labels{Run: t.label, Variant: t.model.Name, Replication: replication})
	if err := sim.Simulate(ctx, law, e, sim.Options{Seed: seed, Replication: replication}, record); err != nil {
		return nil, err
	}
	paths := make([][]float64, len(t.watch))
	for i, s := range t.watch {
		paths[i] = s.path(record.Table)
	}
	return paths, nil
}

// path reads a series off a timeline, period 0 first.
func (s series) path(table *results.Table) []float64 {
	platform, side := table.Texts("platform"), table.Texts("side")
	segment, region := table.Texts("segment"), table.Texts("region")
	values := table.Numbers(s.metric)
	within := s.region
	if within == "" {
		within = sim.Total
	}
	var path []float64
	for row, x := range values {
		if platform[row] == s.platform && side[row] == s.side && segment[row] == sim.Total && region[row] == within {
			path = append(path, x/s.per)
		}
	}
	return path
}

// market is a model with nothing in it yet but platforms and a clock on which a share of the
// people revises in each period.
func market(name string, periods int, revision float64, platforms ...models.Platform) *models.Model {
	return &models.Model{
		Name:      name,
		Horizon:   models.Horizon{Periods: periods, Unit: "day"},
		Clock:     models.Clock{Kind: models.ClockSync, Revision: revision},
		Noise:     models.Noise{Kind: models.NoiseNone},
		Platforms: platforms,
	}
}

// people is a segment of a size that makes up a side by itself, with what the platforms are
// worth to it.
func people(side string, size int64, worth ...float64) models.Segment {
	s := models.Segment{Side: side, Name: side, Region: everywhere, Size: size, PriceSensitivity: 1}
	for _, v := range worth {
		s.Value = append(s.Value, models.Number(v))
	}
	return s
}

// effect is a network effect of the share itself.
func effect(strength float64) models.Effect {
	return models.Effect{Strength: models.Number(strength), Form: models.FormLinear}
}
