package plan

import (
	"fmt"
	"math/big"
	"time"
)

// Curve is the rate of journey starts over time: segments run one after the
// other, each beginning where the one before it ended.
type Curve []Segment

// Segment is one part of a curve; exactly one of its fields is set.
type Segment struct {
	Hold   *Hold   // one rate
	Ramp   *Ramp   // a straight line between two rates
	Steps  *Steps  // several rates, each held equally long
	Points []Point // straight lines through given points

	Sine    *Sine    // a swing around a mean
	Spike   *Spike   // a base, a peak, and the base again
	Replay  *Replay  // instants that were recorded
	Sum     []Curve  // curves that begin together, added
	Product *Product // a curve times a factor that moves
}

// Hold keeps one rate for a time.
type Hold struct {
	Rate Rate
	For  time.Duration // longer than 0
}

// Ramp moves from one rate to another in a straight line.
type Ramp struct {
	From, To Rate
	Over     time.Duration // longer than 0
}

// Steps holds each of its rates, in order, for the same time.
type Steps struct {
	Rates []Rate
	Each  time.Duration // longer than 0
}

// Point is a rate at an instant of its segment; between two points the rate is a
// straight line, and two points at the same instant are a jump.
type Point struct {
	At   time.Duration // from the beginning of the segment; the first point is at 0
	Rate Rate
}

// HoldFor is a segment that keeps one rate for a time.
func HoldFor(rate Rate, d time.Duration) Segment { return Segment{Hold: &Hold{Rate: rate, For: d}} }

// RampOver is a segment that moves from one rate to another in a straight line.
func RampOver(from, to Rate, d time.Duration) Segment {
	return Segment{Ramp: &Ramp{From: from, To: to, Over: d}}
}

// StepsOf is a segment that holds each rate in turn for the same time.
func StepsOf(each time.Duration, rates ...Rate) Segment {
	return Segment{Steps: &Steps{Rates: rates, Each: each}}
}

// Through is a segment of straight lines through the given points.
func Through(points ...Point) Segment { return Segment{Points: points} }

// Bounds of a curve. A schedule has a resolution of one nanosecond, so no rate
// beyond one start per nanosecond can be told apart; the others keep every
// number far inside what an int64 and a float64 hold exactly.
const (
	MaxRate     = 1e9                       // starts per second
	MaxLength   = 10 * 365 * 24 * time.Hour // the whole curve
	MaxRequests = int64(1_000_000_000_000)  // requests due under the whole curve
	maxLinear   = 1_000_000                 // straight pieces in the whole curve
)

// Scale returns the curve with every rate multiplied by k, which must be more
// than 0; times stay as they are.
func (c Curve) Scale(k float64) (Curve, error) {
	if !finite(k) || k <= 0 {
		return nil, Fault{Path: "scale", Problem: fmt.Sprintf("%v is not a factor for a rate", k), Remedy: "write a number above 0, such as 1.5"}
	}
	return c.mapped(k, 1, func(r Rate) Rate { return r.Scale(k) }, func(d time.Duration) time.Duration { return d }), nil
}

// Speed returns the curve run k times as fast: every time is divided by k, which
// must be more than 0, and rounded to the nanosecond; rates stay as they are, so
// the requests due become about k times fewer.
func (c Curve) Speed(k float64) (Curve, error) {
	if !finite(k) || k <= 0 {
		return nil, Fault{Path: "speed", Problem: fmt.Sprintf("%v is not a factor for time", k), Remedy: "write a number above 0, such as 60"}
	}
	factor := decimal(k)
	over := false
	divide := func(d time.Duration) time.Duration {
		if d <= 0 {
			return d
		}
		nanos := roundRat(new(big.Rat).Quo(new(big.Rat).SetInt64(int64(d)), factor))
		if !nanos.IsInt64() || nanos.Sign() == 0 {
			over = true
			return d
		}
		return time.Duration(nanos.Int64())
	}
	sped := c.mapped(1, k, func(r Rate) Rate { return r }, divide)
	if over {
		return nil, Fault{Path: "speed", Problem: fmt.Sprintf("%v makes a part of the curve shorter than a nanosecond or longer than 292 years", k), Remedy: "choose a factor nearer to 1"}
	}
	return sped, nil
}

