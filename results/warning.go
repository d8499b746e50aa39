package results

import "slices"

// Warning is a caution that travels with a number to every place that prints it.
type Warning struct {
	Code string `json:"code"` // Code is stable and meant for programs, such as "few-replications".
	Text string `json:"text"` // Text is one lower-case sentence for people.
}

// Distinct returns the warnings without repetitions, in the order of their first appearance.
func Distinct(warnings []Warning) []Warning {
	var distinct []Warning
	for _, w := range warnings {
		if !slices.Contains(distinct, w) {
			distinct = append(distinct, w)
		}
	}
	return distinct
}
