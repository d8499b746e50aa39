package models_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"flywheel/models"
)

// mixed is a sound model whose consumers' order rates are gamma distributed in classes, with a
// policy for the best of them.
func mixed(shape float64, classes int, top float64) *models.Model {
	m := sound()
	m.Segments[0].Orders.Mix = models.Mix{Shape: shape, Classes: classes}
	m.Policies = []models.Policy{{
		Name: "stars", Platform: "B", Target: models.Target{Side: "consumers", Top: top}, Instrument: models.PayPeriod, Shape: models.Constant{Amount: 1},
	}}
	return m
}

// TestTopOfAnExponential: of exponential order rates, shape 1, the best tenth place
// 0.1 (1 + ln 10) = 33.03% of the orders, and the best fifth 0.2 (1 + ln 5) = 52.19%.
func TestTopOfAnExponential(t *testing.T) {
	for top, want := range map[float64]float64{0.1: 0.330259, 0.2: 0.521888, 0.5: 0.846574} {
		l := compile(t, mixed(1, 10, top))
		var orders, all, people float64
		covered := l.Covered(l.Model.Policies[0].Target)
		for g := range l.Groups {
			all += l.Groups[g].OrderRate() * float64(l.Groups[g].Size)
		}
		for _, g := range covered {
			orders += l.Groups[g].OrderRate() * float64(l.Groups[g].Size)
			people += float64(l.Groups[g].Size)
		}
		require.InDelta(t, want, orders/all, 1e-6, "top %g", top)
		require.Equal(t, top*1000, people, "exact by count")
		require.InDelta(t, 200, all, 1e-9, "1000 people at 0.2 orders")
	}
}

// TestMixesKeepTheMean: whatever the shape, classes order at ascending rates whose mean is the
// segment's.
func TestMixesKeepTheMean(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		classes := rapid.SampledFrom([]int{2, 3, 4, 5, 8, 10, 20, 100}).Draw(t, "classes")
		m := mixed(math.Pow(10, rapid.Float64Range(-1, 4).Draw(t, "shape")), classes, 0)
		m.Policies, m.Segments[0].Size = nil, 600_000 // which every number of classes divides evenly
		l := compile(t, m)
		var all, last float64
		for g := range l.Groups[:classes] {
			rate := l.Groups[g].OrderRate()
			require.GreaterOrEqual(t, rate, last*(1-1e-6)-1e-12, "class %d", g) // shapes at the ends differ by rounding
			last = rate
			all += rate / float64(classes)
		}
		require.InEpsilon(t, 0.2, all, 1e-6)
	})
}

// TestTopOfThoseWhoFulfil: merchants rank by hours online times skill, across segments.
func TestTopOfThoseWhoFulfil(t *testing.T) {
	m := sound()
	m.Segments[1].Supply = &models.Supply{Hours: 4, Most: 24, Pay: 20, Skill: 1, Mix: models.Mix{Shape: 0.8, Classes: 5}}
	stars := m.Segments[1]
	stars.Name, stars.Size = "stars", 10
	stars.Supply = &models.Supply{Hours: 20, Most: 24, Pay: 20, Skill: 10}
	m.Segments = append(m.Segments, stars)
	l := compile(t, m)
	require.Equal(t, []int{6}, l.Covered(models.Target{Side: "merchants", Top: 10.0 / 60}), "the stars, 10 of 60")
	require.Equal(t, []int{5, 6}, l.Covered(models.Target{Side: "merchants", Top: 20.0 / 60}), "and the best class of the others")
}

// TestTopEndsBetweenClasses: a top that cuts people who are alike is refused, with the shares
// that would do; one for both sides, and one that is no part, likewise.
func TestTopEndsBetweenClasses(t *testing.T) {
	for _, c := range []struct {
		model *models.Model
		says  string
	}{
		{mixed(0.8, 5, 0.1), "the best 0.1 of the people end among those from 0 to 0.2, who are alike; give 0.2, or let people differ"},
		{mixed(0.8, 5, 0.3), "from 0.2 to 0.4, who are alike; give 0.2 or 0.4"},
		{mixed(0.8, 10, 1), "1 is no part of the people aimed at"},
		{mixed(0.8, 10, math.NaN()), "NaN is no part"},
	} {
		_, err := models.Compile(c.model)
		require.ErrorContains(t, err, c.says)
		require.ErrorContains(t, err, "policies[0].top")
	}
	m := mixed(0.8, 10, 0.1)
	m.Policies[0].Target.Side = ""
	_, err := models.Compile(m)
	require.ErrorContains(t, err, "name one side, such as side: consumers")
	m = sound()
	m.Policies = mixed(1, 10, 0.1).Policies
	_, err = models.Compile(m)
	require.ErrorContains(t, err, "alike; let people differ")
	for _, mix := range []models.Mix{{Shape: 0, Classes: 3}, {Shape: 1}, {Shape: 1, Classes: 1e6}, {Shape: math.NaN(), Classes: 3}} {
		m := mixed(1, 10, 0)
		m.Segments[0].Orders.Mix = mix
		require.NotEmpty(t, m.Validate(), "%+v", mix)
	}
}
