package loadtest

import (
	"context"
	"errors"
	"math"
	"strconv"
)

// Stage is a part of a search for a capacity.
type Stage string

// The stages of a search, in order.
const (
	Bracket Stage = "bracket" // double, or halve, until one rate passes and one fails
	Bisect  Stage = "bisect"  // halve the stretch between them
	Confirm Stage = "confirm" // repeat both edges until each is settled
)

// Outcome is what a probe says about its rate.
type Outcome string

// The outcomes of a probe.
const (
	Passes Outcome = "pass"
	Fails  Outcome = "fail"
	Void   Outcome = "void" // the generator fell short, so nothing is known of the target
)

// Ending says why a search was over.
type Ending string

// The endings of a search.
const (
	Found         Ending = "found"       // both edges are confirmed
	AtCeiling     Ending = "ceiling"     // the highest rate that may be asked passes
	NonePasses    Ending = "none passes" // not even the lowest rate passes
	TargetSick    Ending = "sick"        // the target did not recover from a probe
	OutOfLoad     Ending = "generator"   // this machine cannot make the load
	OutOfPatience Ending = "given up"    // the edges were not confirmed in the probes or the time allowed
	CutShort      Ending = "interrupt"   // the caller's context was cancelled
)

// search finds the highest rate that passes, by probes that may err.
//
// It doubles the rate until one fails, halves the stretch between the highest
// passing and the lowest failing rate until it is narrow, and then repeats both
// edges in turn. A rate is settled when one outcome came up so often in its repeats
// that a rate which passes half of the time would have shown it with no more than
// half of the chance of error allowed (the sign test; Dixon and Mood 1946, Journal of
// the American Statistical Association 41(236), 557-566): all of the first k repeats,
// or all but one of k+m. One that shows both outcomes twice is unclear. An edge whose
// repeats say the opposite becomes the opposite edge, and the stretch is searched anew
// on its other side; one that is unclear is passed over, and the interval widens. So
// the interval says where the rate that passes half of the time is, if faster is never
// easier. The probes that led to an edge do not count for it, because it was chosen by
// them.
//
// The repeats of a rate are counted together, whatever edge it was taken for: no rate
// is repeated more than k+m times, and none is taken for the same edge again once it is
// settled or unclear, so the search cannot go round in circles.
type search struct {
	probe      func(ctx context.Context, stage Stage, rate float64) (Outcome, error)
	from       float64 // first rate
	least      float64 // no lower rate is asked
	most       float64 // no higher rate is asked, nor one of more than four digits
	precision  float64 // of the interval, as a share of its lower end
	confidence float64
	probes     int // allowed
	voids      int // in a row, before the generator is given up

	lo, hi  float64 // 0 and +Inf while nobody knows
	asked   int
	repeats map[float64]*repeats // by rate
}

var (
	errGenerator = errors.New("the generator fell short")
	errSpent     = errors.New("no probe is left")
)

// run searches; the error is that of a probe, or of the context.
func (s *search) run(ctx context.Context) (Ending, error) {
	s.lo, s.hi, s.repeats = 0, math.Inf(1), map[float64]*repeats{}
	s.most = neatBelow(s.most)
	ending, err := s.seek(ctx)
	switch {
	case errors.Is(err, errGenerator):
		return OutOfLoad, nil
	case errors.Is(err, errSpent):
		return OutOfPatience, nil
	}
	return ending, err
}

func (s *search) seek(ctx context.Context) (Ending, error) {
	if ending, err := s.bracket(ctx, neat(s.from), 1); ending != "" || err != nil {
		return ending, err
	}
	width := 1 + s.precision // of the interval, which grows where an edge is not sharp
	step := s.precision      // by which an edge that is not sharp moves outward
	for {
		if err := s.halve(ctx, width); err != nil {
			return "", err
		}
		low, high, err := s.edges(ctx)
		var ending Ending
		switch {
		case err != nil:
			return "", err
		case low == passing && high == failing:
			return Found, nil
		case low == failing:
			s.hi, s.lo, step = s.lo, 0, width-1
			ending, err = s.bracket(ctx, neat(s.hi/(1+2*step)), 4*step)
		case high == passing:
			s.lo, s.hi, step = s.hi, math.Inf(1), width-1
			ending, err = s.bracket(ctx, neat(s.lo*(1+2*step)), 4*step)
		case low == unclear:
			s.lo, step = neat(s.lo/(1+step)), 2*step
			width = max(width, s.hi/s.lo)
		default:
			s.hi, step = neat(s.hi*(1+step)), 2*step
			width = max(width, s.hi/s.lo)
		}
		switch {
		case ending != "" || err != nil:
			return ending, err
		case s.lo < s.least:
			return NonePasses, nil
		case s.hi > s.most:
			s.hi = math.Inf(1)
			return s.atCeiling(ctx)
		}
	}
}

// bracket goes up or down in growing steps, the first of the given share, until it has
// both edges or there is nowhere to go.
func (s *search) bracket(ctx context.Context, rate, step float64) (Ending, error) {
	for rate = min(max(rate, s.least), s.most); s.lo == 0 || math.IsInf(s.hi, 1); step = min(2*step, 1) {
		passes, err := s.outcome(ctx, Bracket, rate)
		switch {
		case err != nil:
			return "", err
		case passes && rate >= s.most:
			s.lo = rate
			return s.atCeiling(ctx)
		case passes:
			s.lo = rate
			rate = neat(min(rate*(1+step), s.most))
		case rate <= s.least:
			s.hi = rate
			return NonePasses, nil
		default:
			s.hi = rate
			rate = neat(max(rate/(1+step), s.least))
		}
	}
	return "", nil
}

