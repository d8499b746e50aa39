package study

import (
	"errors"

	"flywheel/models"
)

// CriticalMass is the critical-mass frontier of each platform of a market of one region and two
// sides, under the offers of its first period, at points evenly spread shares of the first
// side; a thousandth is its tolerance. What has no frontier is left out, and the error says why;
// it comes beside the frontiers that there are.
func CriticalMass(l *models.Law, points int) ([]Frontier, error) {
	list, err := Landscapes(l, 1)
	if err != nil {
		return nil, err
	}
	if len(list) != 1 || len(list[0].Sides) != 2 {
		return nil, errors.New("a frontier is drawn for one region of two sides")
	}
	const starts, fine = 24, 1e-3
	found, _ := list[0].Equilibria(starts)
	var first []float64
	for i := range points {
		first = append(first, float64(i)/float64(points-1))
	}
	var frontiers []Frontier
	for k := range l.Model.Platforms {
		f, why := list[0].Frontier(k, first, found, fine)
		if why != nil {
			err = why
			continue
		}
		frontiers = append(frontiers, f)
	}
	return frontiers, err
}
