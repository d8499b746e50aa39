package models

import (
	"fmt"
	"slices"
)

// Entry says that a platform comes by chance: in each period after the first After, with the
// hazard of Base plus PerMargin times what its rivals earned in the period before less what they
// spent, over their GMV, as far as that is above zero.
type Entry struct {
	Base      float64 // per period
	PerMargin float64 // per period and unit of the margin
	After     int     // last period in which it cannot come
}

// Hazard is the hazard of entering in a period in which rivals have shown a margin.
func (e *Entry) Hazard(margin float64) float64 { return e.Base + e.PerMargin*max(0, margin) }

// Exit says when a platform gives up, as seen at the start of a period, no earlier than Grace
// periods after it came. Whoever used it uses it no more.
type Exit struct {
	Cash  *Money  // once it has less in the bank; nil: no rule
	Share float64 // once its memberships are a smaller share of those of all platforms
	Grace int
}

// Imitation says what a platform learns of a rival: a Share of what the rival is worth more
// to people than it is itself, and of what the rival gains by shocks, Lag periods later.
type Imitation struct {
	Rival string
	Share float64
	Lag   int
}

// Sites says that a platform stands for many small ones that share its people: how many there
// are, and how they come and go. Each costs the platform's fixed cost.
type Sites struct {
	Start   int64  // at period 0
	Opening string // formula: how many are expected to open in a period
	Closing string // formula: the probability that one closes in a period
	Capital Money  // that investors put in with each that opens
}

// Merger is the end of one platform in another at a date: its people, cash, capacity and
// policies become the other's, and whoever used both uses the one.
type Merger struct {
	Name      string
	From      string
	Into      string
	At        int     // period, 1 or more
	Saving    float64 // share of the fixed cost of From that is no longer needed
	Subsidies float64 // change of what policies of both offer: -1 for nothing, 0 for as much as before
}

// Siting is the formulas of a platform's sites, understood.
type Siting struct{ Opening, Closing *Formula }

// Standalone is what a platform is worth to the group by itself, its price left out.
func (l *Law) Standalone(group, platform int) float64 {
	g := &l.Groups[group]
	return g.value[platform] + g.money*l.Model.Platforms[platform].Price[l.Sides[g.Side]]
}

// Contested tells whether platforms come, go, merge, imitate each other or stand for many.
func (m *Model) Contested() bool {
	return len(m.Mergers) > 0 || slices.ContainsFunc(m.Platforms, func(p Platform) bool {
		return p.Entry != nil || p.Exit != nil || p.Imitates != nil || p.Sites != nil
	})
}

// Unsettled tells whether platforms come by chance, may give up, or become part of others.
func (m *Model) Unsettled() bool {
	return len(m.Mergers) > 0 || slices.ContainsFunc(m.Platforms, func(p Platform) bool { return p.Entry != nil || p.Exit != nil })
}

// sitings understands the formulas of all sites; nil where no platform has any.
func (m *Model) sitings() []Siting {
	var list []Siting
	for k := range m.Platforms {
		if s := m.Platforms[k].Sites; s != nil {
			if list == nil {
				list = make([]Siting, len(m.Platforms))
			}
			list[k].Opening, _ = compileFormula(s.Opening, false)
			list[k].Closing, _ = compileFormula(s.Closing, false)
		}
	}
	return list
}

