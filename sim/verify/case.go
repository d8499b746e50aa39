package verify

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"flywheel/models"
	"flywheel/models/theory"
	"flywheel/sim/engine"
)

// Case is one theory case: a model of models/theory with its parameters, and how to simulate
// it. ID names the case, and with it its luck.
type Case struct {
	ID       string
	Model    string
	Params   theory.Params
	Simulate Simulate
}

// Simulate says how to simulate a case; everything left zero is chosen so that the case is
// judged well: populations, periods and replications large enough, a burn-in long enough.
type Simulate struct {
	N            []int64   // people of each side; fluctuations are always those of the parameter N
	Clock        string    // sync or async; of a bass case also discrete, which is sync. When empty: sync, of a bass case what its parameters give
	Revision     float64   // probability of revising in a period, above 0 and at most 1; async: length of a period in units of time
	Replications int       // independent runs
	Periods      int       // periods watched, after the burn-in; of a bass or duopoly case, all periods
	BurnIn       int       // periods before them
	Start        []float64 // where period 0 stands: the share of each side on the platform, of each bundle A, B, A+B, or of each side on A
	Engine       string    // one of the engines that run scenarios; the reference when empty
}

// recipe is how the cases of one theory model are simulated.
type recipe struct {
	sides  int // numbers in Simulate.N
	starts int // numbers in Simulate.Start; 0 when the parameters say it
	rests  bool
	clocks []string
	plan   func(Case) ([]trial, models.Faults)
}

// recipeOf is the recipe of a theory model; a model without one is stated and not simulated.
func recipeOf(model string) recipe {
	sync := []string{"sync"}
	both := []string{"sync", "async"}
	switch model {
	case "bass":
		return recipe{sides: 1, clocks: []string{"sync", "discrete", "async"}, plan: planBass}
	case "logit-one-sided":
		return recipe{sides: 1, starts: 1, rests: true, clocks: both, plan: planOneSided}
	case "logit-two-sided":
		return recipe{sides: 2, starts: 2, rests: true, clocks: both, plan: planTwoSided}
	case "bundle-logit":
		return recipe{sides: 1, starts: 3, rests: true, clocks: sync, plan: planBundle}
	case "launch-threshold":
		return recipe{sides: 2, clocks: []string{"async"}, plan: planLaunch}
	case "logit-platforms":
		return recipe{sides: 2, clocks: both, plan: planPlatforms}
	case "armstrong-monopoly":
		return recipe{sides: 2, clocks: sync, plan: planMonopoly}
	case "competitive-bottleneck":
		return recipe{sides: 2, clocks: sync, plan: planBottleneck}
	case "multihoming-both":
		return recipe{sides: 2, clocks: sync, plan: planMultihoming}
	case "divide-and-conquer":
		return recipe{sides: 2, clocks: sync, plan: planEntry}
	case "sbg":
		return recipe{sides: 1, clocks: sync, plan: planSBG}
	case "ltv-geometric":
		return recipe{sides: 1, clocks: sync, plan: planLTV}
	case "crn-bernoulli":
		return recipe{sides: 1, clocks: sync, plan: planCRN}
	case "rochet-tirole":
		return recipe{sides: 2, clocks: sync, plan: planUsage}
	case "mmc":
		return recipe{sides: 1, clocks: sync, plan: planMMC}
	case "urn-ball":
		return recipe{sides: 1, clocks: sync, plan: planUrnBall}
	case "cobb-douglas":
		return recipe{sides: 1, clocks: sync, plan: planCobbDouglas}
	case "mm1k":
		return recipe{sides: 1, clocks: sync, plan: planMM1K}
	case "insulating-tariff":
		return recipe{sides: 2, clocks: sync, plan: planTariff}
	case "armstrong-duopoly":
		return recipe{sides: 2, starts: 2, clocks: sync, plan: planArmstrong}
	}
	return recipe{plan: func(Case) ([]trial, models.Faults) { return nil, nil }}
}

// Check returns everything wrong with a case, as models.Faults, or nil. Paths are relative to
// the case, such as "params.gamma".
func (c Case) Check() error { return asError(c.faults(false)) }

// Check returns everything wrong with a list of cases, as models.Faults, or nil; paths begin
// with the place in the list, such as "[0].params.gamma". When the cases are not to be
// simulated, what they say about simulation is not judged.
func Check(cases []Case, analytic bool) error {
	var all models.Faults
	seen := map[string]int{}
	for i, c := range cases {
		faults := c.faults(analytic)
		if first, taken := seen[c.ID]; taken && c.ID != "" {
			faults = append(faults, models.Fault{Path: "id", Problem: fmt.Sprintf("%q is taken by [%d] already", c.ID, first), Remedy: "give each case its own id"})
		} else {
			seen[c.ID] = i
		}
		for _, f := range faults {
			f.Path = fmt.Sprintf("[%d].%s", i, f.Path)
			all = append(all, f)
		}
	}
	return asError(all)
}

func asError(faults models.Faults) error {
	if len(faults) == 0 {
		return nil
	}
	return faults
}

func (c Case) faults(analytic bool) models.Faults {
	var faults models.Faults
	if c.ID == "" {
		faults = append(faults, models.Fault{Path: "id", Problem: "is missing", Remedy: "name the case, such as mine-1"})
	}
	_, err := theory.Solve(c.Model, c.Params)
	theoryFaults := fromTheory(err)
	faults = append(faults, theoryFaults...)
	if analytic {
		return faults
	}
	simulation := c.simulationFaults()
	faults = append(faults, simulation...)
	if len(theoryFaults)+len(simulation) > 0 {
		return faults
	}
	trials, planned := c.trials()
	faults = append(faults, planned...)
	for _, t := range trials {
		if _, _, err := t.prepare(); err != nil {
			return append(faults, refused(err)) // what one trial cannot have, its sisters would say again
		}
	}
	return faults
}

