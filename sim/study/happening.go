package study

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"flywheel/models"
	"flywheel/results"
	"flywheel/sim"
)

// Happening is something that happened to a market, in all runs or in some of them.
type Happening struct {
	Platform string       // to whom; empty: to the whole market
	What     string       // a sentence, or what follows the platform's name in one
	Period   results.Band // when, over the runs in which it happened
	Runs     int          // in which it happened
	Of       int          // finished runs
}

// HasEvent is what happens to the platform of the scenario's event on its day.
const HasEvent = "has its event"

// Chronicle notes what happens in the runs of one law: who comes, goes, merges, imitates, is paid by
// investors, fined, or owes money; who leads for good, and who is past critical mass for good. Runs are
// added in any number; it is not safe for concurrent use.
type Chronicle struct {
	law       *models.Law
	frontiers []Frontier
	runs      int
	notes     map[note]*moments
}

// note is what happened to whom; platform -1 is the whole market.
type note struct {
	platform int
	what     string
}

// moments are when something happened, and the money that went with it.
type moments struct {
	periods []float64
	money   float64
}

// NewChronicle begins a chronicle of a law's runs. With frontiers it tells when a platform was past
// critical mass for good.
func NewChronicle(l *models.Law, frontiers []Frontier) *Chronicle {
	return &Chronicle{law: l, frontiers: frontiers, notes: map[note]*moments{}}
}

// Add reads a run, every period of which was recorded.
func (c *Chronicle) Add(timeline *results.Table) {
	c.runs++
	r := newReading(c.law, timeline)
	for k := range c.law.Model.Platforms {
		c.presence(r, k)
		c.purse(r, k)
	}
	if c.law.Platforms > 1 {
		for _, side := range c.law.Sides {
			c.lead(r, side)
		}
	}
	for _, f := range c.frontiers {
		c.tipped(r, f)
	}
}

// reading finds a run's numbers.
type reading struct {
	timeline *results.Table
	rows     int // of a period
	last     int
	first    map[[2]string]int // the row of a platform's whole side, and of the whole market, in period 0
}

func newReading(l *models.Law, timeline *results.Table) *reading {
	period := timeline.Integers("period")
	r := &reading{timeline: timeline, last: int(period[len(period)-1]), first: map[[2]string]int{}}
	for r.rows < len(period) && period[r.rows] == period[0] {
		r.rows++
	}
	platform, side := timeline.Texts("platform"), timeline.Texts("side")
	segment, region := timeline.Texts("segment"), timeline.Texts("region")
	for row := range r.rows {
		if segment[row] == sim.Total && region[row] == sim.Total {
			r.first[[2]string{platform[row], side[row]}] = row
		}
	}
	return r
}

// series is a metric of a platform, period after period; nil where it was not recorded.
func (r *reading) series(metric, platform, side string) []float64 {
	row, has := r.first[[2]string{platform, side}]
	if !has || r.timeline.Schema.Index(metric) < 0 {
		return nil
	}
	values := r.timeline.Numbers(metric)
	line := make([]float64, r.last+1)
	for t := range line {
		line[t] = values[t*r.rows+row]
	}
	return line
}

// add notes that something happened, and what money went with it.
func (c *Chronicle) add(platform int, what string, period int, money float64) {
	at := note{platform, what}
	if c.notes[at] == nil {
		c.notes[at] = &moments{}
	}
	c.notes[at].periods = append(c.notes[at].periods, float64(period))
	c.notes[at].money += money
}

// presence notes how a platform came, imitated, merged and went.
func (c *Chronicle) presence(r *reading, k int) {
	p := &c.law.Model.Platforms[k]
	there := r.series("there", p.Name, sim.Total)
	came, gone := 0, r.last+1
	for t := 1; t < len(there); t++ {
		switch {
		case there[t] > there[t-1]:
			if came = t; p.Entry != nil {
				c.add(k, "comes into the market", t, 0)
			}
		case there[t] < there[t-1]:
			gone = t
			c.add(k, c.end(p.Name, t), t, 0)
		}
	}
	if im := p.Imitates; im != nil && came+im.Lag < gone && came+im.Lag <= r.last && (there == nil || there[came] > 0) {
		c.add(k, "has learnt what it imitates of "+im.Rival, max(1, came+im.Lag), 0)
	}
}

