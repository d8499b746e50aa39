// Package plan says what a load test asks for, as plain values: how fast
// journeys start (Curve), what each of them requests (Journey, Step), which
// results are good enough (Threshold), and what the run may cost (Limits).
//
// The package sends nothing and reads no clock. Its one calculation is the
// Schedule of a Curve: the instant at which request n is due, found where the
// area under the curve reaches n. Everything a load test later says about
// lateness and latency counts from those instants, so they are defined exactly
// and depend on nothing but the curve and the number.
//
// Reading order: plan.go (the whole), journey.go (what is requested) with
// body.go, auth.go, wait.go, feeder.go, fill.go (values in texts) and capture.go
// (values from responses), sound.go (what a journey must be), mix.go (which journey
// start n takes), share.go (which generator makes start n), luck.go (numbers drawn), rate.go (rates and durations as a person writes
// them), curve.go with
// shape.go and replay.go, schedule.go (area and inverse) and arrivals.go (chance),
// wire.go (how requests travel), threshold.go (conditions)
// and abort.go (when to stop),
// csv.go (a curve from a forecast), text.go (a plan as a file), fault.go (how
// mistakes are told).
package plan
