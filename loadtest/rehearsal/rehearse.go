package rehearsal

import (
	"context"
	"fmt"
	"math"
	"strings"
	"time"

	"flywheel/loadtest"
	"flywheel/loadtest/plan"
	"flywheel/models"
	"flywheel/results"
)

// Rehearsal is what is rehearsed: a scenario's event, its request curve, and the plan whose
// journeys, thresholds and limits meet the target.
type Rehearsal struct {
	Event  *models.Event  // of the scenario
	Curve  *results.Table // the event's request curve at its quantile
	Plan   plan.Plan      // its curve is replaced by the forecast's
	Window time.Duration  // press only the busiest stretch of this length; 0 means the whole curve
	Speed  float64        // the curve runs this many times as fast, at the same rates; 0 means 1
	Scale  float64        // the target is a model of the deployment, this many times its size; 0 means 1
	Today  time.Time      // the date that a measured capacity is given
}

// Steps are what a rehearsal has others do.
type Steps struct {
	Press  func(context.Context, plan.Plan) (loadtest.Report, error)     // presses the plan's target
	Search func(context.Context, plan.Plan) (loadtest.Capacity, error)   // searches the target's capacity
	Cost   func(context.Context, models.Deployment) ([]Shortfall, error) // forecasts with this deployment against one that takes everything
}

// Shortfall is what a deployment costs in one quantity of the forecast, against enough
// capacity, paired by shared luck. A cost above zero is a loss; below zero, something saved.
type Shortfall struct {
	What       string // in words, such as "orders lost on the day"
	Metric     string
	Platform   string
	Side       string
	Period     int
	Unit       results.Unit
	More       bool // more of the metric is what it costs, as of orders that are late; else less of it is
	Difference results.Difference
}

// Finding is what a rehearsal found, as far as it came.
type Finding struct {
	Peak     Peak
	Report   loadtest.Report
	Capacity *loadtest.Capacity // nil when the target passed, so that nothing was searched
	// Measured is the deployment that the target stands for, in the forecast's own rates; it is
	// limited only where a capacity was found.
	Measured models.Deployment
	// Priced is the deployment that Cost is of: the measured one, or else, when the target passed,
	// one that takes the peak's own rate and no more, so that the target costs at most that.
	Priced   models.Deployment
	Cost     []Shortfall // nil when nothing could be priced
	Smallest float64     // smallest capacity that carries the forecast's peak, journey starts per second
	Largest  float64     // largest part of the audience that the measured capacity carries, 1 for all of it
	Limits   []string    // what the rehearsal cannot tell, in sentences
}

// Judged tells whether the press went on to its end, or to the abort condition; who stops it
// halfway knows nothing of the rest.
func (f *Finding) Judged() bool { return f.Report.Stopped != loadtest.ByCaller }

// Passed tells whether the target carried the forecast's peak.
func (f *Finding) Passed() bool { return f.Judged() && f.Report.Verdict().Passed }

// Unfit says that a window, a speed or a scale leaves nothing that can be pressed.
type Unfit struct{ error }

// Unwrap is what is wrong with the curve.
func (u *Unfit) Unwrap() error { return u.error }

// telling is the number of requests from which on a failure in a hundred and a p99 can be seen.
const telling = 100

