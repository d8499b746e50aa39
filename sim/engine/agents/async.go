package agents

import (
	"math"

	"flywheel/models"
	"flywheel/sim"
)

// passTime lets one period pass with the asynchronous clock, exactly: events come one by one
// at the sum of everybody's largest possible rates, each is some person's, and it happens
// with the chance that the present market gives it (thinning: Lewis and Shedler 1979, Naval
// Research Logistics 26(3)). Whoever's clock rings, or has just heard of a platform, chooses
// against the market of that moment.
func (e *Engine) passTime(v *sim.View) {
	key := e.streams.Key(sim.ForRings, v.Period, 0)
	rates := make([]float64, len(e.law.Groups)) // of each group, running sums
	var total float64
	for g := range e.law.Groups {
		group := &e.law.Groups[g]
		total += float64(group.Size) * e.busiest(v.Fields[g])
		rates[g] = total
	}
	if total == 0 {
		return
	}
	filled := make([]int, len(rates)) // by group: the number of moves its field has seen
	moves := 0
	next := uint64(0)
	draw := func() float64 {
		next++
		return key.Uniform(next)
	}
	for at := 0.0; ; {
		at += -math.Log1p(-draw()) / total
		if at >= 1 {
			return
		}
		g, rest := pick(rates, draw()*total)
		group := &e.law.Groups[g]
		busiest := e.busiest(v.Fields[g])
		person := min(int64(rest/busiest), group.Size-1)
		if filled[g] != moves {
			e.law.Fill(v.Fields[g], g, v.Market, v.Offers)
			filled[g] = moves
		}
		from := e.census.at(g, person)
		what := draw() * busiest
		at, happens := e.ring(v.Fields[g], g, int(person), from, what)
		to := at
		if happens {
			to = e.choose(v.Fields[g], g, person, at, draw())
		} else if x := what - (busiest - group.MostLife()); x >= 0 {
			if to = e.age(v.Fields[g], from, x); to != from {
				e.counts.Churn(e.law, g, from, to, 1)
			}
		}
		if to == from {
			continue
		}
		e.census.put(g, person, to)
		e.counts.Moved(e.law, g, from, to)
		if before, after := e.law.Standings.Used[from], e.law.Standings.Used[to]; before != after {
			v.Market.Users[group.Crowd][before]--
			v.Market.Users[group.Crowd][after]++
			moves++
			if c := e.circles[g]; c.acquaintances != nil {
				c.uses[c.first+int(person)] = after
			}
		}
	}
}

// busiest is the largest rate of events that one person of a group can have this period.
func (e *Engine) busiest(f *models.Field) float64 {
	return f.Group.Revision() + float64(e.law.Platforms)*f.MostNews() + f.Group.MostLife()
}

// pick finds the entry of running sums in which x lies, and how far into it.
func pick(sums []float64, x float64) (entry int, into float64) {
	below := 0.0
	for i, sum := range sums {
		if x < sum || i == len(sums)-1 {
			return i, x - below
		}
		below = sum
	}
	return 0, 0
}

// ring says what an event at x of a person's largest rate is: its clock, news of a platform
// it does not know yet, or neither. at is where it stands when it has heard.
func (e *Engine) ring(f *models.Field, g, person int, from models.Standing, x float64) (at models.Standing, happens bool) {
	if x < f.Group.Revision() {
		return from, true
	}
	x -= f.Group.Revision()
	most := f.MostNews()
	hazards := f.Hazard
	if f.Group.Hears() {
		e.chooser.listen(f, e.circles[g], person)
		hazards = e.chooser.hazards[:len(hazards)]
	}
	for k, hazard := range hazards {
		if x < most {
			if e.law.Standings.Known[from].Has(k) || x >= hazard {
				return from, false
			}
			return e.law.Standings.Heard(from, 1<<k), true
		}
		x -= most
	}
	return from, false
}

// age is where life brings one who stands at from, at x of the hazards added up; from itself
// when they do not come that far.
func (e *Engine) age(f *models.Field, from models.Standing, x float64) models.Standing {
	f.Live(&e.row, from)
	if last := len(e.row.To) - 1; last < 0 || x >= e.row.Cumulative[last] {
		return from
	}
	return e.row.Pick(x)
}

// choose is where a person stands after choosing with a uniform number.
func (e *Engine) choose(f *models.Field, g int, person int64, at models.Standing, u float64) models.Standing {
	if f.Group.Personal() {
		return e.alone(&e.chooser, f, g, int(person), at, u)
	}
	f.Choose(&e.row, at)
	return e.row.Pick(u)
}