// end is how a platform went in a period.
func (c *Chronicle) end(platform string, period int) string {
	for _, m := range c.law.Model.Mergers {
		if m.From == platform && m.At == period {
			return "becomes part of " + m.Into
		}
	}
	return "gives up"
}

// purse notes funding, fines, the last subsidy, and the first debt.
func (c *Chronicle) purse(r *reading, k int) {
	p := &c.law.Model.Platforms[k]
	if p.Income != nil {
		c.rounds(r, k, p.Income.Rounds)
	}
	for t, amount := range r.series("fines", p.Name, sim.Total) {
		if amount > 0 {
			c.add(k, "is fined", t, amount)
		}
	}
	paid := 0
	for t, amount := range r.series("subsidy", p.Name, sim.Total) {
		if amount > 0 {
			paid = t
		}
	}
	if paid > 0 && paid < r.last {
		c.add(k, "pays its last subsidy", paid, 0)
	}
	cash := r.series("cash", p.Name, sim.Total)
	if t := slices.IndexFunc(cash, func(x float64) bool { return x < 0 }); t >= 0 {
		c.add(k, "owes money for the first time", t, 0)
	}
}

// rounds notes when each round of funding came: in the first period in which it may that investors put in as much
// as it and the rounds that came then already.
func (c *Chronicle) rounds(r *reading, k int, rounds []models.Round) {
	left := r.series("funding", c.law.Model.Platforms[k].Name, sim.Total)
	for _, round := range rounds {
		end := r.last
		if round.End > 0 {
			end = min(end, round.End)
		}
		for t := max(1, round.Period); t <= end; t++ {
			if amount := round.Amount.Units(); amount > 0 && left[t] >= amount {
				left[t] -= amount
				c.add(k, "receives funding ("+round.Name+")", t, amount)
				break
			}
		}
	}
}

// lead notes since when the platform that is largest on a side at the end has been so, if that is a tenth of the
// horizon or more: what is shorter may be luck.
func (c *Chronicle) lead(r *reading, side string) {
	var lines [][]float64
	for _, p := range c.law.Model.Platforms {
		lines = append(lines, r.series("participants", p.Name, side))
	}
	leader := func(t int) int {
		best := 0
		for k := range lines {
			if lines[k][t] > lines[best][t] {
				best = k
			}
		}
		for k := range lines {
			if k != best && lines[k][t] == lines[best][t] {
				return -1
			}
		}
		return best
	}
	best, since := leader(r.last), r.last
	for since > 0 && leader(since-1) == best {
		since--
	}
	if best >= 0 && 10*(r.last-since) >= r.last {
		c.add(best, "leads among "+side+" from here on", since, 0)
	}
}

// tipped notes since when a platform has been past its frontier.
func (c *Chronicle) tipped(r *reading, f Frontier) {
	name := c.law.Model.Platforms[f.Platform].Name
	first := r.series("share", name, c.law.Sides[0])
	last := r.series("share", name, c.law.Sides[len(c.law.Sides)-1])
	since := r.last + 1
	for since > 0 && last[since-1] >= f.Needed(first[since-1]) { // which nothing is where it is no number
		since--
	}
	if since <= r.last {
		c.add(f.Platform, "is past critical mass from here on", since, 0)
	}
}