func (m *Model) checkRivals(faults *Faults) {
	names := m.platformNames()
	for i := range m.Platforms {
		p := &m.Platforms[i]
		path := fmt.Sprintf("platforms[%d]", i)
		if e := p.Entry; e != nil {
			checkRange(path+".entry.hazard", e.Base, 0, maxRate, faults)
			checkRange(path+".entry.per_margin", e.PerMargin, 0, maxWeight, faults)
			if e.After < 0 {
				faults.add(path+".entry.after", "give 0 or more periods", "%d periods cannot pass", e.After)
			}
			if p.Launch != nil {
				faults.add(path+".entry", "leave out launch, or entry", "comes by chance and at a date")
			}
			for j, s := range m.Segments {
				for _, b := range s.Start {
					if b.Homing.Has(i) && b.Share > 0 {
						faults.add(fmt.Sprintf("segments[%d].start.%s", j, b.Homing.Name(m.Platforms)), "let nobody start on it", "starts on %s, which is not there at the start", p.Name)
					}
				}
			}
		}
		if e := p.Exit; e != nil {
			checkRange(path+".exit.share_below", e.Share, 0, 1, faults)
			if e.Cash == nil && e.Share == 0 {
				faults.add(path+".exit", "give cash_below or share_below", "never gives up")
			}
			if e.Cash != nil && !(abs(e.Cash.Units()) <= MaxMoney) {
				faults.add(path+".exit.cash_below", fmt.Sprintf("give an amount of at most %g", float64(MaxMoney)), "%g is out of range", e.Cash.Units())
			}
		}
		if im := p.Imitates; im != nil {
			switch {
			case !slices.Contains(names, im.Rival):
				faults.unknown(path+".imitates.rival", "platform", im.Rival, names)
			case im.Rival == p.Name:
				faults.add(path+".imitates.rival", "name another platform", "%s is no rival of itself", p.Name)
			}
			checkRange(path+".imitates.share", im.Share, 0, 1, faults)
		}
		if s := p.Sites; s != nil {
			if s.Start < 0 {
				faults.add(path+".sites.start", "give 0 or more", "there cannot be %d", s.Start)
			}
			checkMoney(path+".sites.capital", s.Capital, faults)
			for _, formula := range []struct{ key, text string }{{"opening", s.Opening}, {"closing", s.Closing}} {
				understood, fault := compileFormula(formula.text, false)
				if fault != nil {
					fault.report(path+".sites."+formula.key, faults)
				}
				if understood.names(Variables()[SeeGrowth].Name) {
					faults.add(path+".sites."+formula.key, "use joins - leaves, of the period before", "sites open and close before growth is looked ahead to")
				}
			}
		}
	}
	m.checkMergers(faults)
}

// becomes tells whether a platform is, or becomes by mergers, another.
func (m *Model) becomes(platform, other string) bool {
	for i := range m.Mergers {
		if platform != other && m.Mergers[i].From == platform {
			platform = m.Mergers[i].Into
		}
	}
	return platform == other
}

func (m *Model) checkMergers(faults *Faults) {
	var before, gone []string
	for i := range m.Mergers {
		x := &m.Mergers[i]
		path := fmt.Sprintf("mergers[%d]", i)
		checkName(path, x.Name, before, faults)
		before = append(before, x.Name)
		for _, end := range []struct{ key, name string }{{"from", x.From}, {"into", x.Into}} {
			switch names := m.platformNames(); {
			case !slices.Contains(names, end.name):
				faults.unknown(path+"."+end.key, "platform", end.name, names)
			case slices.Contains(gone, end.name):
				faults.add(path+"."+end.key, "name the platform that it became part of", "%s is part of another by an earlier merger", end.name)
			}
		}
		if x.From == x.Into && x.From != "" {
			faults.add(path+".into", "name another platform", "%s cannot become part of itself", x.From)
		}
		gone = append(gone, x.From)
		if i > 0 && x.At < m.Mergers[i-1].At {
			faults.add(path+".at", "write mergers in the order of their dates", "comes before the one above it")
		}
		m.checkPeriod(path+".at", x.At, 1, faults)
		checkRange(path+".saving", x.Saving, 0, 1, faults)
		checkRange(path+".subsidies", 1+x.Subsidies, 0, maxRate, faults)
	}
}

// Transferred is where one of a standing stands after a platform has become part of another, or,
// with into below 0, has given up: it stands to the other as to the one it stood closer to, and
// has left a platform that is gone. Nobody chooses anything.
func (s *Standings) Transferred(at Standing, from, into int, life bool) Standing {
	base, relations := s.using+1, at%s.relations
	if s.Moods > 0 {
		base = lapsedDigit + 1
	}
	digit := func(k int) Standing { return relations / s.places[1<<k] % base }
	was := digit(from)
	to := at - was*s.places[1<<from]
	if into < 0 {
		switch {
		case !s.Used[at].Has(from):
			return at
		case life:
			to += lapsedDigit * s.places[1<<from]
		default:
			to += awareDigit * s.places[1<<from]
		}
	} else if is := digit(into); closer(was) > closer(is) {
		to += (was - is) * s.places[1<<into]
	}
	if s.Used[to%s.relations] == 0 {
		return to % s.relations // who uses nothing has no mood
	}
	return to
}

// closer orders the digits of relations by how close they are: whoever has left a platform knows
// it better than those who have only heard of it. In base three, using is the highest anyway.
func closer(digit Standing) int { return [...]int{0, 1, 3, 4, 2}[digit] }
