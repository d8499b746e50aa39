// Package engine is the one list of engines: whoever adds a reading of the law adds a line
// here, and every command, study and test can name it.
package engine

import (
	"flywheel/sim"
	"flywheel/sim/engine/agents"
	"flywheel/sim/engine/cohorts"
	"flywheel/sim/engine/meanfield"
)

// entry is one engine: its name and how to make one for a run.
type entry struct {
	name string
	make func() sim.Engine
}

func list() []entry {
	return []entry{
		{"agents", func() sim.Engine { return new(agents.Engine) }},
		{"cohorts", func() sim.Engine { return new(cohorts.Engine) }},
		{"meanfield", func() sim.Engine { return new(meanfield.Engine) }},
	}
}

// Names lists the engines, the reference first.
func Names() []string {
	var names []string
	for _, e := range list() {
		names = append(names, e.name)
	}
	return names
}

// New makes an engine for one run; ok is false when no engine has that name.
func New(name string) (e sim.Engine, ok bool) {
	for _, known := range list() {
		if known.name == name {
			return known.make(), true
		}
	}
	return nil, false
}