// Happenings are what happened, by date, with the band of the date over the runs in which it did; what
// was so from the start is left out, and so is a lead in fewer than one run of ten.
func (c *Chronicle) Happenings(band [2]float64) []Happening {
	list := c.dated()
	for at, when := range c.notes {
		h := Happening{What: at.what, Runs: len(when.periods), Of: c.runs}
		h.Period, _ = results.BandOf(when.periods, band[0], band[1])
		if at.platform >= 0 {
			h.Platform = c.law.Model.Platforms[at.platform].Name
		}
		if h.Period.Hi == 0 || strings.HasPrefix(at.what, "leads") && 10*h.Runs < h.Of {
			continue
		}
		if when.money != 0 {
			h.What += ": " + results.Human(when.money/float64(h.Runs), "money")
		}
		list = append(list, h)
	}
	slices.SortFunc(list, func(a, b Happening) int {
		return cmp.Or(cmp.Compare(a.Period.Mean, b.Period.Mean), cmp.Compare(a.Platform, b.Platform), cmp.Compare(a.What, b.What))
	})
	return list
}

// dated are what the scenario itself puts on a date, as far as the horizon reaches.
func (c *Chronicle) dated() []Happening {
	m := c.law.Model
	var list []Happening
	add := func(platform, what string, period int) {
		if c.runs > 0 && period >= 1 && period <= m.Horizon.Periods {
			at := float64(period)
			list = append(list, Happening{Platform: platform, What: what, Period: results.Band{Mean: at, Lo: at, Hi: at, N: c.runs}, Runs: c.runs, Of: c.runs})
		}
	}
	for _, p := range m.Platforms {
		places := map[int][]string{}
		for _, region := range m.RegionNames() {
			if at, has := p.Launch[region]; has {
				places[at] = append(places[at], region)
			}
		}
		for at, regions := range places {
			add(p.Name, "is launched in "+counted(regions, "regions"), at)
		}
	}
	for _, s := range m.Shocks {
		what := "shock " + s.Name
		if s.Platform != "" {
			what += " (" + s.Platform + ")"
		}
		if s.Every > 0 {
			what += fmt.Sprintf(", every %d %ss", s.Every, m.Horizon.Unit)
		}
		add("", what, s.At)
		if end := s.At + s.For; s.For > 0 && s.Every == 0 {
			passes := "shock " + s.Name + " is over"
			if s.HalfLife > 0 {
				passes = "shock " + s.Name + " begins to fade"
			}
			add("", passes, end)
		}
	}
	for i := range m.Regulations {
		g := &m.Regulations[i]
		begins, ends := "regulation ", "regulation "+g.Name+" is over"
		if g.Platform != "" {
			begins, ends = "comes under regulation ", "is free of regulation "+g.Name
		}
		add(g.Platform, begins+g.Name+": "+imposed(g), g.From)
		if g.Until > 0 {
			add(g.Platform, ends, g.Until+1)
		}
	}
	for i := range m.Policies {
		if o := &m.Policies[i]; o.Instrument == models.Exclusivity {
			add(o.Platform, "begins to ask for exclusivity ("+o.Name+")", max(1, o.From))
		}
	}
	if e := m.Event; e != nil {
		add(e.Platform, HasEvent, e.Period)
	}
	return list
}

// imposed is what a regulation does, in words.
func imposed(g *models.Regulation) string {
	var words []string
	if g.Commission != nil {
		words = append(words, "take rates of at most "+results.Human(*g.Commission, "share"))
	}
	if g.Subsidy != nil {
		words = append(words, "subsidies of at most "+results.Human(g.Subsidy.Units(), "money"))
	}
	if len(g.Bans) > 0 {
		var names []string
		for _, ban := range g.Bans {
			names = append(names, string(ban))
		}
		words = append(words, "no "+strings.Join(names, ", no "))
	}
	if g.Members > 0 {
		words = append(words, "at most "+results.Human(float64(g.Members), "participants")+" members")
	}
	if g.Fine != (models.Fine{}) {
		words = append(words, "a fine")
	}
	return strings.Join(words, ", ")
}

// counted lists a few names, or says how many there are.
func counted(names []string, things string) string {
	const few = 3
	if len(names) > few {
		return fmt.Sprintf("%d %s", len(names), things)
	}
	return strings.Join(names, ", ")
}
