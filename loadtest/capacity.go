package loadtest

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"flywheel/loadtest/plan"
)

// CapacityOptions say how a capacity is searched; the zero value searches from a
// quarter of the plan's highest rate, to two in a hundred, with a confidence of
// nine in ten. Rates are journey starts per second.
type CapacityOptions struct {
	Seed     uint64                                         // as for Run
	MayPress []string                                       // as for Run
	Secret   func(variable string) (value string, set bool) // as for Run
	From     float64                                        // first rate; default a quarter of the highest rate of the plan's curve
	Most     float64                                        // highest rate; default limits.rate, or else 32 times the highest rate of the curve
	WarmUp   time.Duration                                  // of each probe, not judged, in whole seconds; default 1 s
	Length   time.Duration                                  // of each probe beyond its warm-up, in whole seconds; default 3 s, or what 100 starts take, up to 10 s
	Rest     time.Duration                                  // between probes; default 200 ms
	Patience time.Duration                                  // for the target to recover from a probe that failed; default 15 s

	Precision  float64       // of the interval, as a share of the rate; default 0.02
	Confidence float64       // default 0.9
	Within     time.Duration // the search is given up after this time; default 15 min

	Watch func(CapacityProgress) // called before and after each probe; must be quick
}

// Filled returns the options with every default in its place, for a curve whose
// highest rate is known.
func (o CapacityOptions) Filled(highest float64, limits plan.Limits) CapacityOptions {
	fill := func(v *float64, preset float64) {
		if *v == 0 {
			*v = preset
		}
	}
	span := func(v *time.Duration, preset time.Duration) {
		if *v == 0 {
			*v = preset
		}
	}
	if ceiling := limits.Rate.PerSecond(); ceiling > 0 {
		fill(&o.Most, ceiling)
		o.Most = min(o.Most, ceiling)
	}
	fill(&o.Most, 32*highest)
	fill(&o.From, highest/4)
	o.From = min(o.From, o.Most)
	span(&o.WarmUp, time.Second)
	span(&o.Rest, 200*time.Millisecond)
	span(&o.Patience, 15*time.Second)
	span(&o.Within, 15*time.Minute)
	fill(&o.Precision, 0.02)
	fill(&o.Confidence, 0.9)
	return o
}

// leastRate is the lowest rate that a search asks: one start per second.
const leastRate = 1

// Validate names every option that cannot be followed, or returns nil.
func (o CapacityOptions) Validate() error {
	var faults []error
	add := func(bad bool, format string, args ...any) {
		if bad {
			faults = append(faults, fmt.Errorf(format, args...))
		}
	}
	number := func(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) && v >= 0 }
	whole := func(d time.Duration) bool { return d >= 0 && d%time.Second == 0 && d <= time.Hour }
	add(!number(o.From) || o.From > 0 && o.From < leastRate, "from: %v is no rate to begin with; give 1 or more per second", o.From)
	add(!number(o.Most) || o.Most > 0 && o.Most < max(o.From, leastRate), "most: %v is no highest rate; give one above the first", o.Most)
	add(!number(o.Precision) || o.Precision > 0.5 || o.Precision > 0 && o.Precision < 0.002, "precision: %v is out of range; give a share from 0.002 to 0.5", o.Precision)
	add(!number(o.Confidence) || o.Confidence > 0.999 || o.Confidence > 0 && o.Confidence < 0.5, "confidence: %v is out of range; give a share from 0.5 to 0.999", o.Confidence)
	add(!whole(o.WarmUp), "warm-up: %v is not a number of whole seconds up to 1h", o.WarmUp)
	add(!whole(o.Length), "probe: %v is not a number of whole seconds up to 1h", o.Length)
	add(o.Rest < 0 || o.Patience < 0 || o.Within < 0, "a time is negative; give one above 0s")
	return errors.Join(faults...)
}

