package models_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat/distuv"
	"pgregory.net/rapid"

	"flywheel/models"
)

// alive is a sound model whose consumers live on after joining: three moods, onboarding of
// twenty days.
func alive() *models.Model {
	m := sound()
	early := models.Number(0.02)
	m.Segments[0].Life = &models.Life{
		Churn: models.Number(0.01), Early: &early, Onboarding: 20, Tenure: 0.4, Winback: -0.7,
		Mood: &models.Mood{Churn: []float64{3, 1, 0.5}, Worth: []float64{-0.9, 0, 0.2}, Review: 0.06, Bad: 0.25, Unserved: 0.5},
	}
	return m
}

// TestStandingsInLife: every standing has its own meaning, and a relation is one of five.
func TestStandingsInLife(t *testing.T) {
	s := models.NewStandings(2, 3)
	require.Equal(t, 5*5*3, s.Count())
	type meaning struct {
		known, used, fresh, lapsed models.Homing
		mood                       uint8
	}
	seen := map[meaning]bool{}
	for at := range s.Count() {
		m := meaning{s.Known[at], s.Used[at], s.New[at], s.Lapsed[at], s.Mood[at]}
		require.False(t, seen[m])
		seen[m] = true
		require.Zero(t, m.used&^m.known)
		require.Zero(t, m.fresh&^m.used)
		require.Zero(t, m.lapsed&^m.known)
		require.Zero(t, m.lapsed&m.used)
	}
	require.Equal(t, 3*3, models.NewStandings(2, 0).Count(), "without life there are three relations and no mood")
}

// TestLanding: whoever adds a platform is new to it, whoever gives one up is lapsed, the rest
// stays; a mood begins in the upper middle with the first platform and ends with the last.
func TestLanding(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := compile(t, alive())
		f, st := field(l, 0), l.Standings
		at := models.Standing(rapid.IntRange(0, st.Count()-1).Draw(t, "at"))
		if st.Used[at] == 0 && st.Mood[at] != 0 {
			return // nobody stands there
		}
		bundle := models.Homing(rapid.IntRange(0, 3).Draw(t, "bundle")) & st.Known[at]
		to := f.Landing(at, bundle)
		require.Equal(t, bundle, st.Used[to])
		require.Equal(t, st.Known[at], st.Known[to])
		require.Equal(t, bundle&^st.Used[at]|st.New[at]&bundle, st.New[to])
		require.Equal(t, (st.Lapsed[at]|st.Used[at])&^bundle, st.Lapsed[to])
		switch {
		case bundle == 0:
			require.Zero(t, st.Mood[to])
		case st.Used[at] == 0:
			require.Equal(t, uint8(1), st.Mood[to])
		default:
			require.Equal(t, st.Mood[at], st.Mood[to])
		}
		// The merchants have no life: they begin as regulars, and forget when they leave.
		shop := field(l, 1)
		to = shop.Landing(st.Of(3, 1), 2)
		require.Equal(t, [...]models.Homing{3, 2, 0, 0}, [...]models.Homing{st.Known[to], st.Used[to], st.New[to], st.Lapsed[to]})
	})
}

// TestLive spells out what life may bring to one who is new to A, a regular of B, in the
// worst mood (level 0): with multiplier 3 it leaves A with hazard 0.06 and B with 0.03, settles
// in with 1/20, and a good review lifts it with 0.06 times 1 - 0.25.
func TestLive(t *testing.T) {
	l := compile(t, alive())
	f, st := field(l, 0), l.Standings
	at := f.Landing(l.Begin(0, 2), 3)
	require.Equal(t, uint8(1), st.Mood[at])
	var row models.Row
	f.Live(&row, at)
	down := row.To[3]
	require.Equal(t, uint8(0), st.Mood[down])
	f.Live(&row, down)
	require.Len(t, row.To, 4)
	var each []float64
	row.Each(func(to models.Standing, hazard float64) { each = append(each, hazard) })
	require.InDeltaSlice(t, []float64{0.06, 0.05, 0.03, 0.045}, each, 1e-12)
	require.Equal(t, models.Homing(1), st.Lapsed[row.To[0]])
	require.Zero(t, st.New[row.To[1]])
	require.Equal(t, models.Homing(2), st.Lapsed[row.To[2]])
	require.Equal(t, uint8(1), st.Mood[row.To[3]])
	f.Live(&row, st.Of(3, 0))
	require.Empty(t, row.To, "nothing happens to those who use nothing")
}