// Rehearse presses the target with the forecast's curve and judges it by the plan's thresholds
// (loadtest.DefaultThresholds where it has none). When the target breaks one, Rehearse searches
// its capacity, no higher than the rate that broke it, and asks what that costs; when it passes,
// what the highest rate that it was seen to carry would cost. What was found before an error
// comes back with it.
func Rehearse(ctx context.Context, r Rehearsal, do Steps) (Finding, error) {
	f := Finding{Largest: 1}
	var err error
	if f.Peak, err = PeakOf(r.Curve); err != nil {
		return f, err
	}
	f.Smallest = f.Peak.RPS
	pressed, err := r.pressed()
	if err != nil {
		return f, err
	}
	f.Limits = r.limits()
	if f.Report, err = do.Press(ctx, pressed); err != nil {
		return f, err
	}
	if !f.Judged() {
		return f, context.Cause(ctx)
	}
	if f.Report.Requests.Due < telling {
		f.Limits = append(f.Limits, fmt.Sprintf("only %d requests were due, and fewer than %d show neither a failure in a hundred nor a p99: press more of the curve (--window), or at a larger scale", f.Report.Requests.Due, telling))
	}
	if advice := f.Report.Advice(); advice != "" {
		f.Limits = append(f.Limits, advice)
	}
	if f.Report.Bottleneck == loadtest.ByGenerator {
		f.Limits = append(f.Limits, "the machine that pressed was the bottleneck, so the verdict says little about the target: press from a larger one, or at a smaller scale")
	}
	if f.Passed() {
		f.Priced = r.limited(f.Peak.RPS)
		f.Cost, err = do.Cost(ctx, f.Priced)
		return f, err
	}
	capacity, err := do.Search(ctx, pressed)
	if err != nil && ctx.Err() == nil { // the verdict stands
		f.Limits = append(f.Limits, "the capacity could not be searched, so nothing can be said of its cost: "+err.Error())
		return f, nil
	}
	if err != nil {
		return f, err
	}
	f.Capacity = &capacity
	f.Measured = r.measured(capacity, f.Report, f.Peak.RPS)
	if !f.Measured.Limited {
		f.Limits = append(f.Limits, "no capacity was found, so nothing can be said of its cost: "+capacity.Why)
		return f, context.Cause(ctx)
	}
	if f.Measured.Capacity >= f.Peak.RPS {
		f.Limits = append(f.Limits, "held for a few seconds, even the peak's rate passes, so what broke takes longer to build up; longer probes would see it")
	}
	if capacity.Confidence == nil {
		f.Limits = append(f.Limits, "the capacity is not confirmed: "+capacity.Why)
	}
	if d := f.Measured; d.Room > 0 && r.Event.Deployment.Room == 0 {
		f.Limits = append(f.Limits, r.toldOfTheLine(f.Report, d))
	}
	f.Largest = math.Min(1, f.Measured.Capacity/f.Peak.RPS)
	f.Priced = f.Measured
	f.Cost, err = do.Cost(ctx, f.Priced)
	return f, err
}

// pressed is the plan with the forecast's curve, at the speed and the scale asked for.
func (r *Rehearsal) pressed() (plan.Plan, error) {
	p := r.Plan
	points, err := pointsOf(r.Curve)
	if err != nil {
		return p, err
	}
	curve := plan.Curve{plan.Through(busiest(points, r.Window)...)}
	if r.speed() != 1 {
		if curve, err = curve.Speed(r.Speed); err != nil {
			return p, &Unfit{err}
		}
	}
	if r.scale() != 1 {
		if curve, err = curve.Scale(r.scale()); err != nil {
			return p, &Unfit{err}
		}
	}
	p.Curve = curve
	if len(p.Thresholds) == 0 {
		p.Thresholds = loadtest.DefaultThresholds()
	}
	if faults := p.Validate(); len(faults) > 0 { // the plan was sound with another curve
		return p, &Unfit{fmt.Errorf("window %v, speed %v and scale %v make no curve that can be pressed: %w", plain(r.Window), r.speed(), r.scale(), faults[0])}
	}
	return p, nil
}

func (r *Rehearsal) speed() float64 {
	if r.Speed == 0 {
		return 1
	}
	return r.Speed
}

func (r *Rehearsal) scale() float64 {
	if r.Scale == 0 {
		return 1
	}
	return r.Scale
}

// limited is the event's deployment with a capacity that nobody measured.
func (r *Rehearsal) limited(perS float64) models.Deployment {
	d := r.Event.Deployment
	d.Limited, d.Capacity = true, perS
	d.Lo, d.Hi, d.Measured = 0, 0, ""
	return d
}

// refusing is the share of failed requests from which on a target refuses people rather than
// letting them wait; DefaultThresholds allow as much.
const refusing = 0.01

// refuses tells whether a press was refused more than next to nothing.
func refuses(pressed loadtest.Report) bool {
	q := pressed.Requests
	return float64(q.Failed) >= refusing*float64(q.Sent)
}

