package models_test

import (
	"math"
	"math/bits"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"flywheel/models"
)

// sound is a valid model of two sides and two platforms for tests to bend.
func sound() *models.Model {
	segment := func(side string, size int64) models.Segment {
		return models.Segment{
			Side: side, Name: side, Region: "here", Size: size, PriceSensitivity: 1,
			Value: []models.Value{models.Number(0.5), models.Number(-0.3)},
		}
	}
	m := &models.Model{
		Name: "sound", Horizon: models.Horizon{Periods: 10, Unit: "day"},
		Clock:     models.Clock{Kind: models.ClockSync, Revision: 0.5},
		Noise:     models.Noise{Kind: models.NoiseAnnealed, Scale: 1},
		Platforms: []models.Platform{{Name: "A", Location: 0}, {Name: "B", Location: 1}},
		Segments:  []models.Segment{segment("consumers", 1000), segment("merchants", 50)},
	}
	m.Segments[0].Orders = models.Ordering{Rate: 0.2, Basket: models.MoneyOf(30)}
	return m
}

func compile(t require.TestingT, m *models.Model) *models.Law {
	l, err := models.Compile(m)
	require.NoError(t, err)
	return l
}

// field fills the field of a group in a market where nobody uses anything.
func field(l *models.Law, group int) *models.Field {
	f := l.NewField(group)
	l.Fill(f, group, models.NewMarket(l), models.NewOffers(l))
	return f
}

// chance is the probability that a row gives to standings whose sets, such as the platforms
// used, contain all platforms of a set.
func chance(row *models.Row, sets []models.Homing, set models.Homing) float64 {
	var p, last float64
	for i, to := range row.To {
		if sets[to]&set == set {
			p += row.Cumulative[i] - last
		}
		last = row.Cumulative[i]
	}
	return p
}

// TestBundleLogit: bundles {none, A, B, AB} with u_A = 0.5, u_B = -0.3 and mu = 1. Without a
// multi-homing cost A and B are chosen independently, P(A) = 1/(1+exp(-0.5)); a prohibitive
// one leaves the multinomial logit (Anderson, de Palma and Thisse 1992). The values were
// computed from these formulas.
func TestBundleLogit(t *testing.T) {
	for _, c := range []struct{ kappa, a, both float64 }{
		{0, 0.622459331, 0.26489223},
		{1, 0.546528296, 0.11704724},
		{40, 0.486414534, 0},
		{math.Inf(1), 0.486414534, 0},
	} {
		m := sound()
		m.Segments[0].Homing.Cost = c.kappa
		var row models.Row
		l := compile(t, m)
		field(l, 0).Choose(&row, l.Standings.Of(3, 0))
		require.InDelta(t, c.a, chance(&row, l.Standings.Used, 1), 1e-8)
		require.InDelta(t, c.both, chance(&row, l.Standings.Used, 3), 1e-8)
	}
}

// spell is U(S) written out from the formula in the package's story, term by term.
func spell(l *models.Law, m *models.Model, s models.Segment, market *models.Market, own, other int, set, used models.Homing, bonus []float64) float64 {
	if set == 0 {
		return s.Outside.Value
	}
	f := func(e models.Effect, crowd int, set models.Homing) float64 {
		var n float64
		for h, users := range market.Users[crowd] {
			if models.Homing(h)&set != 0 {
				n += users
			}
		}
		switch e.Form {
		case models.FormLog:
			return math.Log(1 + n)
		case models.FormPower:
			return math.Pow(n/float64(l.Crowds[crowd].Size), e.Exponent)
		case models.FormTurning:
			share := n / float64(l.Crowds[crowd].Size)
			return share - share*share/e.Turn
		}
		return n / float64(l.Crowds[crowd].Size)
	}
	u := -s.Homing.Cost * float64(bits.OnesCount8(uint8(set))-1)
	var each float64
	for k, p := range m.Platforms {
		if set>>k&1 == 0 {
			continue
		}
		one := models.Homing(1 << k)
		u += s.Value[k].Mean - s.PriceSensitivity*(p.Price[s.Side]-bonus[k])
		u += s.Cross.Strength.Mean*f(s.Cross, other, one) + s.Same.Strength.Mean*f(s.Same, own, one)
		each += f(s.Cross, other, one)
		if used != 0 && used&one == 0 {
			u -= s.Switching
		}
	}
	return u - s.Cross.Strength.Mean*s.Homing.Duplicate*(each-f(s.Cross, other, set))
}