// halve narrows the stretch between the edges to the width, or as far as it can be.
func (s *search) halve(ctx context.Context, width float64) error {
	for s.hi/s.lo > width {
		middle := neat((s.lo + s.hi) / 2)
		if middle <= s.lo || middle >= s.hi {
			break
		}
		if s.of(middle).verdict() == unclear {
			break // it stays inside
		}
		passes, err := s.outcome(ctx, Bisect, middle)
		if err != nil {
			return err
		}
		if passes {
			s.lo = middle
		} else {
			s.hi = middle
		}
	}
	return nil
}

// atCeiling confirms the one edge there is.
func (s *search) atCeiling(ctx context.Context) (Ending, error) {
	for s.of(s.lo).verdict() == open {
		if err := s.repeat(ctx, s.lo); err != nil {
			return "", err
		}
	}
	if s.of(s.lo).verdict() != passing {
		return OutOfPatience, nil
	}
	return AtCeiling, nil
}

// outcome is what the repeats of a rate say, or else one probe.
func (s *search) outcome(ctx context.Context, stage Stage, rate float64) (passes bool, err error) {
	switch s.of(rate).leaning() {
	case passing:
		return true, nil
	case failing:
		return false, nil
	}
	return s.ask(ctx, stage, rate)
}

// ask is the outcome of a probe that is not void.
func (s *search) ask(ctx context.Context, stage Stage, rate float64) (passes bool, err error) {
	for range s.voids {
		if s.asked >= s.probes {
			return false, errSpent
		}
		s.asked++
		outcome, err := s.probe(ctx, stage, rate)
		if err != nil {
			return false, err
		}
		if outcome != Void {
			return outcome == Passes, nil
		}
	}
	return false, errGenerator
}

// verdict is what the repeats of a rate say.
type verdict int

const (
	open    verdict = iota // more repeats are wanted
	passing                // settled
	failing                // settled
	unclear
)

// repeats are the probes that repeated a rate.
type repeats struct {
	passed, failed int
	all, butOne    int // repeats that settle it without, and with one, of the other outcome
}

// of is what is known of a rate.
func (s *search) of(rate float64) *repeats {
	r := s.repeats[rate]
	if r == nil {
		r = &repeats{}
		r.all, r.butOne = rare((1 - s.confidence) / 2)
		s.repeats[rate] = r
	}
	return r
}

func (r *repeats) verdict() verdict {
	one := min(r.passed, r.failed)
	enough := one == 0 && r.passed+r.failed >= r.all || one == 1 && r.passed+r.failed >= r.butOne
	switch {
	case one >= 2:
		return unclear
	case enough && r.passed > r.failed:
		return passing
	case enough:
		return failing
	}
	return open
}

// leaning is the verdict, or the one that more repeats would have to come to when two
// of them, and most, say so.
func (r *repeats) leaning() verdict {
	v := r.verdict()
	switch {
	case v == open && r.passed >= 2 && r.passed > r.failed:
		return passing
	case v == open && r.failed >= 2 && r.failed > r.passed:
		return failing
	}
	return v
}

// rare is how often an outcome must come up in a row, or but for one, so that a
// fair coin does either with no more than the chance given.
func rare(wrong float64) (all, butOne int) {
	all = int(math.Ceil(-math.Log2(wrong) - 1e-9))
	left := wrong - math.Exp2(-float64(all))
	// One miss among the first all, and none after: all·2^-all·2^-more.
	for more := 1; ; more++ {
		if float64(all)*math.Exp2(-float64(all+more)) <= left {
			return all, all + more
		}
		if more > 20 {
			return all, math.MaxInt // no room for a miss
		}
	}
}

// edges repeats both edges in turn, so that a slow change of the target meets both,
// until both are settled or one is not what it was held to be.
func (s *search) edges(ctx context.Context) (low, high verdict, err error) {
	lo, hi := s.of(s.lo), s.of(s.hi)
	for {
		for _, e := range []struct {
			*repeats
			rate     float64
			opposite verdict
		}{{lo, s.lo, failing}, {hi, s.hi, passing}} {
			if e.verdict() == open && e.leaning() != e.opposite {
				if err := s.repeat(ctx, e.rate); err != nil {
					return open, open, err
				}
			}
			if v := e.leaning(); v == e.opposite || v == unclear {
				return lo.leaning(), hi.leaning(), nil
			}
		}
		if lo.verdict() == passing && hi.verdict() == failing {
			return passing, failing, nil
		}
	}
}

func (s *search) repeat(ctx context.Context, rate float64) error {
	passes, err := s.ask(ctx, Confirm, rate)
	if err != nil {
		return err
	}
	if passes {
		s.of(rate).passed++
	} else {
		s.of(rate).failed++
	}
	return nil
}

// neat is a rate to four digits, so that a person can type it.
func neat(rate float64) float64 {
	v, err := strconv.ParseFloat(strconv.FormatFloat(rate, 'g', 4, 64), 64)
	if err != nil {
		panic("bug: a rate that cannot be read again: " + err.Error())
	}
	return v
}

// neatBelow is the highest rate of four digits that is no higher.
func neatBelow(rate float64) float64 {
	v := neat(rate)
	for less := 1.0; v > rate; less *= 2 {
		v = neat(rate * (1 - 1e-4*less)) // no two rates of four digits lie nearer to each other than that
	}
	return v
}
