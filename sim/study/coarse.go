package study

import (
	"context"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"

	"flywheel/models"
)

// coarse are the frontiers of a market whose people differ in fewer ways, which lie near those of the
// market and take much less work; none where there would be more than half as many groups of people.
func coarse(ctx context.Context, l *models.Law, f Fineness) []Frontier {
	fewer, err := models.Compile(coarsened(l.Model))
	if err != nil || 2*len(fewer.Groups) > len(l.Groups) {
		return nil
	}
	list, _ := CriticalMass(ctx, fewer, f) // what it lacks is looked for in the market itself
	return list
}

// coarsened is a model with fewer classes of people.
func coarsened(m *models.Model) *models.Model {
	own := *m
	own.Segments = slices.Clone(m.Segments)
	for i := range own.Segments {
		s := &own.Segments[i]
		s.Cross.Strength, s.Same.Strength = merged(s.Cross.Strength), merged(s.Same.Strength)
		s.Value = slices.Clone(s.Value)
		for k, v := range s.Value {
			s.Value[k] = merged(v)
		}
		for _, x := range []*models.Mix{&s.Orders.Mix, &s.PriceMix, &s.Homing.Mix} {
			x.Classes = min(x.Classes, others)
		}
		if s.Supply != nil {
			supply := *s.Supply
			supply.Mix.Classes = min(supply.Mix.Classes, others)
			s.Supply = &supply
		}
		if s.Aware != nil {
			aware := *s.Aware
			aware.Mix.Classes = min(aware.Mix.Classes, others)
			s.Aware = &aware
		}
		if s.Life != nil {
			life := *s.Life
			life.Churn = merged(life.Churn)
			if life.Early != nil {
				early := merged(*life.Early)
				life.Early = &early
			}
			s.Life = &life
		}
	}
	return &own
}

// others is how many classes are left of what is not distributed normally.
const others = 3

// merged is a distributed value in fewer classes: a normal one in two, a standard deviation either
// side of its mean, which give every polynomial of third degree the mean that the distribution gives
// it (the rule of Gauss and Hermite with two points); another in few.
func merged(v models.Value) models.Value {
	switch {
	case v.Classes <= others:
	case v.SD != 0 && v.Gamma == 0 && v.Beta == [2]float64{}:
		v.SD, v.Classes = v.SD/math.Abs(distuv.UnitNormal.Quantile(0.25)), 2
	default:
		v.Classes = others
	}
	return v
}
