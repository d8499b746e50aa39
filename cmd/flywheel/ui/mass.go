package ui

import (
	"context"
	"errors"
	"math"
	"reflect"
	"slices"
	"time"

	"flywheel/models"
	"flywheel/results"
	"flywheel/sim/study"
)

// mass is the critical mass of each platform of a market in which nobody is paid.
type mass struct {
	fine bool
	list []study.Frontier
	why  error // why a platform has none
}

// roughly is a search that answers at once.
func roughly() study.Fineness {
	return study.Fineness{Starts: 0, Points: 5, Tolerance: 0.01, Hurried: true, Followed: true}
}

// closely is one for the eye: half a pixel of the page's charts.
func closely() study.Fineness {
	return study.Fineness{Starts: 24, Points: 17, Tolerance: 2e-3, Hurried: true}
}

// known is the critical mass of a market once nobody is paid.
type known struct {
	unpaid *models.Model
	mass   mass
}

// mass is what is known of the critical mass where the levers stand: most of them leave it where it is.
func (m *moved) mass() mass {
	m.mu.Lock()
	defer m.mu.Unlock()
	if i := m.place(); i >= 0 {
		return m.known[i].mass
	}
	return mass{}
}

// place is that of what is known; -1 where nothing is.
func (m *moved) place() int {
	return slices.IndexFunc(m.known, func(k known) bool { return reflect.DeepEqual(k.unpaid, m.unpaid) })
}

// search finds the critical mass where the levers stand, as closely as asked for, begun at what is
// known from here or from where the levers stood before. It waits for its turn.
func (s *server) search(ctx context.Context, m *moved, f study.Fineness, fine bool) (mass, error) {
	select {
	case s.searches <- struct{}{}:
		defer func() { <-s.searches }()
	case <-ctx.Done():
		return mass{}, ctx.Err()
	}
	near := m.mass()
	if near.list == nil {
		m.mu.Lock()
		near = m.last
		m.mu.Unlock()
	}
	f.Near = near.list
	found := mass{fine: fine}
	found.list, found.why = study.CriticalMass(ctx, m.law, f)
	if err := ctx.Err(); err != nil {
		return mass{}, err
	}
	m.keep(found)
	return found, nil
}

// keep remembers a critical mass; when there are many, all others are forgotten.
func (m *moved) keep(found mass) {
	const many = 256
	m.mu.Lock()
	defer m.mu.Unlock()
	m.last = found
	if i := m.place(); i >= 0 {
		m.known[i].mass = found
		return
	}
	if len(m.known) >= many {
		m.known = nil
	}
	m.known = append(m.known, known{m.unpaid, found})
}

// massed is the critical mass as the page draws it.
type massed struct {
	Fine     bool       `json:"fine"` // nothing closer follows
	Frontier []frontier `json:"frontier"`
	None     bool       `json:"none"` // the market has no critical mass
	Why      string     `json:"why"`  // why some platform has no frontier; empty where all have one
	Passing  []passing  `json:"passing"`
	Took     float64    `json:"took_ms"`
}

// frontier is a platform's critical mass in shares of the two sides, as a line; with one side it is
// the share in Second.
type frontier struct {
	Platform string    `json:"platform"`
	First    []float64 `json:"first"`
	Second   []float64 `json:"second"`
}

// passing is when a platform stays above its critical mass, over runs or as expected.
type passing struct {
	Platform string   `json:"platform"`
	Runs     int      `json:"runs"` // that pass it
	Of       int      `json:"of"`   // 0: as expected
	At       *float64 `json:"at"`   // period, the median of the runs that do; null when none does
	Lo       *float64 `json:"lo"`   // of nine in ten of them
	Hi       *float64 `json:"hi"`
}

// draw is a mass for the page. Shares are of platform k by side, over the periods; nil where nothing
// is expected.
func (found mass) draw(law *models.Law, periods []int, shares func(k int) [][]float64, began time.Time) massed {
	d := massed{Fine: found.fine, Frontier: []frontier{}, Passing: []passing{}}
	if found.why != nil {
		d.Why, d.None = found.why.Error(), len(found.list) == 0 && errors.Is(found.why, study.ErrNoThreshold)
	}
	for _, f := range found.list {
		line := frontier{Platform: law.Model.Platforms[f.Platform].Name, First: []float64{}, Second: []float64{}}
		if len(f.First) == 0 {
			line.Second = f.Second
		}
		for i, x := range f.First {
			switch y := f.Second[i]; {
			case !math.IsNaN(y):
				line.First, line.Second = append(line.First, x), append(line.Second, y)
			case i+1 < len(f.First) && !math.IsNaN(f.Second[i+1]):
				line.First, line.Second = append(line.First, x), append(line.Second, 1)
			}
		}
		d.Frontier = append(d.Frontier, line)
		if own := shares(f.Platform); own != nil {
			p := passing{Platform: line.Platform}
			if at := passes(f, periods, own); !math.IsNaN(at) {
				p.At = results.Nullable(at)
			}
			d.Passing = append(d.Passing, p)
		}
	}
	d.Took = since(began)
	return d
}

// passes is the period from which on a run stays above a frontier to its end, between the periods
// drawn on a straight line; NaN when it ends below.
func passes(f study.Frontier, periods []int, shares [][]float64) float64 {
	above := func(i int) float64 { // below zero: below the frontier
		first, second := shares[0][i], shares[len(shares)-1][i]
		needed := f.Needed(first)
		if math.IsNaN(needed) {
			return -1
		}
		return second - needed
	}
	last := len(periods) - 1
	if above(last) < 0 {
		return math.NaN()
	}
	for last > 0 && above(last-1) >= 0 {
		last--
	}
	if last == 0 {
		return float64(periods[0])
	}
	below, over := -above(last-1), above(last)
	return float64(periods[last-1]) + float64(periods[last]-periods[last-1])*below/(below+over)
}

// passed tells of a platform over runs, of which shares gives the shares by side.
func passed(f study.Frontier, platform string, periods []int, runs int, shares func(run int) [][]float64) passing {
	p := passing{Platform: platform, Of: runs}
	var at []float64
	for r := range runs {
		if x := passes(f, periods, shares(r)); !math.IsNaN(x) {
			at = append(at, x)
		}
	}
	if p.Runs = len(at); p.Runs > 0 {
		band, _ := results.BandOf(at, 0.05, 0.95)
		median, _ := results.BandOf(at, 0.5, 0.95)
		p.At, p.Lo, p.Hi = results.Nullable(median.Lo), results.Nullable(band.Lo), results.Nullable(band.Hi)
	}
	return p
}
