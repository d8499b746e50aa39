// Package rehearsal is the bridge between the two halves: it carries the peak of a forecast
// out to a load test, and what the deployment turned out to carry back into the forecast.
//
// A rehearsal presses a target with the request curve of a scenario's event, at the stated
// quantile over replications. Where a threshold breaks, it searches the capacity; else it takes
// the peak's own rate, which the target was seen to carry. It asks what running the promotion on
// that capacity would cost against running it with enough: orders, users and money, paired by
// shared luck. Requests that failed stand for people turned away, and those that were slow for
// people who wait in line; a target that did both has a line that fills up. The loop closes with an overlay, a small
// scenario a person can read, that extends the forecast's with the measured capacity, its interval
// and its date.
//
// Read peak.go (what is carried out), rehearse.go (the order of things) and feedback.go (what
// is carried back). Forecasts, presses and searches come in as functions: this room knows a
// model's event and a plan, and runs neither half itself.
package rehearsal
