package study

import (
	"fmt"
	"math"
	"strconv"

	"flywheel/results"
)

// Judgement is what became of a claim. Value, Lo and Hi are those of the left term; where
// the claim compares two measured quantities, those of their difference, paired by
// replication.
type Judgement struct {
	Claim  Claim
	Holds  bool
	Value  float64
	Lo, Hi float64
	Wanted string // the condition in words
	Open   string // why the claim could not be judged, which is not the same as broken; else empty
}

// Judge holds a finished ensemble to a claim. A claim about one quantity compares its mean
// over replications. A claim between two quantities holds only when the 95% interval of
// their paired difference lies wholly on the claimed side.
func (e *Ensemble) Judge(c Claim) (Judgement, error) {
	j := Judgement{Claim: c}
	if c.Op != Between && c.Left.Measured() && c.Right.Measured() {
		return e.judgePair(c)
	}
	values, err := e.term(c.Left)
	if err != nil {
		return j, fmt.Errorf("%s: %w", c.Name, err)
	}
	band, _ := results.BandOf(values, e.plan.Settings.Band[0], e.plan.Settings.Band[1])
	j.Value, j.Lo, j.Hi = band.Mean, band.Lo, band.Hi
	if c.Left.Work.Scored() { // one number, which no luck moves
		j.Lo, j.Hi = math.NaN(), math.NaN()
	}
	right, err := e.mean(c.Right)
	if err != nil {
		return j, fmt.Errorf("%s: %w", c.Name, err)
	}
	if c.Op == Between {
		upper, err := e.mean(c.Upper)
		if err != nil {
			return j, fmt.Errorf("%s: %w", c.Name, err)
		}
		j.Wanted = fmt.Sprintf("between %s and %s", short(right), short(upper))
		j.Holds = j.Value >= right && j.Value <= upper
		return j, nil
	}
	j.Wanted = fmt.Sprintf("%s %s", c.Op, short(right))
	j.Holds = compare(j.Value, c.Op, right)
	return j, nil
}

// judgePair judges left against right by their difference.
func (e *Ensemble) judgePair(c Claim) (Judgement, error) {
	j := Judgement{Claim: c, Wanted: fmt.Sprintf("left minus right %s 0, beyond its 95%% interval", c.Op)}
	left, err := e.term(c.Left)
	if err != nil {
		return j, fmt.Errorf("%s: %w", c.Name, err)
	}
	right, err := e.term(c.Right)
	if err != nil {
		return j, fmt.Errorf("%s: %w", c.Name, err)
	}
	d, _ := results.Paired(left, right, confidence)
	j.Value, j.Lo, j.Hi = d.Mean, d.Lo, d.Hi
	if d.Pairs < 2 {
		j.Open = "needs 2 replications or more"
		return j, nil
	}
	switch c.Op {
	case More, AtLeast:
		j.Holds = compare(d.Lo, c.Op, 0)
	default:
		j.Holds = compare(d.Hi, c.Op, 0)
	}
	return j, nil
}

// short writes a number to six significant digits.
func short(x float64) string {
	rounded, err := strconv.ParseFloat(strconv.FormatFloat(x, 'g', 6, 64), 64)
	if err != nil {
		return results.Exact(x)
	}
	return results.Exact(rounded)
}

func compare(x float64, op Op, y float64) bool {
	switch op {
	case Less:
		return x < y
	case AtMost:
		return x <= y
	case More:
		return x > y
	case AtLeast:
		return x >= y
	}
	return false
}

// mean is a term's mean over the replications that have a value.
func (e *Ensemble) mean(t Term) (float64, error) {
	if !t.Measured() && t.Work == "" {
		return t.Factor, nil
	}
	values, err := e.term(t)
	if err != nil {
		return math.NaN(), err
	}
	band, _ := results.BandOf(values, 0, 1)
	return band.Mean, nil
}
