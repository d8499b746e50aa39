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
// edges in turn. An edge is settled when its outcome came up so often that a rate
// which passes half of the time would have shown it with no more than half of the
// chance of error allowed (the sign test; Dixon and Mood 1946, Journal of the
// American Statistical Association 41(236), 557-566): all of the first k repeats,
// or all but one of k+m. An edge that is contradicted becomes the opposite edge,
// and the stretch is searched anew on its other side; one that is neither is passed
// over, and the interval widens. So the interval says where the rate that passes
// half of the time is, if faster is never easier. The probes that led to an edge do
// not count for it, because it was chosen by them.
type search struct {
	probe      func(ctx context.Context, stage Stage, rate float64) (Outcome, error)
	from       float64 // first rate
	least      float64 // no lower rate is asked
	most       float64 // no higher rate is asked
	precision  float64 // of the interval, as a share of its lower end
	confidence float64
	probes     int // allowed
	voids      int // in a row, before the generator is given up

	lo, hi  float64 // 0 and +Inf while nobody knows
	asked   int
	settled map[float64]bool
}

var (
	errGenerator = errors.New("the generator fell short")
	errSpent     = errors.New("no probe is left")
)

// run searches; the error is that of a probe, or of the context.
func (s *search) run(ctx context.Context) (Ending, error) {
	s.lo, s.hi, s.settled = 0, math.Inf(1), map[float64]bool{}
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
	for rate := neat(s.from); s.lo == 0 || math.IsInf(s.hi, 1); {
		passes, err := s.ask(ctx, Bracket, rate)
		switch {
		case err != nil:
			return "", err
		case passes && rate >= s.most:
			s.lo = rate
			return s.atCeiling(ctx)
		case passes:
			s.lo = rate
			rate = neat(min(2*rate, s.most))
		case rate <= s.least:
			s.hi = rate
			return NonePasses, nil
		default:
			s.hi = rate
			rate = neat(max(rate/2, s.least))
		}
	}
	width := 1 + s.precision // of the interval, which grows where an edge is not sharp
	step := s.precision      // by which an edge moves outward, which grows while it turns out to lie further on
	for {
		for s.hi/s.lo > width {
			middle := neat((s.lo + s.hi) / 2)
			if middle <= s.lo || middle >= s.hi {
				break
			}
			passes, err := s.ask(ctx, Bisect, middle)
			if err != nil {
				return "", err
			}
			s.move(middle, passes)
			step = s.precision
		}
		low, high, err := s.edges(ctx)
		step *= 2
		switch {
		case err != nil:
			return "", err
		case low == affirmed && high == affirmed:
			return Found, nil
		case low == contradicted:
			s.hi, s.lo = s.lo, neat(s.lo/(1+step))
		case high == contradicted:
			s.lo, s.hi = s.hi, neat(s.hi*(1+step))
		case low == unclear:
			s.lo = neat(s.lo / (1 + step/2))
			width = max(width, s.hi/s.lo)
		default:
			s.hi = neat(s.hi * (1 + step/2))
			width = max(width, s.hi/s.lo)
		}
		if s.lo < s.least {
			return NonePasses, nil
		}
		if s.hi > s.most {
			s.hi = math.Inf(1)
			return s.atCeiling(ctx)
		}
	}
}

// atCeiling confirms the one edge there is.
func (s *search) atCeiling(ctx context.Context) (Ending, error) {
	e := s.edge(s.lo, true)
	for e.verdict() == "" {
		if err := s.repeat(ctx, e); err != nil {
			return "", err
		}
	}
	if e.verdict() != affirmed {
		return OutOfPatience, nil
	}
	s.settled[s.lo] = true
	return AtCeiling, nil
}

func (s *search) move(rate float64, passes bool) {
	if passes {
		s.lo = rate
	} else {
		s.hi = rate
	}
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

// The verdicts on an edge; none while more repeats are wanted.
const (
	affirmed     = "affirmed"
	contradicted = "contradicted"
	unclear      = "unclear"
)

// edge is a rate whose outcome is repeated.
type edge struct {
	rate         float64
	passes       bool // the outcome it is held to have
	all, butOne  int  // repeats that settle it without, and with one, of the other outcome
	agree, other int
}

func (s *search) edge(rate float64, passes bool) *edge {
	all, butOne := repeats((1 - s.confidence) / 2)
	e := &edge{rate: rate, passes: passes, all: all, butOne: butOne}
	if s.settled[rate] {
		e.agree = all
	}
	return e
}

func (e *edge) verdict() string {
	switch {
	case e.other == 0 && e.agree >= e.all, e.other == 1 && e.agree+1 >= e.butOne:
		return affirmed
	case e.other >= 2 && e.other > e.agree:
		return contradicted
	case e.other >= 2:
		return unclear
	}
	return ""
}

// repeats is how often an outcome must come up in a row, or but for one, so that a
// fair coin does either with no more than the error given.
func repeats(wrong float64) (all, butOne int) {
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
func (s *search) edges(ctx context.Context) (low, high string, err error) {
	lo, hi := s.edge(s.lo, true), s.edge(s.hi, false)
	for {
		for _, e := range []*edge{lo, hi} {
			if e.verdict() != "" {
				continue
			}
			if err := s.repeat(ctx, e); err != nil {
				return "", "", err
			}
			switch e.verdict() {
			case affirmed:
				s.settled[e.rate] = true
			case contradicted, unclear:
				return lo.verdict(), hi.verdict(), nil
			}
		}
		if lo.verdict() == affirmed && hi.verdict() == affirmed {
			return affirmed, affirmed, nil
		}
	}
}

func (s *search) repeat(ctx context.Context, e *edge) error {
	passes, err := s.ask(ctx, Confirm, e.rate)
	if err != nil {
		return err
	}
	if passes == e.passes {
		e.agree++
	} else {
		e.other++
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