// mapped changes all rates, by a factor times, and all times, by a factor speed.
func (c Curve) mapped(times, speed float64, rate func(Rate) Rate, span func(time.Duration) time.Duration) Curve {
	out := make(Curve, len(c))
	for i, s := range c {
		switch {
		case s.Hold != nil:
			out[i].Hold = &Hold{Rate: rate(s.Hold.Rate), For: span(s.Hold.For)}
		case s.Ramp != nil:
			out[i].Ramp = &Ramp{From: rate(s.Ramp.From), To: rate(s.Ramp.To), Over: span(s.Ramp.Over)}
		case s.Steps != nil:
			rates := make([]Rate, len(s.Steps.Rates))
			for j, r := range s.Steps.Rates {
				rates[j] = rate(r)
			}
			out[i].Steps = &Steps{Rates: rates, Each: span(s.Steps.Each)}
		case s.Sine != nil:
			out[i].Sine = &Sine{rate(s.Sine.Mean), rate(s.Sine.Swing), span(s.Sine.Period), span(s.Sine.Over)}
		case s.Spike != nil:
			p := s.Spike
			out[i].Spike = &Spike{rate(p.Base), rate(p.Peak), span(p.At), span(p.Rise), span(p.Hold), span(p.Fall), span(p.Over)}
		case s.Replay != nil:
			p := *s.Replay
			p.Times, p.Speed = p.Times*times, p.faster()*speed
			if p.Times == 0 {
				p.Times = times
			}
			out[i].Replay = &p
		case s.Sum != nil:
			for _, c := range s.Sum {
				out[i].Sum = append(out[i].Sum, c.mapped(times, speed, rate, span))
			}
		case s.Product != nil:
			p := &Product{Of: s.Product.Of.mapped(times, speed, rate, span)}
			for _, f := range s.Product.By {
				p.By = append(p.By, Factor{span(f.At), f.Times})
			}
			out[i].Product = p
		default:
			points := make([]Point, len(s.Points))
			for j, p := range s.Points {
				points[j] = Point{At: span(p.At), Rate: rate(p.Rate)}
			}
			out[i].Points = points
		}
	}
	return out
}

// Validate returns every fault of the curve, with paths that begin with curve.
func (c Curve) Validate() Faults {
	var fs Faults
	c.validateIn(&fs, "curve", 0)
	if len(fs) > 0 {
		return fs
	}
	lines := c.lines()
	if len(lines) > maxLinear {
		fs.add("curve", "use fewer points", "it has %d straight pieces, more than %d", len(lines), maxLinear)
		return fs
	}
	var length time.Duration
	for _, l := range lines {
		if length += l.span; length > MaxLength || length < 0 {
			fs.add("curve", "shorten it", "it is longer than ten years")
			return fs
		}
		if most := max(l.from.PerSecond(), l.to.PerSecond()); most > MaxRate {
			fs.add("curve", "lower a rate or a factor", "it comes to %g/s, beyond one start per nanosecond", most)
			return fs
		}
	}
	switch total := totalArea(lines); {
	case total.Cmp(new(big.Rat).SetInt64(1)) < 0:
		fs.add("curve", "raise a rate or a time", "no request becomes due: the area under the curve is less than 1")
	case total.Cmp(new(big.Rat).SetInt64(MaxRequests)) > 0:
		fs.add("curve", "lower a rate or a time", "more than %d requests become due", MaxRequests)
	}
	return fs
}

// deepest bounds how deep sums and products stand in each other.
const deepest = 4

func (c Curve) validateIn(fs *Faults, path string, depth int) {
	if len(c) == 0 {
		fs.add(path, "write at least one segment, such as {hold: 50/s, for: 1m}", "the curve is missing")
	}
	if depth > deepest {
		fs.add(path, "write it out", "curves stand in each other more than %d deep", deepest)
		return
	}
	for i, s := range c {
		s.validate(fs, fmt.Sprintf("%s[%d]", path, i), depth)
	}
}

func (s Segment) validate(fs *Faults, path string, depth int) {
	kinds := 0
	for _, set := range []bool{s.Hold != nil, s.Ramp != nil, s.Steps != nil, s.Points != nil, s.Sine != nil, s.Spike != nil, s.Replay != nil, s.Sum != nil, s.Product != nil} {
		if set {
			kinds++
		}
	}
	if kinds != 1 {
		fs.add(path, "give each segment exactly one of hold, ramp, steps, points, sine, spike, replay, sum and product", "the segment has %d kinds", kinds)
		return
	}
	switch {
	case s.Hold != nil:
		s.Hold.Rate.validate(fs, path+".hold")
		positive(fs, path+".for", s.Hold.For)
	case s.Ramp != nil:
		s.Ramp.From.validate(fs, path+".ramp.from")
		s.Ramp.To.validate(fs, path+".ramp.to")
		positive(fs, path+".ramp.over", s.Ramp.Over)
	case s.Steps != nil:
		if len(s.Steps.Rates) == 0 {
			fs.add(path+".steps", "list at least one rate, such as [50/s, 100/s]", "there is no rate")
		}
		for i, r := range s.Steps.Rates {
			r.validate(fs, fmt.Sprintf("%s.steps[%d]", path, i))
		}
		positive(fs, path+".each", s.Steps.Each)
	case s.Sine != nil:
		s.Sine.validate(fs, path+".sine")
	case s.Spike != nil:
		s.Spike.validate(fs, path+".spike")
	case s.Replay != nil:
		if depth > 0 {
			fs.add(path+".replay", "let it stand by itself", "instants cannot be added or multiplied as rates are")
			return
		}
		s.Replay.validate(fs, path+".replay")
	case s.Sum != nil:
		if len(s.Sum) == 0 {
			fs.add(path+".sum", "list the curves to add", "there is nothing to add")
		}
		for i, c := range s.Sum {
			c.validateIn(fs, fmt.Sprintf("%s.sum[%d]", path, i), depth+1)
		}
	case s.Product != nil:
		s.Product.validate(fs, path+".product", depth)
	default:
		validatePoints(fs, path+".points", s.Points)
	}
}

