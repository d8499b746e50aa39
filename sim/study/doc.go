// Package study runs a model many times and reads the tables that come back.
//
// Reading order:
//
//	settings.go  what a scenario says about its runs
//	plan.go      runs as data, before any of them starts
//	input.go     a value that a study varies, and the numbers it takes
//	design.go    the points of a study: grids, lists, tables, samples; net.go Sobol' points
//	execute.go   the runs, in parallel, delivered in plan order
//	point.go     studies of many markets, each run and measured; order.go delivers in order,
//	             runner.go makes them one by one on a worker
//	ensemble.go  what is kept of every run: the periods and series somebody asks about
//	summary.go   bands over replications; channels.go of what each channel cost and brought
//	compare.go   variants against the base, paired by replication
//	happening.go what happened when, and in how many runs
//	curve.go     the request curve of an event, at a quantile over replications; peak.go its busiest moments
//	claim.go     what a scenario expects; term.go what is worked out for it, judge.go whether it holds
//	metrics.go   the names of what can be asked for
//	response.go  many points of a space, each run with the same luck and measured
//	sensitivity.go  which inputs matter: sensitivity_sobol.go, sensitivity_morris.go
//	naive.go     plain forecasts that a model has to beat
//	fit.go       numbers fitted to observed series; fit_interval.go how well they are known,
//	             fit_score.go what they predict, fit_curve.go closed forms
//	optimise.go  the point whose runs are worth most, under constraints and luck
//	game.go      what two platforms earn by their strategies, and the equilibria of that
//	search.go    the point at which a function is least; dice.go what studies draw themselves
//	landscape.go where the expected motion of a market leads while offers are held:
//	             equilibria.go, stability.go, fold.go, critical.go (the critical-mass frontier),
//	             mass.go that of a market in which nobody is paid, coarse.go where to look for it first
//
// Results come back in plan order, never in the order of completion, so that files, tables
// and sums are the same at any number of threads. Replication r of every variant shares its
// luck, so that variants differ by what differs between them.
package study
