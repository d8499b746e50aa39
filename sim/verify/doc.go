// Package verify holds the simulator against published theory. A theory case becomes an
// ordinary models.Model, run by the same engines and read from the same timeline as any
// scenario; there is no second model here that could agree with theory in its place.
//
// Reading order:
//
//	case.go       what a case says, and everything that can be wrong with it
//	verify.go     cases to lines: plan, run, judge
//	trial.go      one model run many times, what is read off each run, and what it must show
//	estimate.go   from runs to a value and its standard error
//	noise.go      the fluctuations that theory predicts, hence how far luck may lead
//	bass.go (with hazard.go), logit.go (with rest.go, tip.go, frontier.go and passage.go),
//	launch.go, platforms.go, bundle.go, armstrong.go, demand.go, entry.go, retention.go
//	              one model each, or a family: its market, its trials, its tolerances
//	bracket.go    a quantity between markets that tip and markets that do not
//	parameter.go  numbers out of a case's parameters
//	suite.go, builtin.go
//	              the built-in cases
//
// # How a line is judged
//
// A line holds when the simulated value is within its tolerance of theory, and the tolerance
// is known before anything runs: four times the standard error that theory predicts for these
// runs, plus what theory knows itself to neglect, of order one over the population. The
// standard error measured from the runs stands beside the predicted one, so that a spread
// which theory does not expect can be seen; it does not widen the tolerance, or a model that
// is wrong and noisy would pass.
//
// Four standard errors are exceeded by luck once in 16,000 lines.
package verify
