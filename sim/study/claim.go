package study

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
	Left  Term
	Op    Op
	Right Term
	Upper Term // of Between
}

// Term is a number, or a factor times a measured quantity.
type Term struct {
	Factor   float64 // the number itself when Quantity is nil
	Quantity *Quantity
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
