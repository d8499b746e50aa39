package sim

import (
	"math"

	"flywheel/models"
)

// cycles follow the platforms of every scope through the stages of their lives; nil where nobody
// asks.
type cycles struct {
	rule models.StageRule
	at   []*models.Cycle     // by scope and platform, then all together
	seen []models.Indicators // what they told last
	came []float64           // by the same: joins over the window, fading
}

func newCycles(l *models.Law, lay *Layout) *cycles {
	if l.Model.LifeCycle == nil || lay == nil {
		return nil
	}
	c := &cycles{rule: *l.Model.LifeCycle}
	rows := lay.rows()
	for range rows {
		c.at = append(c.at, models.NewCycle(c.rule))
		c.seen = append(c.seen, models.Indicators{Stage: models.Exploration, Growth: math.NaN(), OfPeak: math.NaN()})
	}
	c.came = make([]float64, rows)
	return c
}

// diagnose tells the stage of every platform in every scope once a period is over.
func (r *run) diagnose() {
	c := r.cycles
	if c == nil {
		return
	}
	lay := r.record.layout
	any := r.law.Platforms
	joins := r.engine.Counts().Joins
	ordering := r.law.Model.OrderingSide()
	for i := range lay.scopes {
		s := &lay.scopes[i]
		for k := range lay.names {
			row := i*len(lay.names) + k
			var x, people, came float64
			for _, g := range s.groups {
				group := &r.law.Groups[g]
				if s.side == Total && ordering != "" && r.law.Sides[group.Side] != ordering {
					continue // the whole market is those who order
				}
				people += float64(group.Size)
				came += joins[g][k]
				switch {
				case c.rule.Of == models.StageOfParticipants:
					x += r.using[g][k]
				case k < any:
					x += r.traded(g, k)
				default:
					for j := range any {
						x += r.traded(g, j)
					}
				}
			}
			c.seen[row] = c.at[row].Next(x, x/people)
			c.came[row] += came - c.came[row]/float64(max(1, c.rule.Window))
		}
	}
}

// traded is what a group ordered or fulfilled on a platform, in orders or in their value: who fulfils
// has its part of the value of the orders of its region.
func (r *run) traded(g, k int) float64 {
	orders := r.served[g][k] + r.fulfilled[g][k]
	if r.cycles.rule.Of != models.StageOfGMV || orders == 0 {
		return orders
	}
	placers := []int{g}
	if r.law.Groups[g].Fulfils() {
		placers = r.law.Crowds[r.law.Crowds[r.law.Groups[g].Crowd].Other].Groups
	}
	var value, all float64
	for _, o := range placers {
		value += r.served[o][k] * r.law.Groups[o].Basket().Units()
		all += r.served[o][k]
	}
	return orders / all * value
}

// stages writes where every platform stands, with what set it.
func (rec *Recorder) stages(r *run) {
	c := r.cycles
	if c == nil {
		return
	}
	for row, told := range c.seen {
		rec.at[stage][row] = float64(told.Stage)
		rec.at[growthRate][row], rec.at[ofPeak][row] = told.Growth, told.OfPeak
		if n := rec.at[participants][row]; n > 0 {
			rec.at[newShare][row] = math.Min(1, c.came[row]/n)
		}
	}
}
