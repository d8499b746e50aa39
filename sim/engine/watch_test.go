package engine_test

import (
	"context"
	"fmt"
	"math"
	"strings"

	"github.com/stretchr/testify/require"

	"flywheel/models"
	"flywheel/results"
	"flywheel/sim"
)

// watched is an engine under watch: whatever a run asks of it, and what it answers, must be possible.
type watched struct {
	sim.Engine
	t      require.TestingT
	law    *models.Law
	whole  bool          // whole people
	placed [][][]float64 // [period][group][platform] orders drawn
}

func (e *watched) near(n float64) float64 { return 1e-9 * (1 + math.Abs(n)) }

// number wants a count: finite, not negative, and whole where people are.
func (e *watched) number(n float64, of string) {
	if math.IsNaN(n) || math.IsInf(n, 0) || n < -1e-9 || e.whole && n != math.Trunc(n) {
		require.Failf(e.t, "no count", "%g %s", n, of)
	}
}

func (e *watched) Start(l *models.Law, s sim.Streams, threads int) {
	e.law, e.placed = l, nil
	e.Engine.Start(l, s, threads)
	e.people("at the start")
}

func (e *watched) Move(v *sim.View) {
	e.Engine.Move(v)
	e.people(fmt.Sprintf("after the moves of period %d", v.Period))
}

func (e *watched) Transfer(to [][]models.Standing) {
	e.Engine.Transfer(to)
	e.people("after a transfer")
}

// people wants everybody to stand somewhere, where one can stand, and to have moved no more than they could.
func (e *watched) people(when string) {
	c, st := e.Counts(), e.law.Standings
	for g := range e.law.Groups {
		group := &e.law.Groups[g]
		var all float64
		for s, n := range c.Standing[g] {
			e.number(n, "people "+when)
			all += n
			if n > 1e-9 {
				require.Zero(e.t, st.Used[s]&^st.Known[s], "uses what it does not know %s", when)
				require.LessOrEqual(e.t, int(st.Mood[s]), max(0, group.Moods()-1), "mood %s", when)
			}
		}
		require.InDelta(e.t, float64(group.Size), all, e.near(float64(group.Size)), "people of group %d %s", g, when)
		for k := range c.Joins[g] {
			for _, n := range []float64{c.Joins[g][k], c.Leaves[g][k], c.Churned[g][k], c.Returns[g][k]} {
				e.number(n, "moves "+when)
			}
			if k < e.law.Platforms {
				require.LessOrEqual(e.t, c.Churned[g][k], c.Leaves[g][k]+1e-9, "churned %s", when)
			}
			require.LessOrEqual(e.t, c.Returns[g][k], c.Joins[g][k]+1e-9, "returns %s", when)
		}
	}
}

func (e *watched) Order(period int, expected, orders [][]float64) {
	for g := range expected {
		for _, n := range expected[g] {
			require.True(e.t, n >= 0 && !math.IsInf(n, 1), "%g orders expected", n)
		}
	}
	e.Engine.Order(period, expected, orders)
	var copied [][]float64
	for g := range orders {
		for _, n := range orders[g] {
			e.number(n, "orders")
		}
		copied = append(copied, append([]float64(nil), orders[g]...))
	}
	e.placed = append(e.placed, copied)
}

func (e *watched) Dealer() sim.Dealer { return dealt{e.Engine.Dealer(), e} }

// dealt is a dealer under watch.
type dealt struct {
	sim.Dealer
	e *watched
}

func (d dealt) Take(n, p float64, key sim.Key, i uint64) float64 {
	d.e.number(n, "to take from")
	require.True(d.e.t, p >= 0 && p <= 1+1e-9, "a probability of %g", p)
	taken := d.Dealer.Take(n, p, key, i)
	d.e.number(taken, "taken")
	require.LessOrEqual(d.e.t, taken, n+d.e.near(n))
	return taken
}

func (d dealt) Come(mean float64, key sim.Key, i uint64) float64 {
	require.True(d.e.t, mean >= 0 && !math.IsInf(mean, 1), "a mean of %g", mean)
	return d.Dealer.Come(mean, key, i)
}

