package models

import "slices"

// Conditions are what dates, and not people, make of one period: which platforms are there at
// all for whom, and what holds of them beside what they offer. A law whose calendar is empty has
// none; a table that nothing in the calendar can fill is nil.
type Conditions struct {
	Shut     []Homing    // by group: platforms that nobody of it can hear of, begin to use or go on using
	Full     []Homing    // by group: platforms that nobody of it can begin to use
	Worth    [][]float64 // [group][platform] added to the worth of using it, money per period
	Orders   [][]float64 // [group][platform] factor on the orders placed
	Churn    [][]float64 // [group][platform] factor on the hazards of leaving
	Capacity []float64   // by platform: factor on what it can fulfil

	Stages [][][]float64 // [crowd][platform][stage] factor on what the stage can take; nil where no shock is to a stage

	law *Law
}

// conditions makes room for the conditions of a law; nil where nothing depends on the date.
func (l *Law) conditions() *Conditions {
	m := l.Model
	launches := slices.ContainsFunc(m.Platforms, func(p Platform) bool { return p.Launch != nil })
	if !launches && len(m.Shocks) == 0 && len(m.Regulations) == 0 && !m.Contested() && !m.Sells() && !m.rhythmic() {
		return nil
	}
	c := &Conditions{law: l, Shut: make([]Homing, len(l.Groups)), Full: make([]Homing, len(l.Groups))}
	if len(m.Shocks) > 0 || m.Sells() || m.rhythmic() || slices.ContainsFunc(m.Platforms, func(p Platform) bool { return p.Imitates != nil }) {
		c.Capacity = make([]float64, l.Platforms)
		for _, table := range []*[][]float64{&c.Worth, &c.Orders, &c.Churn} {
			for range l.Groups {
				*table = append(*table, make([]float64, l.Platforms))
			}
		}
	}
	if slices.ContainsFunc(m.Shocks, func(s Shock) bool { return s.Stage != "" }) {
		for range l.Crowds {
			by := make([][]float64, l.Platforms)
			for k := range by {
				by[k] = make([]float64, l.Stages())
			}
			c.Stages = append(c.Stages, by)
		}
	}
	return c
}

// Set brings the conditions to what the calendar alone says of a period.
func (c *Conditions) Set(period int) {
	clear(c.Full)
	for g := range c.Shut {
		c.Shut[g] = 0
		region := c.law.Crowds[c.law.Groups[g].Crowd].Region
		for k := range c.law.Model.Platforms {
			if !c.law.Model.Platforms[k].Launched(region, period) {
				c.Shut[g] = c.Shut[g].With(k)
			}
		}
	}
	c.strike(period)
}

// strike adds up what routes and shocks do in a period.
func (c *Conditions) strike(period int) {
	m := c.law.Model
	if c.Worth == nil {
		return
	}
	for g := range c.Worth {
		for k := range c.Capacity {
			c.Worth[g][k], c.Orders[g][k], c.Churn[g][k] = 0, c.law.Groups[g].beat(period), 1
		}
	}
	for k := range c.Capacity {
		c.Capacity[k] = 1
	}
	for k := range m.Platforms {
		if s := m.Platforms[k].Sales; s != nil {
			factor := s.Sell(period).Orders
			for g := range c.Orders {
				c.Orders[g][k] *= factor
			}
		}
	}
	for _, by := range c.Stages {
		for k := range by {
			for at := range by[k] {
				by[k][at] = 1
			}
		}
	}
	for i := range m.Shocks {
		s := &m.Shocks[i]
		strength := s.Strength(period)
		if strength == 0 {
			continue
		}
		for k := range c.Capacity {
			if !s.strikes(m.Platforms[k].Name) {
				continue
			}
			if s.Stage == "" {
				c.Capacity[k] *= 1 + s.Capacity*strength
			} else {
				c.strikeStage(s, k, 1+s.Capacity*strength)
			}
			for _, g := range c.law.Covered(s.Target) {
				c.Worth[g][k] += s.Worth * strength
				c.Orders[g][k] *= 1 + s.Orders*strength
				c.Churn[g][k] *= 1 + s.Churn*strength
			}
		}
	}
}

// strikeStage changes what a stage of a platform can take, in the regions aimed at.
func (c *Conditions) strikeStage(s *Shock, k int, factor float64) {
	chain := c.law.Model.Platforms[k].Service
	if chain == nil {
		return
	}
	at := slices.IndexFunc(chain.Stages, func(stage Stage) bool { return stage.Name == s.Stage })
	for crowd := range c.Stages {
		if at >= 0 && (s.Target.Region == "" || s.Target.Region == c.law.Crowds[crowd].Region) {
			c.Stages[crowd][k][at] *= factor
		}
	}
}

// Copy adds to what a platform is worth what it has learned of the rival it imitates.
func (c *Conditions) Copy(period, platform int) {
	m := c.law.Model
	im := m.Platforms[platform].Imitates
	rival := m.PlatformIndex(im.Rival)
	for g := range c.Worth {
		learned := max(0, c.law.Standalone(g, rival)-c.law.Standalone(g, platform))
		segment := &m.Segments[c.law.Groups[g].Segment]
		for i := range m.Shocks {
			s := &m.Shocks[i]
			if s.Platform == im.Rival && s.Worth > 0 && s.Target.Covers(segment.Side, segment.Name, segment.Region) {
				learned += s.Worth * s.Strength(period-im.Lag)
			}
		}
		c.Worth[g][platform] += im.Share * learned
	}
}

// of is the part of a table that belongs to a group; nil where there is no table.
func of(table [][]float64, group int) []float64 {
	if table == nil {
		return nil
	}
	return table[group]
}

// barred are the platforms that one of a standing cannot choose this period, whatever it knows.
func (f *Field) barred(at Standing) Homing { return f.shut | f.full&^f.standings.Used[at] }