// CapacityProgress is where a search stands.
type CapacityProgress struct {
	At     time.Duration // since it began
	Stage  Stage
	Rate   float64 // of the probe that begins or has ended
	Last   *Probe  // the one that has ended; nil where one begins
	Lo, Hi float64 // highest passing and lowest failing rate so far; 0 and +Inf while there is none
	Probes int     // ended
}

// Capacity is what a search for the highest rate that passes has found. Its JSON
// keys are those of flywheel capacity. Rates are journey starts per second; of
// journeys of one step they are requests per second.
type Capacity struct {
	Target     string           `json:"target"`
	Started    time.Time        `json:"started"`
	Elapsed    float64          `json:"elapsed_s"`
	Ending     Ending           `json:"ended"`
	Why        string           `json:"why"` // the ending in a sentence
	Highest    *float64         `json:"highest_passing_rps"`
	Lowest     *float64         `json:"lowest_failing_rps"`
	Confidence *float64         `json:"confidence"` // that the rate which passes half of the time lies between them; null when they are not confirmed
	Broke      string           `json:"broke"`      // what most often broke at the lowest failing rate
	Thresholds []plan.Threshold `json:"-"`
	Conditions []string         `json:"thresholds"` // what a rate must hold to pass
	Probes     []Probe          `json:"probes"`
	Curve      []CurvePoint     `json:"curve"`
	USL        USL              `json:"usl"`
}

// withDefaults adds the default thresholds on what none of a plan's own looks at.
func withDefaults(own []plan.Threshold) []plan.Threshold {
	all := slices.Clone(own)
	for _, t := range DefaultThresholds() {
		if !slices.ContainsFunc(own, func(o plan.Threshold) bool { return o.Family() == t.Family() && o.Step == "" }) {
			all = append(all, t)
		}
	}
	return all
}

// DefaultThresholds judge the probes of a plan whose own thresholds do not look at
// failures, or at latency: fewer than one request in a hundred fails, and one in a hundred takes a second or longer, about
// the limit that keeps a person's flow of thought (Nielsen 1993, Usability
// Engineering, "Response Times").
func DefaultThresholds() []plan.Threshold {
	var all []plan.Threshold
	for _, text := range []string{"failed < 1%", "latency.p99 < 1s"} {
		t, err := plan.ParseThreshold(text)
		if err != nil {
			panic("bug: a default threshold: " + err.Error())
		}
		all = append(all, t)
	}
	return all
}

// keepsUp is the condition that every probe is held to beside the thresholds: a
// target that falls behind has queues that grow, and any limit on latency is then
// only a matter of time. Beyond its capacity a queue's wait grows by the share of the
// excess (1.02 of the capacity: 20 ms each second).
const (
	keepsUp    = "latency does not grow"
	growthMost = 0.01 // seconds per second
)

// FindCapacity searches the highest rate of journey starts at which the plan's
// thresholds hold, by probes with fresh connections at fixed rates, as search
// explains. What it found so far is returned without an error when ctx is cancelled,
// when the target does not recover, or when this machine cannot make the load; the
// errors are those of Run for a plan that cannot be pressed, and of Validate.
//
// Of the plan's thresholds, those on rate.achieved and rate.ok are left out, because
// they name a rate, and each is judged over a whole probe but for its warm-up.
// DefaultThresholds stand in for what the plan does not look at.
func FindCapacity(ctx context.Context, p plan.Plan, o CapacityOptions) (Capacity, error) {
	if err := errors.Join(p.Validate().Err(), o.Validate()); err != nil {
		return Capacity{}, err
	}
	schedule, err := p.Curve.Schedule()
	if err != nil {
		return Capacity{}, err
	}
	if err := unsearchable(p).Err(); err != nil {
		return Capacity{}, err
	}
	p.Limits = p.Limits.Filled()
	o = o.Filled(schedule.Highest(), p.Limits)
	f := &finder{plan: p, options: o, started: time.Now()}
	for _, t := range p.Thresholds {
		if t.Family() != "rate" {
			f.thresholds = append(f.thresholds, t.Whole())
		}
	}
	f.thresholds = withDefaults(f.thresholds)
	within, cancel := context.WithTimeout(ctx, o.Within)
	defer cancel()
	f.search = &search{
		probe: f.press, from: max(o.From, leastRate), least: leastRate, most: max(o.Most, leastRate),
		precision: o.Precision, confidence: o.Confidence, probes: 200, voids: 5,
	}
	ending, err := f.search.run(within)
	switch {
	case ctx.Err() != nil && len(f.probes) > 0:
		ending, err = CutShort, nil
	case ctx.Err() == nil && within.Err() != nil:
		ending, err = OutOfPatience, nil
	case errors.As(err, new(*sick)):
		ending = TargetSick
	}
	if err != nil && ending != TargetSick {
		return Capacity{}, err
	}
	return f.result(ending, err), nil
}

