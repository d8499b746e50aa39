package scenarios

import (
	"slices"
	"time"

	"flywheel/loadtest/plan"
)

// standIn is a target for a plan that a command will give one.
const standIn = "http://127.0.0.1"

// aRehearsalLoad is the part of a load plan that stands in a scenario: the forecast brings the
// curve, and what needs files, secrets or other bodies than JSON stays in a plan of its own.
func aRehearsalLoad() *record {
	f := without(planForm(), "a load", "target", "curve", "arrivals", "feeders", "tls", "http", "auth", "warm_up").with("journeys",
		without(aJourney(), "a journey").with("steps", without(aStep(), "a step", "auth", "form", "multipart", "body", "headers")))
	limits := f.field("limits")
	limits.form = without(limits.form.(*record), "limits", "connections")
	return f
}

// without is a record less some of its keys.
func without(r *record, name string, keys ...string) *record {
	r.name = name
	r.fields = slices.DeleteFunc(r.fields, func(f field) bool { return slices.Contains(keys, f.key) })
	return r
}

// with is a record whose rows under a key are of another form.
func (m *record) with(key string, item form) *record {
	f := m.field(key)
	f.form = &rows{item: item, about: f.form.(*rows).about}
	return m
}

// load reads what the scenario says of the load on its deployment.
func (s *Scenario) load(r *report) {
	n := s.tree.get("load")
	if n == nil || n.kind != mapping {
		return
	}
	if event := s.tree.get("event"); event == nil || event.kind == absent {
		r.add(n.at, "add event: {platform: ..., period: ..., hour: ...}, or leave load out", "there is no event whose requests it would shape")
		return
	}
	p := planner{report: r}.plan(n)
	whole := *p
	whole.Curve = plan.Curve{plan.HoldFor(plan.PerSecond(1), time.Second)}
	whole.Target = standIn
	PlanOptions{}.locate(r, n, whole.Validate())
	s.Load = p
}