func validatePoints(fs *Faults, path string, points []Point) {
	if len(points) < 2 {
		fs.add(path, "give the rate at two instants or more, such as [[0s, 10/s], [1m, 50/s]]", "%d points make no line", len(points))
		return
	}
	for i, p := range points {
		at := fmt.Sprintf("%s[%d]", path, i)
		p.Rate.validate(fs, at)
		switch {
		case i == 0 && p.At != 0:
			fs.add(at, "let the first point be at 0s", "the first point is at %v", p.At)
		case p.At < 0 || p.At > MaxLength:
			fs.add(at, "use a time between 0s and ten years", "the time %v is out of range", p.At)
		case i > 0 && p.At < points[i-1].At:
			fs.add(at, "put the points in order of time", "its time %v is before that of the point above it, %v", p.At, points[i-1].At)
		}
	}
	if points[len(points)-1].At == 0 {
		fs.add(path, "let the last point be later than the first", "all points are at 0s")
	}
}

func (r Rate) validate(fs *Faults, path string) {
	const remedy = "write a rate from 0/s to 1000000000/s, such as 50/s"
	switch {
	case !finite(r.Count) || r.Count < 0:
		fs.add(path, remedy, "%v is not a rate", r.Count)
	case r.Per < 0:
		fs.add(path, remedy, "the unit of time %v is negative", r.Per)
	case r.PerSecond() > MaxRate:
		fs.add(path, remedy, "%v is beyond one start per nanosecond", r)
	}
}

func positive(fs *Faults, path string, d time.Duration) {
	if d <= 0 {
		fs.add(path, "write a time longer than 0, such as 2m", "%v is no time to run for", d)
	} else if d > MaxLength {
		fs.add(path, "shorten it", "%v is longer than ten years", d)
	}
}

// line is a straight piece of a curve.
type line struct {
	span     time.Duration
	from, to Rate

	stamps []time.Duration // instead of rates: instants at which the area rises
	each   float64         // by how much
}

// lines breaks a sound curve into straight pieces of positive length.
func (c Curve) lines() []line {
	var out []line
	for _, s := range c {
		switch {
		case s.Hold != nil:
			out = append(out, line{span: s.Hold.For, from: s.Hold.Rate, to: s.Hold.Rate})
		case s.Ramp != nil:
			out = append(out, line{span: s.Ramp.Over, from: s.Ramp.From, to: s.Ramp.To})
		case s.Steps != nil:
			for _, r := range s.Steps.Rates {
				out = append(out, line{span: s.Steps.Each, from: r, to: r})
			}
		case s.Sine != nil:
			out = append(out, s.Sine.lines()...)
		case s.Spike != nil:
			out = append(out, s.Spike.lines()...)
		case s.Replay != nil:
			stamps := s.Replay.stamps()
			out = append(out, line{span: stamps[len(stamps)-1], stamps: stamps, each: s.Replay.each()})
		case s.Sum != nil:
			out = append(out, sum(s.Sum)...)
		case s.Product != nil:
			out = append(out, s.Product.lines()...)
		default:
			for i := 1; i < len(s.Points); i++ {
				if span := s.Points[i].At - s.Points[i-1].At; span > 0 {
					out = append(out, line{span: span, from: s.Points[i-1].Rate, to: s.Points[i].Rate})
				}
			}
		}
	}
	return out
}

// area is the exact number of starts under the line: the mean of its ends times its span.
func (l line) area() *big.Rat {
	if l.stamps != nil {
		return new(big.Rat).Mul(decimal(l.each), new(big.Rat).SetInt64(int64(len(l.stamps))))
	}
	a := new(big.Rat).Add(l.from.perNano(), l.to.perNano())
	return a.Mul(a, big.NewRat(int64(l.span), 2))
}

func totalArea(lines []line) *big.Rat {
	sum := new(big.Rat)
	for _, l := range lines {
		sum.Add(sum, l.area())
	}
	return sum
}