// TestWorthIsTheFormula compares the law's worth of every bundle with the formula spelled
// out, on random models of one to four platforms.
func TestWorthIsTheFormula(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		number := rapid.Float64Range(-3, 3)
		effect := func(name string) models.Effect {
			return models.Effect{Strength: models.Number(number.Draw(t, name)), Exponent: rapid.Float64Range(0.2, 2).Draw(t, "exponent"),
				Turn: rapid.Float64Range(0.1, 1).Draw(t, "turn"), Form: models.Form(rapid.SampledFrom(models.Forms()).Draw(t, "form"))}
		}
		m := sound()
		m.Platforms = nil
		for _, name := range []string{"A", "B", "C", "D"}[:rapid.IntRange(1, 4).Draw(t, "platforms")] {
			m.Platforms = append(m.Platforms, models.Platform{Name: name, Price: map[string]float64{"consumers": number.Draw(t, "price")}})
		}
		s := &m.Segments[0]
		s.Orders = models.Ordering{}
		s.Cross, s.Same = effect("cross"), effect("same")
		s.PriceSensitivity = rapid.Float64Range(0, 2).Draw(t, "sensitivity")
		s.Homing = models.Multi{Cost: number.Draw(t, "kappa"), Duplicate: rapid.Float64Range(0, 1).Draw(t, "rho")}
		s.Switching, s.Outside.Value = rapid.Float64Range(0, 2).Draw(t, "switching"), number.Draw(t, "outside")
		s.Value, m.Segments[1].Value = nil, nil
		for range m.Platforms {
			s.Value = append(s.Value, models.Number(number.Draw(t, "value")))
			m.Segments[1].Value = append(m.Segments[1].Value, models.Number(0))
		}
		l := compile(t, m)
		market, offers := models.NewMarket(l), models.NewOffers(l)
		for h := range market.Users[0] {
			market.Users[0][h] = float64(rapid.IntRange(0, 50).Draw(t, "users"))
			market.Users[1][h] = float64(rapid.IntRange(0, 3).Draw(t, "users"))
		}
		bonus := make([]float64, len(m.Platforms))
		for k := range bonus {
			bonus[k] = rapid.Float64Range(0, 3).Draw(t, "bonus")
			offers.Period[0][k] = bonus[k]
		}
		f := l.NewField(0)
		l.Fill(f, 0, market, offers)
		used := models.Homing(rapid.IntRange(0, 1<<len(m.Platforms)-1).Draw(t, "used"))
		worth := map[models.Homing]float64{}
		for set := range models.Homing(1 << len(m.Platforms)) {
			worth[set] = spell(l, m, *s, market, 0, 1, set, used, bonus)
			require.InDelta(t, worth[set], f.Worth(set, l.Standings.Of(used, used), nil), 1e-9)
		}
		checkLogit(t, l, f, worth, used)
	})
}

// checkLogit compares the row of one who knows some platforms with the softmax of spelled
// worths, and the pick by a number with the row.
func checkLogit(t *rapid.T, l *models.Law, f *models.Field, worth map[models.Homing]float64, used models.Homing) {
	known := used | models.Homing(rapid.IntRange(0, len(worth)-1).Draw(t, "known"))
	var row models.Row
	at := l.Standings.Of(known, used)
	f.Choose(&row, at)
	var sum float64
	for set, u := range worth {
		if set&^known == 0 {
			sum += math.Exp(u)
		}
	}
	last := 0.0
	for i, to := range row.To {
		set := l.Standings.Used[to]
		require.Zero(t, set&^known)
		require.InDelta(t, math.Exp(worth[set])/sum, row.Cumulative[i]-last, 1e-9)
		last = row.Cumulative[i]
	}
	require.Equal(t, 1.0, last)
	u := rapid.Float64Range(0, 1-0x1p-53).Draw(t, "u")
	require.Equal(t, row.Pick(u), f.Landing(at, f.ChoosePersonal(at, nil, u)))
}

func TestBestReplyKeepsTies(t *testing.T) {
	m := sound()
	m.Noise = models.Noise{Kind: models.NoiseNone}
	m.Segments[0].Value = []models.Value{models.Number(0), models.Number(0)}
	m.Segments[0].Homing.Cost = math.Inf(1)
	l := compile(t, m)
	f := field(l, 0)
	for _, used := range []models.Homing{0, 1, 2} {
		require.Equal(t, used, f.BestReply(l.Standings.Of(3, used), nil), "nothing is strictly better")
	}
	m.Segments[0].Outside.None = true
	f = field(compile(t, m), 0)
	require.Equal(t, models.Homing(1), f.BestReply(l.Standings.Of(3, 0), nil), "a covered market leaves nobody out; the lowest of equals")
	require.Equal(t, models.Homing(0), f.BestReply(0, nil), "who knows no platform uses none")
}

// TestFarWorthsStillChoose: known bundles whose weights underflow beside an unknown better one.
func TestFarWorthsStillChoose(t *testing.T) {
	m := sound()
	m.Segments[0].Outside.None = true
	m.Segments[0].Value = []models.Value{models.Number(2000), models.Number(0)}
	var row models.Row
	l := compile(t, m)
	field(l, 0).Choose(&row, l.Standings.Of(2, 0))
	require.Equal(t, l.Standings.Of(2, 2), row.Pick(0.5))
}