// refused is the fault of a case whose market cannot be built, or whose engine cannot carry it.
func refused(err error) models.Fault {
	var market models.Faults
	if errors.As(err, &market) {
		return models.Fault{Path: "params", Problem: "no market can have them: " + err.Error(), Remedy: "change them, or ask for theory alone"}
	}
	return models.Fault{Path: "simulate.engine", Problem: err.Error(), Remedy: "or leave it out"}
}

// fromTheory turns the joined faults of models/theory into ours.
func fromTheory(err error) models.Faults {
	if err == nil {
		return nil
	}
	list := []error{err}
	var joined interface{ Unwrap() []error }
	if errors.As(err, &joined) {
		list = joined.Unwrap()
	}
	var faults models.Faults
	for _, one := range list {
		var f theory.Fault
		if !errors.As(one, &f) {
			faults = append(faults, models.Fault{Path: "params", Problem: one.Error()})
			continue
		}
		path := "params." + f.Path
		if f.Path == "model" {
			path = f.Path
		}
		faults = append(faults, models.Fault{Path: path, Problem: f.Problem, Remedy: f.Remedy})
	}
	return faults
}

// simulationFaults judges what the case says about simulation, as far as no parameter is
// needed for it.
func (c Case) simulationFaults() models.Faults {
	var faults models.Faults
	s, r := c.Simulate, recipeOf(c.Model)
	add := func(key, remedy, problem string, args ...any) {
		faults = append(faults, models.Fault{Path: "simulate." + key, Problem: fmt.Sprintf(problem, args...), Remedy: remedy})
	}
	if s.Clock != "" && r.clocks != nil && !slices.Contains(r.clocks, s.Clock) {
		faults = append(faults, unknown("clock", s.Clock, r.clocks))
	}
	if s.Engine != "" && !slices.Contains(engine.Names(), s.Engine) {
		faults = append(faults, unknown("engine", s.Engine, engine.Names()))
	}
	if s.Revision != 0 && !(s.Revision > 0 && s.Revision <= 1) {
		add("revision", "give a number above 0 and at most 1", "%g is not a probability of revising", s.Revision)
	}
	for _, k := range []struct {
		key  string
		n    int
		most int
	}{{"replications", s.Replications, mostRuns}, {"periods", s.Periods, mostPeriods}, {"burn_in", s.BurnIn, mostPeriods}} {
		if k.n < 0 || k.n > k.most {
			add(k.key, fmt.Sprintf("give a whole number from 1 to %d, or leave it out", k.most), "%d is out of range", k.n)
		}
	}
	if r.sides == 0 {
		return faults // the model is stated only, or unknown, which theory says already
	}
	if s.BurnIn > 0 && !r.rests {
		add("burn_in", "leave it out", "a %s case has no rest to wait for", c.Model)
	}
	if len(s.N) > 0 && len(s.N) != r.sides {
		add("N", "give one number of people for each side", "has %d numbers where the model has sides: %d", len(s.N), r.sides)
	}
	for i, n := range s.N {
		if n < 1 || n > mostPeople {
			add(fmt.Sprintf("N[%d]", i), fmt.Sprintf("give a whole number from 1 to %d", int64(mostPeople)), "%d people cannot be simulated", n)
		}
	}
	if r.starts == 0 && len(s.Start) > 0 {
		add("start", "leave it out", "a %s case starts where its parameters say", c.Model)
	} else if len(s.Start) > 0 && len(s.Start) != r.starts {
		add("start", fmt.Sprintf("give %d", r.starts), "has %d shares where the model needs %d", len(s.Start), r.starts)
	}
	var sum float64
	for i, x := range s.Start {
		if !(x >= 0 && x <= 1) {
			add(fmt.Sprintf("start[%d]", i), "give a number from 0 to 1", "%g is not a share", x)
		}
		sum += x
	}
	if c.Model == "bundle-logit" && sum > 1 {
		add("start", "let the shares of the bundles A, B and A+B add to 1 or less", "shares add to %g", sum)
	}
	return faults
}

// The bounds of a case.
const (
	mostRuns    = 1_000_000
	mostPeriods = 100_000
	mostPeople  = 1 << 32
)

func unknown(key, name string, known []string) models.Fault {
	fault := models.Fault{Path: "simulate." + key, Problem: fmt.Sprintf("no %s is called %q", key, name), Name: name, Known: known}
	fault.Remedy = "use " + known[0]
	if len(known) > 1 {
		fault.Remedy = "use one of: " + strings.Join(known, ", ")
	}
	return fault
}

// clock is the clock of the simulation.
func (c Case) clock() models.ClockKind {
	if c.Simulate.Clock == string(models.ClockAsync) {
		return models.ClockAsync
	}
	return models.ClockSync
}

// engineName is the engine of a case.
func (c Case) engineName() string {
	if c.Simulate.Engine != "" {
		return c.Simulate.Engine
	}
	return engine.Names()[0]
}

// or is the number given, or another when it is zero.
func or[T int | float64](given, otherwise T) T {
	if given != 0 {
		return given
	}
	return otherwise
}