// measured is the event's deployment with the capacity found. An upper edge that was not found
// lies no higher than the peak, which broke.
func (r *Rehearsal) measured(c loadtest.Capacity, pressed loadtest.Report, peak float64) models.Deployment {
	d := r.Event.Deployment
	d.Limited = false
	if c.Highest == nil || *c.Highest <= 0 {
		return d
	}
	d.Limited, d.Capacity = true, *c.Highest/r.scale()
	d.Lo, d.Hi = d.Capacity, d.Capacity
	switch {
	case c.Lowest != nil:
		d.Hi = *c.Lowest / r.scale()
		d.Capacity = (d.Lo + d.Hi) / 2
	case c.Ending != loadtest.AtCeiling:
		d.Hi = math.Max(d.Lo, peak)
	}
	d.Measured = fmt.Sprintf("flywheel rehearse on %s", r.Today.Format(time.DateOnly))
	if c.Confidence != nil {
		d.Measured += fmt.Sprintf(", interval with confidence %v", *c.Confidence)
	}
	if d.Room == 0 && d.Patience > 0 {
		d.Room = r.line(pressed, d).Seconds() * d.Capacity / r.Event.Starts
	}
	return d
}

// line is how long the line is in front of a target, in the time that it takes to work it off: a
// line of as many requests as are taken while one of them waits (Little 1961, Operations Research
// 9(3)). Where the press failed next to nothing, people wait for as long as the plan's timeout. Where
// some were refused, the line was full, and as long as the slowest in a hundred waited; there is none
// where that is too short to make anybody late.
func (r *Rehearsal) line(pressed loadtest.Report, d models.Deployment) time.Duration {
	timeout := r.Plan.Limits.Filled().Timeout
	if pressed.Requests.Sent == 0 {
		return 0
	}
	if !refuses(pressed) {
		return timeout
	}
	seen := min(timeout, time.Duration(pressed.Latency.P99*float64(time.Millisecond)))
	if seen.Seconds() <= d.Late {
		return 0
	}
	return seen
}

// toldOfTheLine says how a target that lets people wait was priced.
func (r *Rehearsal) toldOfTheLine(pressed loadtest.Report, d models.Deployment) string {
	late := fmt.Sprintf("who waits for more than %v is late (event.deployment.late)", plain(time.Duration(d.Late*float64(time.Second))))
	if !refuses(pressed) {
		return fmt.Sprintf("the target was slow and refused next to nothing, so what it cannot take waits in line instead of being turned away, as long as the plan's timeout of %v lets it; %s",
			plain(r.Plan.Limits.Filled().Timeout), late)
	}
	return fmt.Sprintf("the target refused some and let others wait, so it is priced with a line of %v, the p99 of the waits seen, in front of it: who finds that full is turned away, and %s",
		plain(r.line(pressed, d).Round(10*time.Millisecond)), late)
}

// limits says what speed and scale leave out.
func (r *Rehearsal) limits() []string {
	var list []string
	if points, err := pointsOf(r.Curve); err == nil && r.Window > 0 && r.Window < points[len(points)-1].At {
		list = append(list, fmt.Sprintf("only the busiest %v of %v were pressed, at the forecast's own rates: what builds up over a longer time was not seen; --window %v presses all of it",
			plain(r.Window), plain(points[len(points)-1].At), plain(points[len(points)-1].At)))
	}
	if r.Speed > 1 {
		list = append(list, fmt.Sprintf("the curve ran %v times as fast: rates are the forecast's, but queues, caches and limits that fill over minutes had less time to do so", r.Speed))
	}
	if r.scale() != 1 {
		list = append(list, fmt.Sprintf("rates were multiplied by %v: the finding holds for the deployment as far as its capacity grows in proportion to its size", r.scale()))
	}
	return list
}

// plain writes a time without the units that are zero.
func plain(d time.Duration) string {
	text := d.String()
	for _, zero := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(text, zero) {
			text = strings.TrimSuffix(text, zero[1:])
		}
	}
	return text
}