func (d dealt) Ration(dst, counts []float64, granted float64, key sim.Key) {
	var all, given float64
	for _, n := range counts {
		d.e.number(n, "to ration")
		all += n
	}
	asked := append([]float64(nil), counts...)
	require.True(d.e.t, granted >= 0 && granted <= all+d.e.near(all), "%g granted of %g", granted, all)
	d.Dealer.Ration(dst, counts, granted, key)
	for i, n := range dst[:len(asked)] {
		d.e.number(n, "rationed")
		require.LessOrEqual(d.e.t, n, asked[i]+d.e.near(asked[i]))
		given += n
	}
	if d.e.whole {
		granted = math.Floor(granted)
	}
	require.InDelta(d.e.t, granted, given, d.e.near(all))
}

func (d dealt) Allot(dst []float64, n float64, weights []float64, key sim.Key) {
	var given, sum float64
	for _, w := range weights {
		require.True(d.e.t, w >= 0 && !math.IsInf(w, 1), "a weight of %g", w)
		sum += w
	}
	d.Dealer.Allot(dst, n, weights, key)
	for _, x := range dst {
		d.e.number(x, "allotted")
		given += x
	}
	if sum > 0 {
		require.InDelta(d.e.t, n, given, d.e.near(n))
	}
}

func (d dealt) Meet(m *models.Matching, orders, places float64, key sim.Key) float64 {
	met := d.Dealer.Meet(m, orders, places, key)
	require.True(d.e.t, met >= 0 && met <= orders+d.e.near(orders) && met <= math.Ceil(places)+d.e.near(places), "%g orders and %g places make %g", orders, places, met)
	return met
}

func (d dealt) Settle(claims float64, amount, left models.Money) models.Settlement {
	d.e.number(claims, "claims")
	s := d.Dealer.Settle(claims, amount, left)
	require.True(d.e.t, s.Spent >= 0 && (left < 0 || s.Spent <= left), "spent %d of %d", s.Spent, left)
	require.True(d.e.t, s.Paid >= 0 && s.Paid <= claims+d.e.near(claims), "%g of %g claims", s.Paid, claims)
	return s
}

// story is a run by one engine, with its table and the orders drawn.
type story struct {
	t      require.TestingT
	m      *models.Model
	table  *results.Table
	placed [][][]float64
	law    *models.Law
	whole  bool
	rows   map[string]int // of the first period, by platform, side, segment, region
	each   int            // rows of a period
	number map[string][]float64
}

// run lets an engine tell the story of a market, of all periods or of some; nil where it refuses it.
func run(t require.TestingT, m *models.Model, name string, o sim.Options, watch bool, periods ...int) *story {
	l, err := models.Compile(m)
	require.NoError(t, err)
	e := named(name)()
	if e.Accept(l) != nil {
		return nil
	}
	w := &watched{Engine: e, t: t, whole: name != "meanfield"}
	if watch {
		e = w
	}
	record := sim.NewLayout(l, "", "", periods).Recorder(0)
	if err := sim.Simulate(context.Background(), l, e, o, record); err != nil {
		require.Regexp(t, "beyond what millionths can count|more than can be counted", err.Error()) // formulas may offer any amount
		return nil
	}
	s := &story{t: t, m: m, law: l, table: record.Table, placed: w.placed, whole: w.whole, rows: map[string]int{}, number: map[string][]float64{}}
	identity := [][]string{s.table.Texts("platform"), s.table.Texts("side"), s.table.Texts("segment"), s.table.Texts("region")}
	when := s.table.Integers("period")
	for row, period := range when {
		if period != when[0] {
			break
		}
		s.rows[key(identity[0][row], identity[1][row], identity[2][row], identity[3][row])] = row
		s.each++
	}
	for _, c := range s.table.Schema[len(results.Identity()):] {
		s.number[c.Name] = s.table.Numbers(c.Name)
	}
	return s
}

func key(of ...string) string { return strings.Join(of, "/") }

// at is a number of a row in a period; none where the run has no such column.
func (s *story) at(metric string, period int, platform, side, segment, region string) float64 {
	line, has := s.number[metric]
	row, is := s.rows[key(platform, side, segment, region)]
	if !has || !is {
		return math.NaN()
	}
	return line[row+period*s.each]
}

// or is a number, or nothing of it.
func or0(x float64) float64 {
	if math.IsNaN(x) {
		return 0
	}
	return x
}