// TestBadServiceFollowsUnservedOrders: half of A's orders unserved adds a quarter (0.5 times
// 1/2) for users of A, and half of that for users of both.
func TestBadServiceFollowsUnservedOrders(t *testing.T) {
	l := compile(t, alive())
	market := models.NewMarket(l)
	market.Unserved[0][0] = 0.5
	f := l.NewField(0)
	l.Fill(f, 0, market, models.NewOffers(l))
	for used, bad := range map[models.Homing]float64{1: 0.5, 2: 0.25, 3: 0.375} {
		var row models.Row
		f.Live(&row, l.Begin(0, used))
		n := len(row.To)
		require.InDelta(t, 0.06*(1-bad), row.Cumulative[n-1]-row.Cumulative[n-2], 1e-12)
		require.InDelta(t, 0.06*bad, row.Cumulative[n-2]-row.Cumulative[n-3], 1e-12)
	}
}

// TestMostLifeIsTheMost: no standing in any market has more to fear than MostLife, and one of
// them has as much but for a review that cannot lead further.
func TestMostLifeIsTheMost(t *testing.T) {
	l := compile(t, alive())
	f := field(l, 0)
	var row models.Row
	var most float64
	for at := range l.Standings.Count() {
		f.Live(&row, models.Standing(at))
		if n := len(row.To); n > 0 {
			most = math.Max(most, row.Cumulative[n-1])
		}
	}
	require.InDelta(t, 2*(3*0.02+0.05)+0.06, l.Groups[0].MostLife(), 1e-12)
	require.InDelta(t, l.Groups[0].MostLife()-0.06*0.25, most, 1e-12)
	require.Zero(t, l.Groups[1].MostLife())
}

// TestLifeInWorth: keeping what one is regular on is worth 0.4 more, in the worst mood 0.9
// less per platform kept, and coming back 0.7 less; weights say the same as worths.
func TestLifeInWorth(t *testing.T) {
	l := compile(t, alive())
	f, st := field(l, 0), l.Standings
	stranger := st.Of(3, 0)
	base := f.Worth(1, stranger, nil)
	begun := f.Landing(stranger, 1)
	lapsed := f.Landing(begun, 0)
	require.InDelta(t, base, f.Worth(1, begun, nil), 1e-12)
	require.InDelta(t, base+0.4, f.Worth(1, l.Begin(0, 1), nil), 1e-12)
	require.InDelta(t, base-0.7, f.Worth(1, lapsed, nil), 1e-12)
	for at := range models.Standing(st.Count()) {
		if st.Used[at] == 0 && st.Mood[at] != 0 {
			continue // nobody stands there
		}
		var row models.Row
		f.Choose(&row, at)
		var sum float64
		for _, to := range row.To {
			sum += math.Exp(f.Worth(st.Used[to], at, nil))
		}
		row.Each(func(to models.Standing, p float64) {
			require.InDelta(t, math.Exp(f.Worth(st.Used[to], at, nil))/sum, p, 1e-12)
		})
	}
}

// TestBetaClasses: classes of a beta distribution have the mean of people between their
// quantiles, by numerical integration, and together the mean a/(a+b).
func TestBetaClasses(t *testing.T) {
	m := sound()
	const a, b, classes = 0.668, 3.806, 5
	m.Segments[0].Life = &models.Life{Churn: models.Value{Beta: [2]float64{a, b}, Classes: classes}}
	m.Clock.Revision = 0
	m.Segments[0].Homing.Cost = math.Inf(1)
	l := compile(t, m)
	require.Len(t, l.Groups, classes+1)
	dist := distuv.Beta{Alpha: a, Beta: b}
	var mean float64
	for c := range classes {
		const steps = 20_000
		var want float64
		for i := range steps {
			want += dist.Quantile((float64(c)+(float64(i)+0.5)/steps)/classes) / steps
		}
		got := l.Groups[c].MostLife()
		require.InDelta(t, want, got, 1e-5)
		mean += got / classes
	}
	require.InDelta(t, a/(a+b), mean, 1e-12)
}
