// Package theory states what published theory says a model must do: the closed forms, and the exact
// finite-population laws, that simulations are held against.
//
// It is pure. Nothing here reads, writes, draws a random number or starts a goroutine, so the same
// parameters give the same bits on every machine. Nothing here simulates either: a number of this
// package and a number of a run are two independent answers to one question.
//
// # Conventions
//
// The share of a side is the number of its participants on the platform divided by the size of the
// side, the participant who is choosing included. The convention (count-1)/(N-1) differs by order
// 1/N and breaks the exact finite-population laws.
//
// Sides are 1 (consumers) and 2 (merchants); arrays of length two hold side 1 first. The outside
// option has utility zero. Mu is the scale of the Gumbel noise in a choice, never its variance.
//
// Time is counted on one of two clocks. On the asynchronous clock every participant carries its own
// Poisson clock of rate one and chooses anew when it rings, against the shares of that moment; the
// mean follows n' = P(n) - n. On the synchronous clock everybody revises with probability lambda in
// each period, all against the shares at its start; the mean follows n <- n + lambda (P(n) - n). Rest
// points agree between the clocks; frontiers, transients and variances do not. The asynchronous clock
// is the limit of ever rarer revisions, so every formula here takes lambda, and lambda 0 is the
// asynchronous clock.
//
// NaN and the infinities mean that theory has no such number: never, unbounded, or undefined.
//
// # Reading order
//
// solve.go is the one door: [Solve] answers a case by the names of its model and parameters, from one
// table with one row per model. parameter.go reads and judges the parameters. Then one file per model:
// bass.go, logit_one_sided.go, logit_two_sided.go (rest points and folds) with fluctuation.go (what
// noise does near them) and frontier.go (which starts tip), logit_platforms.go, bundle_logit.go. Then
// prices: armstrong_duopoly.go, armstrong_monopoly.go, competitive_bottleneck.go, multihoming_both.go,
// rochet_tirole.go, insulating_tariff.go with insulating_case.go, divide_and_conquer.go, katz_shapiro.go.
// Then launches (launch_threshold.go), matching and queues (cobb_douglas.go, urn_ball.go, queues.go,
// usl.go), what a customer is worth (ltv_geometric.go, sbg.go), and what studies are held to
// (crn_bernoulli.go, sensitivity.go, bimatrix.go). side.go is the choice of one side, and roots.go finds
// every root of a function whose range over an interval can be bounded.
//
// A further model is a further file and a further row of the table.
package theory