// unsearchable are the faults of a sound plan that can be pressed once, and not again and again at
// any rate.
func unsearchable(p plan.Plan) (fs plan.Faults) {
	if ceiling := p.Limits.Rate.PerSecond(); ceiling > 0 && ceiling < leastRate {
		fs = append(fs, plan.Fault{Path: "limits.rate", Problem: fmt.Sprintf("it allows %s, and a search asks for %d/s at the least", p.Limits.Rate, leastRate), Remedy: "raise it, or leave it out"})
	}
	for i, f := range p.Feeders {
		if f.Order == plan.Once {
			fs = append(fs, plan.Fault{Path: fmt.Sprintf("feeders[%d].order", i), Problem: "each probe of a search begins with the first row, so that rows are not taken once", Remedy: "take them in_turn"})
		}
	}
	return fs
}

// result puts together what was found.
func (f *finder) result(ending Ending, cause error) Capacity {
	s := f.search
	c := Capacity{
		Target: f.plan.Target, Started: f.started, Elapsed: time.Since(f.started).Seconds(), Ending: ending,
		Thresholds: f.thresholds, Probes: f.probes, Curve: curveOf(f.probes), Conditions: []string{keepsUp},
	}
	for _, t := range f.thresholds {
		c.Conditions = append(c.Conditions, t.Expression)
	}
	if s.lo > 0 {
		c.Highest = &s.lo
	}
	if !math.IsInf(s.hi, 1) {
		c.Lowest = &s.hi
		c.Broke = mostBroken(f.probes, s.hi)
	}
	if ending == Found || ending == AtCeiling {
		c.Confidence = &s.confidence
	}
	c.USL = FitUSL(c.Curve)
	c.Why = f.why(ending, cause)
	return c
}

func (f *finder) why(ending Ending, cause error) string {
	s := f.search
	switch ending {
	case Found:
		return fmt.Sprintf("%g/s passed and %g/s failed, repeatedly", s.lo, s.hi)
	case AtCeiling:
		return fmt.Sprintf("%g/s passed, repeatedly, and no higher rate may be asked; raise limits.rate or --most to search further", s.lo)
	case NonePasses:
		return fmt.Sprintf("not even %g/s passed: %s", s.hi, mostBroken(f.probes, s.hi))
	case TargetSick:
		return fmt.Sprintf("the target is sick, and was left alone: %v", cause)
	case OutOfLoad:
		last := f.probes[len(f.probes)-1]
		return fmt.Sprintf("this machine could not make %g/s on time, %d times in a row; press from a quieter or a larger one", last.Rate, s.voids)
	case CutShort:
		return "interrupted; the edges are not confirmed"
	}
	return fmt.Sprintf("the edges were not confirmed in %s, with probes: %d; the target may answer unsteadily; give the search more time (--within), or longer probes (--probe)", time.Since(f.started).Round(time.Second), len(f.probes))
}

// mostBroken is the condition that broke most often at a rate.
func mostBroken(probes []Probe, rate float64) string {
	counts, most := map[string]int{}, ""
	for _, p := range probes {
		if p.Rate == rate && p.Outcome == Fails {
			if counts[p.Why]++; counts[p.Why] > counts[most] {
				most = p.Why
			}
		}
	}
	return most
}
