package verify

import (
	"fmt"
	"math"
	"slices"

	"flywheel/models"
	"flywheel/models/theory"
)

// customers is how many people a retention is simulated with when the case does not say:
// four standard errors of a survival over ten runs are then 0.0015 at most.
const customers = 200_000

// lastPayment is the last period of a retention: what is still to come then is neglected, and
// known.
const lastPayment = 1000

// retention is customers who all use one platform at the start and leave it in no other way
// than by the hazard given.
func (c Case) retention(churn models.Value, periods int) *models.Model {
	n := int64(customers)
	if len(c.Simulate.N) > 0 {
		n = c.Simulate.N[0]
	}
	m := market(c.ID, periods, 0, models.Platform{Name: "A"})
	s := people("customers", n, 1)
	s.Life = &models.Life{Churn: churn}
	s.Start = []models.Begin{{Homing: 1, Share: 1}}
	m.Segments = []models.Segment{s}
	return m
}

// planSBG simulates customers each of whom leaves with a hazard of its own: survival,
// retention, and the discounted lifetime of the share that is left. Residual lifetimes follow
// from these and are stated only.
func planSBG(c Case) ([]trial, models.Faults) {
	m, d := theory.SBG{Alpha: c.number("alpha"), Beta: c.number("beta")}, c.number("d")
	var times []int
	for _, t := range c.numbers("t") {
		if t <= float64(or(c.Simulate.Periods, lastPayment)) {
			times = append(times, int(t))
		}
	}
	last := slices.Max(append(times, 1))
	discounted := d > 0 && math.Pow(1+d, -lastPayment) < 1e-6
	if discounted {
		last = max(last, int(math.Ceil(math.Log(1e6)/math.Log1p(d))))
	}
	model := c.retention(models.Value{Beta: [2]float64{m.Alpha, m.Beta}, Classes: 256}, last)
	law, err := models.Compile(model)
	if err != nil {
		return nil, models.Faults{refused(err)}
	}
	cut := classes{law}
	runs := or(c.Simulate.Replications, 10)
	n := float64(law.People()) * float64(runs)
	t := trial{
		label: "retention", model: model, engine: c.engineName(), replications: runs,
		watch: []series{share("A", "customers")},
	}
	for _, at := range times {
		s := m.Survival(at)
		t.claims = append(t.claims, claim{
			quantity: fmt.Sprintf("S(%d)", at), estimate: mean(at),
			predicted: math.Sqrt(s * (1 - s) / n), allowance: math.Abs(cut.survival(at)-s) + rare/n,
		})
		if at == 0 {
			continue
		}
		before, r := m.Survival(at-1), m.Retention(float64(at))
		t.claims = append(t.claims, claim{
			quantity: fmt.Sprintf("r(%d)", at), estimate: over(at, at-1),
			predicted: math.Sqrt(r * (1 - r) / (n * before)), allowance: math.Abs(cut.survival(at)/cut.survival(at-1)-r) + rare/(n*before),
		})
	}
	if discounted {
		var cutSum float64
		for period := range last + 1 {
			cutSum += cut.survival(period) * math.Pow(1+d, -float64(period))
		}
		// A lifetime of T payments is worth (1-v^T)/(1-v), so that its mean and the mean of
		// v^T are one number; that of v^2T has the discount (1+d)²-1.
		v := 1 / (1 + d)
		first, second := 1-(1-v)*m.DEL(d), 1-(1-v*v)*m.DEL((1+d)*(1+d)-1)
		t.claims = append(t.claims, claim{
			quantity: "DEL", estimate: mean(last + 1),
			predicted: math.Sqrt(second-first*first) / (1 - v) / math.Sqrt(n), allowance: math.Abs(cutSum - m.DEL(d)),
		})
	}
	t.observe = payments(d)
	return []trial{t}, nil
}

// classes are the people of a law who leave one platform, and nothing else ever happens to
// them: each class's hazard of leaving is all that life can bring.
type classes struct{ law *models.Law }

// survival is the expected share that is left after t periods.
func (c classes) survival(t int) float64 {
	var s float64
	for g := range c.law.Groups {
		group := &c.law.Groups[g]
		s += float64(group.Size) * math.Pow(1-group.MostLife(), float64(t))
	}
	return s / float64(c.law.People())
}

