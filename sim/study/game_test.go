package study_test

import (
	"context"
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"flywheel/models"
	"flywheel/models/theory"
	"flywheel/results"
	"flywheel/sim/study"
)

// told is a game whose payoffs are known without luck.
func told(a, b [][]float64) study.Game {
	g := study.Game{}
	for i := range a {
		g.Strategies = append(g.Strategies, fmt.Sprint(i))
		var row []study.Payoff
		for j := range a[i] {
			row = append(row, study.Payoff{First: []float64{a[i][j]}, Second: []float64{b[i][j]}})
		}
		g.Payoffs = append(g.Payoffs, row)
	}
	return g
}

func TestAWarCostsWhatTheBestJointOutcomeHasMore(t *testing.T) {
	// prisoners' dilemma: 1 and 1 in equilibrium, where 5 + 0 and 3 + 3 were to be had
	s := told([][]float64{{3, 0}, {5, 1}}, [][]float64{{3, 5}, {0, 1}}).Solve(1)
	require.Len(t, s.Equilibria, 1)
	require.Equal(t, []float64{0, 1}, s.Equilibria[0].Row)
	require.InDelta(t, 6-2, s.Equilibria[0].War, 1e-12)
	require.Equal(t, [2]int{0, 0}, s.Joint)
	require.True(t, math.IsNaN(s.Equilibria[0].Support))
	cells := told([][]float64{{3, 0}, {5, 1}}, [][]float64{{3, 5}, {0, 1}}).Cells()
	require.True(t, cells[1][0].FirstReplies)
	require.False(t, cells[0][0].FirstReplies)
	require.True(t, cells[1][1].SecondReplies)
}

// A lead of 0.1 under luck of size 1 is not shown by 4 replications, and other samples have
// other equilibria; a lead of 10 is.
func TestWhatLuckCouldTurnIsSaid(t *testing.T) {
	play := func(lead float64) study.Game {
		g := study.Game{Strategies: []string{"a", "b"}}
		for i := range 2 {
			var row []study.Payoff
			for j := range 2 {
				var p study.Payoff
				for r := range 4 {
					luck := []float64{1, -1, -1, 1}[r]
					p.First = append(p.First, lead*float64(i)+luck*float64(1-2*i))
					p.Second = append(p.Second, lead*float64(j)+luck*float64(1-2*j))
				}
				row = append(row, p)
			}
			g.Payoffs = append(g.Payoffs, row)
		}
		return g
	}
	require.True(t, play(0.1).Cells()[1][0].FirstUnsettled)
	require.Less(t, play(0.1).Solve(1).Equilibria[0].Support, 0.9)
	require.False(t, play(10).Cells()[1][0].FirstUnsettled)
	require.InDelta(t, 1, play(10).Solve(1).Equilibria[0].Support, 1e-9)
}

// subsidyGame is a duopoly at the ends of a line on both sides, everybody on exactly one
// platform (Armstrong 2006), in which either platform gives a subsidy on the first side. What a participant costs is
// taken off the price: with the market covered, only differences of prices move anybody.
func subsidyGame(d theory.ArmstrongDuopoly, base [2]float64, subsidies []float64) study.Response {
	const people = 20000
	law := func(point []float64) (*models.Law, error) {
		m := &models.Model{
			Name: "duopoly", Horizon: models.Horizon{Periods: 150, Unit: "week"},
			Clock: models.Clock{Kind: models.ClockSync, Revision: 0.3}, Noise: models.Noise{Kind: models.NoiseNone},
		}
		for k, name := range []string{"A", "B"} {
			m.Platforms = append(m.Platforms, models.Platform{Name: name, Location: float64(k),
				Price: map[string]float64{"riders": base[0] - subsidies[int(point[k])] - d.F[0], "drivers": base[1] - d.F[1]}})
		}
		for g, side := range []string{"riders", "drivers"} {
			m.Segments = append(m.Segments, models.Segment{
				Side: side, Name: side, Region: "here", Size: people, Value: []models.Value{models.Number(0), models.Number(0)},
				Cross: models.Effect{Strength: models.Number(d.Alpha[g]), Form: models.FormLinear}, PriceSensitivity: 1, Transport: d.T[g],
				Outside: models.Outside{None: true}, Homing: models.Multi{Cost: math.Inf(1)},
				Start: []models.Begin{{Homing: 1, Share: 0.5}, {Homing: 2, Share: 0.5}},
			})
		}
		return models.Compile(m)
	}
	return study.Response{
		Make: law, Engine: newEngineOf, Settings: study.Settings{Engine: "agents", Seed: 1}, Threads: 2, Periods: []int{150},
		Measure: func(_ *models.Law, t *results.Table) []float64 {
			q := study.Quantity{Metric: "revenue", Platform: "A", Side: "*", Segment: "*", Region: "*", Period: 150}
			r := q
			r.Platform = "B"
			earned := study.Read(t, []study.Quantity{q, r})
			return []float64{earned[0] / people, earned[1] / people}
		},
	}
}

