package study

import (
	"flywheel/results"
	"flywheel/sim"
)

// Metrics lists what a timeline measures, with units; an expectation or a summary may name
// any of them.
func Metrics() results.Schema { return sim.Metrics() }
