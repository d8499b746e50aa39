package scenarios

import (
	"fmt"

	"flywheel/sim/study"
)

// QuantityError is a text that names no measured number of a scenario.
type QuantityError struct{ Text, Problem, Remedy string }

// Error quotes the text and says what is wrong and what to write.
func (e *QuantityError) Error() string {
	return fmt.Sprintf("%q: %s; %s", clip(e.Text), e.Problem, e.Remedy)
}

// Quantity reads the name of one measured number, in the words of expectations: a metric with
// the names of what it is about, and a period, such as "share(A, consumers) at 26w". A metric alone
// stands for the total. Without a period the last one is meant. The error is a *QuantityError.
func (s *Scenario) Quantity(text string) (study.Quantity, error) {
	all := newScope(s.Model)
	all.welfare, all.began = s.Settings.Welfare, s.Start
	all.intact = true
	p := &claimParser{list: tokens(text), scopes: map[string]*scope{"": all}}
	if next := p.list[min(1, len(p.list)-1)].text; next == "" || next == "at" {
		p.list = append([]token{p.list[0], {"(", 1}, {")", 1}}, p.list[1:]...)
	}
	q := p.quantity()
	if end := p.next(); end.text != "" {
		p.fail(end, "write one metric, such as share(A, consumers) at 26w", "%s follows a finished metric", shown(end))
	}
	if len(p.faults) > 0 {
		return study.Quantity{}, &QuantityError{text, p.faults[0].problem, p.faults[0].remedy}
	}
	return *q, nil
}
