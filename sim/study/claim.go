package study

import "slices"

// ClaimKind says how a scenario stands to one of its expectations.
type ClaimKind string

// The kinds of claim: what theory says must hold (plain), what the parameters were fitted
// to (fit), and what they were not fitted to (predict).
const (
	Plain   ClaimKind = "plain"
	Fit     ClaimKind = "fit"
	Predict ClaimKind = "predict"
)

// Op is how a claim compares.
type Op string

// The comparisons of a claim; between includes both ends.
const (
	Less    Op = "<"
	AtMost  Op = "<="
	More    Op = ">"
	AtLeast Op = ">="
	Between Op = "between"
)

// Claim is one expectation about a finished ensemble: Left Op Right, or Left between Right
// and Upper.
type Claim struct {
	Name  string
	Kind  ClaimKind
	Text  string // as written in the scenario
	Known string // why it is known not to hold, with what is got instead; empty when nothing is known
	Left  Term
	Op    Op
	Right Term
	Upper Term   // of Between
	Naive []Said // what benchmarks say its left side is; empty where none is stated
}

// Said is what a benchmark, by its name, says of the left side of a claim.
type Said struct {
	Model string
	Value float64
}

// Numbers tells whether what the claim compares with is plain numbers.
func (c Claim) Numbers() bool {
	plain := func(t Term) bool { return !t.Measured() && t.Work == "" }
	return plain(c.Right) && plain(c.Upper)
}

// Would tells whether a claim that compares with plain numbers would hold with x on its left.
func (c Claim) Would(x float64) bool {
	if c.Op == Between {
		return x >= c.Right.Factor && x <= c.Upper.Factor
	}
	return compare(x, c.Op, c.Right.Factor)
}

// Terms are the claim's terms.
func (c Claim) Terms() []Term {
	if c.Op == Between {
		return []Term{c.Left, c.Right, c.Upper}
	}
	return []Term{c.Left, c.Right}
}

// Term is a number, a factor times a measured quantity, or something worked out from other
// terms, replication by replication.
type Term struct {
	Factor   float64 // the number itself when Quantity is nil and Work empty; seconds after midnight of WorkDone
	Quantity *Quantity
	Work     Work   // empty: none
	Args     []Term // that it works on
	From     int    // of a window: its first period; the last is that of the quantity
	Variant  string // whose event's day is looked into
	Fitted   bool   // of a score: over what the parameters were fitted to; else over the rest
}

// Work is what is worked out from a term's arguments.
type Work string

// The kinds of work. Plus to Log take terms; Sum to Elasticity take quantities over a
// window of periods; MAPE to Inside hold the forecast of a quantity to its observed
// series; Done, Peak and Likeness look into the seconds of an event's day.
const (
	WorkPlus       Work = "+"
	WorkMinus      Work = "-"
	WorkTimes      Work = "*"
	WorkOver       Work = "/"
	WorkLog        Work = "log"
	WorkSum        Work = "sum"
	WorkMean       Work = "mean"
	WorkMax        Work = "max"
	WorkMin        Work = "min"
	WorkWhen       Work = "when"       // the period of the largest value
	WorkElasticity Work = "elasticity" // the slope of the logarithm of the first over that of the second, by least squares
	WorkMAPE       Work = "mape"       // mean absolute error relative to the observed
	WorkWorst      Work = "worst"      // largest absolute error relative to the observed
	WorkFurthest   Work = "furthest"   // largest absolute error
	WorkInside     Work = "inside"     // share of observed values inside the 90% interval
	WorkDone       Work = "done"       // share of the day's served orders served by then
	WorkPeak       Work = "peak"       // the busiest second's served orders over the day's mean second
	WorkLikeness   Work = "likeness"   // correlation of the hours' served orders with 24 weights, its arguments
)

// Windowed tells whether the work looks at a window of periods.
func (w Work) Windowed() bool {
	return slices.Contains([]Work{WorkSum, WorkMean, WorkMax, WorkMin, WorkWhen, WorkElasticity}, w)
}

// Scored tells whether the work holds a forecast to an observed series.
func (w Work) Scored() bool {
	return slices.Contains([]Work{WorkMAPE, WorkWorst, WorkFurthest, WorkInside}, w)
}

// Daily tells whether the work looks into the seconds of an event's day.
func (w Work) Daily() bool { return w == WorkDone || w == WorkPeak || w == WorkLikeness }

// Measured tells whether the term has anything measured in it, and is no mere number.
func (t Term) Measured() bool {
	return t.Quantity != nil || t.Work.Daily() || slices.ContainsFunc(t.Args, Term.Measured)
}

// Names tells whether the term is about a variant, by its name.
func (t Term) Names(variant string) bool {
	return t.Variant == variant || t.Quantity != nil && t.Quantity.Variant == variant || slices.ContainsFunc(t.Args, func(arg Term) bool { return arg.Names(variant) })
}

// Each visits the quantities that the term is worked out from, each with the first period of
// the window it is wanted over.
func (t Term) Each(visit func(q *Quantity, from int)) {
	if t.Quantity != nil {
		visit(t.Quantity, t.Quantity.Period)
	}
	for _, arg := range t.Args {
		if t.Work.Windowed() && arg.Quantity != nil {
			visit(arg.Quantity, t.From)
			continue
		}
		arg.Each(visit)
	}
}

// Quantity names one measured number of each replication: a metric at a period, for a
// platform, side, segment and region ("*" for totals), in a variant ("" for the base).
type Quantity struct {
	Metric   string
	Platform string
	Side     string
	Segment  string
	Region   string
	Variant  string
	Period   int
}