func TestJoinBonusSpreadsOverOneRevision(t *testing.T) {
	m := sound()
	l := compile(t, m)
	offers := models.NewOffers(l)
	offers.Join[0][0] = 3
	f := l.NewField(0)
	l.Fill(f, 0, models.NewMarket(l), offers)
	require.InDelta(t, 0.5+0.5*3, f.Worth(1, 0, nil), 1e-12, "revision 0.5 times 3 on top of the value")
	require.InDelta(t, 0.5, f.Worth(1, l.Standings.Of(1, 1), nil), 1e-12, "who uses it already gets none")
}

// TestClasses: a normal distribution in four classes has the standard quantiles at 1/8,
// 3/8, 5/8 and 7/8 (tables of the normal distribution: 1.150349, 0.318639).
func TestClasses(t *testing.T) {
	m := sound()
	m.Segments[0].Cross.Strength = models.Value{Mean: 2, SD: 0.5, Classes: 4}
	m.Segments[0].Size = 1002
	l := compile(t, m)
	require.Len(t, l.Groups, 5)
	market, offers := models.NewMarket(l), models.NewOffers(l)
	market.Users[1][1] = 50
	var people int64
	for c, z := range []float64{-1.150349, -0.318639, 0.318639, 1.150349} {
		f := l.NewField(c)
		l.Fill(f, c, market, offers)
		require.InDelta(t, 0.5+2+0.5*z, f.Worth(1, 0, nil), 1e-6)
		people += l.Groups[c].Size
		require.InDelta(t, 250.5, float64(l.Groups[c].Size), 0.6)
	}
	require.Equal(t, int64(1002), people)
}

func TestStandingsAreOneToOne(t *testing.T) {
	for platforms := 1; platforms <= models.MaxPlatforms; platforms++ {
		s := models.NewStandings(platforms, 0)
		for code := range s.Count() {
			require.Equal(t, models.Standing(code), s.Of(s.Known[code], s.Used[code]))
			require.Zero(t, s.Used[code]&^s.Known[code])
		}
	}
}

func TestOrderSharesAddToOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := sound()
		if rapid.Bool().Draw(t, "noiseless") {
			m.Noise = models.Noise{Kind: models.NoiseNone}
		}
		l := compile(t, m)
		discounts := []float64{rapid.Float64Range(0, 50).Draw(t, "a"), rapid.Float64Range(0, 50).Draw(t, "b")}
		a := models.OrderShare(&l.Groups[0], 3, 0, discounts)
		require.InDelta(t, 1, a+models.OrderShare(&l.Groups[0], 3, 1, discounts), 1e-12)
		if math.Abs(discounts[0]-discounts[1]) > 1e-9 {
			require.Equal(t, discounts[0] > discounts[1], a > 0.5)
		}
		require.Equal(t, 1.0, models.OrderShare(&l.Groups[0], 2, 1, discounts))

		rates := make([]float64, 2)
		offers := models.NewOffers(l)
		copy(offers.Order[0], discounts)
		l.Rates(rates, 0, []float64{100, 20, 30, 50}, offers)
		require.InDelta(t, 100*0.2, rates[0]+rates[1], 1e-9, "100 users order 0.2 each, wherever")
	})
}

// TestHearingIsIndependent: each unknown platform is heard of with its own hazard, whatever
// else is heard.
func TestHearingIsIndependent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := sound()
		m.Segments[0].Aware = &models.Aware{P: rapid.Float64Range(0, 0.4).Draw(t, "p"), Q: rapid.Float64Range(0, 0.5).Draw(t, "q")}
		l := compile(t, m)
		market := models.NewMarket(l)
		market.Users[0][1], market.Users[0][2] = 300, 100
		f := l.NewField(0)
		l.Fill(f, 0, market, models.NewOffers(l))
		var row models.Row
		f.Hear(&row, 0)
		require.InDelta(t, f.Hazard[0], chance(&row, l.Standings.Known, 1), 1e-12)
		require.InDelta(t, f.Hazard[1], chance(&row, l.Standings.Known, 2), 1e-12)
		require.InDelta(t, f.Hazard[0]*f.Hazard[1], chance(&row, l.Standings.Known, 3), 1e-12)
		require.Equal(t, models.Standing(0), row.To[0], "hearing of none comes first")
		f.Hear(&row, l.Standings.Of(1, 0))
		require.Equal(t, 1.0, chance(&row, l.Standings.Known, 1), "nobody forgets")
		require.InDelta(t, f.Hazard[1], chance(&row, l.Standings.Known, 3), 1e-12)
	})
}
