package study

import "flywheel/models"

// Base is the name of the scenario itself among its variants.
const Base = "base"

// Variant is a law to run under a name; the scenario itself is Base.
type Variant struct {
	Name string
	Law  *models.Law
}

// Plan is every run of a study, before the first has started.
type Plan struct {
	Run      string // names the study in its tables
	Variants []Variant
	Settings Settings
	Trials   []Trial
}

// Trial is one run of a plan.
type Trial struct {
	Index       int // place in the plan
	Variant     int // index in Plan.Variants
	Replication int // counted from 0
}

// NewPlan lists the trials: all replications of the first variant, then of the next. Where
// nothing is drawn there is one of each, however many are asked for.
func NewPlan(run string, variants []Variant, s Settings) Plan {
	if s.Certain {
		s.Replications = 1
	}
	p := Plan{Run: run, Variants: variants, Settings: s}
	for v := range variants {
		for r := range s.Replications {
			p.Trials = append(p.Trials, Trial{Index: len(p.Trials), Variant: v, Replication: r})
		}
	}
	return p
}

// ParticipantPeriods is how many participants the plan moves through how many periods, all
// trials together: the cost of running it.
func (p Plan) ParticipantPeriods() int64 {
	var total int64
	for _, v := range p.Variants {
		total += v.Law.People() * int64(v.Law.Model.Horizon.Periods) * int64(p.Settings.Replications)
	}
	return total
}

// Periods is how many periods all trials pass together.
func (p Plan) Periods() int64 {
	var total int64
	for _, t := range p.Trials {
		total += int64(p.Variants[t.Variant].Law.Model.Horizon.Periods)
	}
	return total
}

// Participants is the population of the first variant.
func (p Plan) Participants() int64 { return p.Variants[0].Law.People() }