// The three subsidy games: payoffs of every cell from 20,000 people on each side, within 1e-3 of
// the closed form, and the equilibria that follow from them.
func TestSubsidyGamesFromSimulatedPayoffs(t *testing.T) {
	for name, c := range map[string]struct {
		d         theory.ArmstrongDuopoly
		base      [2]float64
		subsidies []float64
		payoffs   [][]float64
		equilibria,
		values [][]float64
	}{
		"G1": {theory.ArmstrongDuopoly{F: [2]float64{0.5, 0.5}, Alpha: [2]float64{0.2, 0.9}, T: [2]float64{1, 1.2}}, [2]float64{0.9, 1.5}, []float64{0, 0.15, 0.28},
			[][]float64{{0.7, 0.5985294, 0.5105882}, {0.7132353, 0.625, 0.5485294}, {0.7032941, 0.6265294, 0.56}},
			[][]float64{{0, 0, 1}}, [][]float64{{0.56}}},
		"G2": {theory.ArmstrongDuopoly{F: [2]float64{0.5, 0.5}, Alpha: [2]float64{0.3, 0.3}, T: [2]float64{1, 1}}, [2]float64{1.5, 1.2}, []float64{0, 0.15, 0.27},
			[][]float64{{0.85, 0.7502747, 0.6704945}, {0.8623626, 0.775, 0.7051099}, {0.8544505, 0.776978, 0.715}},
			[][]float64{{0, 0, 1}}, [][]float64{{0.715}}},
		"G3": {theory.ArmstrongDuopoly{Alpha: [2]float64{0.6, 1.4}, T: [2]float64{1.1, 1.5}}, [2]float64{0.05, 0.9}, []float64{0, 0.2, 0.4},
			[][]float64{{0.475, 0.3101852, 0.1453704}, {0.5027778, 0.375, 0.2472222}, {0.4564815, 0.3657407, 0.275}},
			[][]float64{{0, 1, 0}, {0, 0.75, 0.25}, {0, 0, 1}}, [][]float64{{0.375}, {0.343055556}, {0.275}}},
	} {
		t.Run(name, func(t *testing.T) {
			var points [][]float64
			for i := range 3 {
				for j := range 3 {
					points = append(points, []float64{float64(i), float64(j)})
				}
			}
			r := subsidyGame(c.d, c.base, c.subsidies)
			answers, err := r.Run(context.Background(), points)
			require.NoError(t, err)
			g := study.Game{Strategies: []string{"none", "some", "more"}, Payoffs: make([][]study.Payoff, 3)}
			for k, a := range answers {
				require.NoError(t, a.Err)
				require.InDelta(t, c.payoffs[k/3][k%3], a.Column(0)[0], 1e-3)
				require.InDelta(t, c.payoffs[k%3][k/3], a.Column(1)[0], 1e-3)
				g.Payoffs[k/3] = append(g.Payoffs[k/3], study.Payoff{First: a.Column(0), Second: a.Column(1)})
			}
			s := g.Solve(1)
			require.Len(t, s.Equilibria, len(c.equilibria))
			for e, want := range c.equilibria {
				// payoffs are off by up to 1e-3 where gaps are some 0.01, so mixtures by some hundredths
				require.InDeltaSlice(t, want, s.Equilibria[e].Row, 0.05)
				require.InDelta(t, c.values[e][0], s.Equilibria[e].RowPayoff, 5e-3)
				require.Positive(t, s.Equilibria[e].War, "the race is a prisoners' dilemma")
			}
		})
	}
}
