package study

import (
	"cmp"
	"context"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/floats"

	"flywheel/results"
)

// Optimisation looks for the point of a unit cube whose runs are worth most, under
// constraints. All points of a search share their luck, so that they differ by what differs
// between them; and because the best of many lucky numbers is partly lucky, those that look best
// race with luck of other numbers, and the winner is run once more with luck nobody was chosen by.
type Optimisation struct {
	Dimensions int
	// Ask runs points with luck of its own number: 0 is the search's, 1 to Laps are the race's,
	// Confirming is what its winner is asked by, and Unseen what the winner is judged by.
	Ask func(ctx context.Context, points [][]float64, luck int) ([]Answer, error)
	// Judge is what a point's runs are worth, and by how much they break its constraints; 0 is
	// not at all, and NaN no value. A confidence above 0 asks that they will be kept by runs
	// to come; 0 asks about these runs alone.
	Judge       func(runs [][]float64, confidence float64) (worth, broken float64)
	Starts      [][]float64 // points tried first
	Evaluations int         // points that a search may try, Starts included
	Finalists   int         // points that race; 0 means 12
	Seed        uint64
	Threads     int
	Passed      func(points int) // told after every point that is searched or raced; may be nil
}

// Tried is a point that was run.
type Tried struct {
	At     []float64
	Runs   [][]float64 // [replication][measure]; nil when it could not be run
	Worth  float64
	Broken float64
	Err    error
}

// Better tells whether a point beats another: it keeps the constraints, or breaks them less, or
// is worth more.
func (t Tried) Better(than Tried) bool {
	switch {
	case t.Runs == nil || math.IsNaN(t.Worth) || math.IsNaN(t.Broken):
		return false
	case than.Runs == nil || math.IsNaN(than.Worth) || math.IsNaN(than.Broken):
		return true
	case t.Broken != than.Broken && (t.Broken > 0 || than.Broken > 0):
		return t.Broken < than.Broken
	}
	return t.Worth > than.Worth
}

// Search spends half of its evaluations on evenly spread points, and the other half on climbs from
// the best of these that stand apart, by the simplex of Nelder and Mead: markets with a critical
// mass have several hills, and who climbs from one point alone may climb the wrong one. It
// returns every point tried, in order.
func (o Optimisation) Search(ctx context.Context) ([]Tried, error) {
	first := min(o.Evaluations, max(len(o.Starts), o.Evaluations/2))
	points := slices.Clone(o.Starts)
	points = append(points, even(max(0, first-len(points)), o.Dimensions, o.Seed)...)
	tried, err := o.try(ctx, points[:first], 0)
	if err != nil {
		return tried, err
	}
	starts := o.starts(tried, (o.Evaluations-first)/(climbLength*o.Dimensions))
	for i, start := range starts {
		found, err := o.climb(ctx, start, (o.Evaluations-len(tried))/(len(starts)-i))
		tried = append(tried, found...)
		if err != nil {
			return tried, err
		}
	}
	return tried, nil
}

const (
	climbLength = 10  // evaluations of a climb for each dimension: enough to leave the start's surroundings
	climbApart  = 0.5 // of the distance that random points of the cube have from each other: no two climbs begin nearer
	climbReach  = 0.3 // of a climb's first simplex, in angle: wider than what luck alone moves
)

// starts are so many of the best points of which none is near a better one; one at least, where any
// point could be run.
func (o Optimisation) starts(tried []Tried, count int) [][]float64 {
	distance := climbApart * math.Sqrt(float64(o.Dimensions)/6)
	var starts [][]float64
	for _, u := range candidates(tried) {
		if len(starts) >= max(1, count) {
			break
		}
		if !slices.ContainsFunc(starts, func(v []float64) bool { return floats.Distance(u, v, 2) < distance }) {
			starts = append(starts, u)
		}
	}
	return starts
}

// climb tries count points: around a start, and around the best of them whenever the simplex has
// shrunk to a point.
func (o Optimisation) climb(ctx context.Context, start []float64, count int) (tried []Tried, err error) {
	function := func(u []float64) float64 {
		if len(tried) >= count || err != nil {
			return math.Inf(1)
		}
		var found []Tried
		if found, err = o.try(ctx, [][]float64{u}, 0); err != nil {
			return math.Inf(1)
		}
		tried = append(tried, found...)
		return found[0].rank()
	}
	for before := -1; before < len(tried) && len(tried) < count; {
		before = len(tried)
		s := Search{Function: function, Start: start, Reach: climbReach, Local: count - len(tried), Seed: o.Seed}
		if _, stopped := s.Minimise(ctx, o.Dimensions); stopped != nil || err != nil {
			return tried, cmp.Or(err, stopped)
		}
		if best := o.best(tried); best >= 0 {
			start = tried[best].At
		}
	}
	return tried, nil
}