// planLTV simulates customers who stay with one probability, and the value of their payments.
// Payback follows from it and is stated only; so is the spread of a single customer.
func planLTV(c Case) ([]trial, models.Faults) {
	m := theory.LTVGeometric{Margin: c.number("m"), Retention: c.number("r"), Discount: c.number("d")}
	if m.Retention == 1 {
		return nil, nil // nobody leaves
	}
	last := 1
	if m.Retention > 0 {
		last = int(min(lastPayment, math.Ceil(math.Log(1e-6)/math.Log(m.Retention))))
	}
	model := c.retention(models.Number(1-m.Retention), last)
	runs := or(c.Simulate.Replications, 10)
	n := float64(model.Segments[0].Size) * float64(runs)
	t := trial{
		label: "value", model: model, engine: c.engineName(), replications: runs,
		watch: []series{share("A", "customers")},
	}
	// The sums of the payments at 0, 1, ... with and without discount, per unit of margin.
	sum := func(quantity string, d float64, estimate estimator, scale float64) {
		v := 1 / (1 + d)
		kept := m.Retention * v
		sd := math.Sqrt(m.Retention) / (1 - m.Retention)
		if d > 0 {
			mean := func(v float64) float64 { return (1 - m.Retention) * v / (1 - m.Retention*v) } // of v^T over lifetimes T
			sd = math.Sqrt(mean(v*v)-mean(v)*mean(v)) / (1 - v)
		}
		t.claims = append(t.claims, claim{
			quantity: quantity, estimate: estimate,
			predicted: scale * sd / math.Sqrt(n), allowance: scale * math.Pow(kept, float64(last)+1) / (1 - kept),
		})
	}
	sum("ltv", m.Discount, scaled(mean(last+1), m.Margin, 0), m.Margin)
	if cost := c.number("cac"); cost > 0 {
		sum("ltv_over_cac", m.Discount, scaled(mean(last+1), m.Margin/cost, 0), m.Margin/cost)
	}
	sum("ltv_later", m.Discount, scaled(mean(last+1), m.Margin, 1), m.Margin)
	sum("mean_undiscounted", 0, scaled(mean(last+2), m.Margin, 0), m.Margin)
	t.observe = payments(m.Discount)
	return []trial{t}, nil
}

// payments are the statistics of a path of survival: its periods, then its sum discounted at
// the rate given, then its sum.
func payments(d float64) func(paths [][]float64) []float64 {
	return func(paths [][]float64) []float64 {
		out := slices.Clone(paths[0])
		var discounted, plain float64
		for t, x := range paths[0] {
			discounted += x * math.Pow(1+d, -float64(t))
			plain += x
		}
		return append(out, discounted, plain)
	}
}

// over estimates by the total of one statistic over that of another.
func over(first, second int) estimator {
	return func(stats [][]float64) (float64, float64) {
		pairs := make([][]float64, len(stats))
		for i, run := range stats {
			pairs[i] = []float64{run[first], run[second]}
		}
		return ratio(pairs)
	}
}

// retentionCases are the two customer groups of Fader and Hardie (2007, Journal of Interactive
// Marketing 21(1)), a group in which hazards differ little, and customers of one hazard.
func retentionCases() []Case {
	sbg := func(id string, alpha, beta, d float64) Case {
		return Case{ID: "retention-" + id, Model: "sbg", Params: theory.Params{"alpha": alpha, "beta": beta, "d": d}}
	}
	ltv := func(id string, m, r, d, cac float64) Case {
		return Case{ID: "value-" + id, Model: "ltv-geometric", Params: theory.Params{"m": m, "r": r, "d": d, "cac": cac}}
	}
	return []Case{
		sbg("high-end", 0.668, 3.806, 0.1), sbg("regular", 0.704, 1.182, 0.1), sbg("alike", 3.8, 15.19, 0.1), sbg("mild", 1.5, 6, 0.05),
		ltv("0.8", 10, 0.8, 0.1, 30), ltv("0.9", 25, 0.9, 0.01, 120), ltv("0.95", 5, 0.95, 0.02, 40), ltv("0.6", 100, 0.6, 0.15, 150),
		ltv("undiscounted", 8, 0.7, 0, 30),
	}
}
