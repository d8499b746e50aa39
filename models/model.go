package models

// Model is a whole market as a value: what is in it, how time runs, and how people choose.
// Build one, then Compile it into a Law; a Model is never changed afterwards.
type Model struct {
	Name      string
	Horizon   Horizon
	Clock     Clock
	Noise     Noise
	Platforms []Platform // 1 to MaxPlatforms
	Segments  []Segment  // at least one, on one or two sides
	Policies  []Policy
	Networks  []Network // at most one for each side
	Event     *Event    // nil: none

	Shocks      []Shock
	Regulations []Regulation
	Economics   *Economics // what is told of what participants cost and are worth; nil: nothing
	LifeCycle   *StageRule // how stages of life cycles are told; nil: not
	Mergers     []Merger   // by date

	Concentration bool // whether shares and concentration of orders and of their value are told
}

// Horizon is how long a forecast runs. Period 0 is the start, t the end of period t.
type Horizon struct {
	Periods int
	Unit    string // one of PeriodUnits; every rate without a unit of its own is per period
}

// Hours is the length of a period in hours.
func (h Horizon) Hours() float64 { return periodHours[h.Unit] }

// periodHours is the length of each period unit; a month is a twelfth of the Gregorian
// year (365.2425 days).
var periodHours = map[string]float64{"hour": 1, "day": 24, "week": 168, "month": 730.485, "year": 8765.82}

// PeriodUnits lists the units a period may have, shortest first.
func PeriodUnits() []string { return []string{"hour", "day", "week", "month", "year"} }

// PeriodHours is the length of a period unit in hours, and whether the unit is known.
func PeriodHours(unit string) (float64, bool) {
	h, ok := periodHours[unit]
	return h, ok
}

// ClockKind says when people reconsider.
type ClockKind string

// The kinds of clock. With the synchronous one, each period everyone revises with
// probability Revision against the shares at the period's start. With the asynchronous one,
// everyone carries an independent Poisson clock that rings at rate Revision, and whoever's
// rings revises against the shares of that moment.
const (
	ClockSync  ClockKind = "sync"
	ClockAsync ClockKind = "async"
)

// Clock is when people reconsider what they use. Inertia is 1 - Revision.
type Clock struct {
	Kind     ClockKind
	Revision float64 // sync: probability of revising in a period, 0 to 1; async: revisions per period
}

// NoiseKind says where the random part of a choice comes from.
type NoiseKind string

// The kinds of noise: fresh Gumbel draws at every revision (annealed), one draw for each
// person and bundle that is kept for life (quenched), or no noise at all, which makes every
// revision a best reply.
const (
	NoiseAnnealed NoiseKind = "annealed"
	NoiseQuenched NoiseKind = "quenched"
	NoiseNone     NoiseKind = "none"
)

// Noise is the random part of utility: the Gumbel scale mu, in money per period.
type Noise struct {
	Kind  NoiseKind
	Scale float64
}