// rank is a point's place among all as a number, the least that of the best.
func (t Tried) rank() float64 {
	switch {
	case t.Runs == nil || math.IsNaN(t.Worth) || math.IsNaN(t.Broken):
		return math.Inf(1)
	case t.Broken > 0:
		return brokenRank * (1 + t.Broken)
	}
	return -t.Worth
}

// brokenRank puts every point that breaks a constraint after every one that keeps them all.
const brokenRank = 1e30

// Random tries as many points as Search, drawn independently, the same first ones among them.
func (o Optimisation) Random(ctx context.Context) ([]Tried, error) {
	die := rand.New(newDice(o.Seed, forSearch, 1))
	points := slices.Clone(o.Starts)
	for len(points) < o.Evaluations {
		u := make([]float64, o.Dimensions)
		for i := range u {
			u[i] = die.Float64()
		}
		points = append(points, u)
	}
	var tried []Tried
	for batch := range slices.Chunk(points[:o.Evaluations], 16) { // so that progress is told
		some, err := o.try(ctx, batch, 0)
		if err != nil {
			return tried, err
		}
		tried = append(tried, some...)
	}
	return tried, nil
}

// best is the best of some points; -1 when none could be run.
func (o Optimisation) best(tried []Tried) int {
	best := -1
	for i, t := range tried {
		if t.Runs != nil && (best < 0 || t.Better(tried[best])) {
			best = i
		}
	}
	return best
}

// try runs points and judges them with confidence.
func (o Optimisation) try(ctx context.Context, points [][]float64, luck int) ([]Tried, error) {
	answers, err := o.Ask(ctx, points, luck)
	if err != nil {
		return nil, err
	}
	tried := make([]Tried, len(points))
	for i, a := range answers {
		tried[i] = o.judged(points[i], a, confident)
		if o.Passed != nil {
			o.Passed(1)
		}
	}
	return tried, nil
}

func (o Optimisation) judged(at []float64, a Answer, confidence float64) Tried {
	t := Tried{At: at, Runs: a.Runs, Err: a.Err, Worth: math.NaN(), Broken: math.NaN()}
	if a.Runs != nil {
		t.Worth, t.Broken = o.Judge(a.Runs, confidence)
	}
	return t
}

// Undominated are the points of which no other burns less and reaches more: indices in rising
// burn. Points that could not be run are left out.
func Undominated(tried []Tried, burn, reach func(Tried) float64) []int {
	var order []int
	for i, t := range tried {
		if t.Runs != nil && !math.IsNaN(burn(t)) && !math.IsNaN(reach(t)) {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int {
		if d := descending(burn(tried[b]), burn(tried[a])); d != 0 {
			return d
		}
		return descending(reach(tried[a]), reach(tried[b]))
	})
	var front []int
	for _, i := range order {
		if len(front) == 0 || reach(tried[i]) > reach(tried[front[len(front)-1]]) {
			front = append(front, i)
		}
	}
	return front
}

// EvaluationSchema are the columns of the table of points that an optimisation has tried.
func EvaluationSchema() results.Schema {
	return results.Schema{
		{Name: "how", Kind: results.Text, About: "search, or random for the random search beside it."},
		{Name: "point", Kind: results.Integer, Unit: "1", About: "Which point, in the order tried, from 0."},
		{Name: "values", Kind: results.Text, About: "Its numbers, as PATH=VALUE; of a point that could not be run, why."},
		{Name: "worth", Kind: results.Number, About: "What the search made largest: the objective, or less it where less is better."},
		{Name: "broken", Kind: results.Number, About: "By how much its runs broke the constraints; 0 is not at all."},
		{Name: "objective", Kind: results.Number, About: "Mean of the objective over replications, in its own unit."},
		{Name: "burn", Kind: results.Number, Unit: "money", About: "Mean of the platform's subsidies to date."},
		{Name: "share", Kind: results.Number, Unit: "share", About: "Mean share of the side that uses the platform."},
		{Name: "least_cash", Kind: results.Number, Unit: "money", About: "Mean of the least cash of any period; null where nobody asked."},
		{Name: "margin", Kind: results.Number, Unit: "share", About: "Mean of revenue less cost over GMV in the period; null where nothing was sold."},
	}
}
