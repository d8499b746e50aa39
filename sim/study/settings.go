package study

// Settings is what a scenario says about its runs: how many, with which luck, read by
// which engine, and what the summary shows.
type Settings struct {
	Engine       string     // name of an engine
	Replications int        // independent runs of each variant
	Seed         uint64     // base of all random streams
	Shared       bool       // all replications have the same people, with the same lasting tastes
	Welfare      bool       // record welfare, which takes a look at everybody in every period
	Band         [2]float64 // lower and upper quantile over replications
	At           []int      // periods the summary shows beside the last
	Certain      bool       // the engine moves expectations: one run shows all there is
}
