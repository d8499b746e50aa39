package main

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"flywheel/models"
	"flywheel/results"
	"flywheel/sim"
	"flywheel/sim/study"
)

// links adds up, over the runs of the scenario itself, what the weakest stages of order chains
// lost. The zero value has no runs.
type links struct {
	runs   int
	broken map[string]*[models.MaxStages]linkLoss // by platform
}

// linkLoss is what one stage lost in the periods in which it was the weakest.
type linkLoss struct{ periods, orders, money float64 }

// add reads a run's timeline. Runs are of one law.
func (l *links) add(law *models.Law, timeline *results.Table) {
	if !slices.ContainsFunc(law.Model.Platforms, func(p models.Platform) bool { return p.Service != nil }) {
		return
	}
	if l.broken == nil {
		l.broken = map[string]*[models.MaxStages]linkLoss{}
	}
	l.runs++
	platform, side := timeline.Texts("platform"), timeline.Texts("side")
	segment, region := timeline.Texts("segment"), timeline.Texts("region")
	stage, orders, money := timeline.Numbers("weakest"), timeline.Numbers("weakest_lost"), timeline.Numbers("weakest_cost")
	for row, at := range stage {
		if !(at > 0) || side[row] != sim.Total || segment[row] != sim.Total || region[row] != sim.Total { // also where it does not apply
			continue
		}
		if l.broken[platform[row]] == nil {
			l.broken[platform[row]] = &[models.MaxStages]linkLoss{}
		}
		b := &l.broken[platform[row]][int(at)-1]
		b.periods++
		b.orders += orders[row]
		b.money += money[row]
	}
}

// weakest tells, for every platform with an order chain, the stage that lost most.
func (f *forecast) weakest(page *bytes.Buffer, v study.Variant) {
	if f.links.runs == 0 {
		return
	}
	horizon, runs := v.Law.Model.Horizon, float64(f.links.runs)
	for _, p := range v.Law.Model.Platforms {
		if p.Service == nil {
			continue
		}
		text := "weakest link of " + p.Name + ": none, its chain lost no order"
		if list := f.links.broken[p.Name]; list != nil {
			worst := 0
			for at := range list {
				if list[at].orders > list[worst].orders {
					worst = at
				}
			}
			b := list[worst]
			text = fmt.Sprintf("weakest link of %s: %s; it lost more than any other stage in %s of %s, together %s orders worth %s (means of replications)",
				p.Name, stageName(p.Service, worst), results.Human(b.periods/runs, "1"), several(horizon.Periods, horizon.Unit),
				results.Human(b.orders/runs, "orders"), results.Human(b.money/runs, "money"))
		}
		page.WriteString(fold(text, pageWidth) + "\n")
	}
	page.WriteString("\n")
}

// stageName is what a page calls a stage.
func stageName(s *models.Service, at int) string {
	if at < len(s.Stages) && s.Stages[at].Name != "" {
		return s.Stages[at].Name
	}
	return fmt.Sprintf("stage %d", at+1)
}

// chains lists the stages of every platform's order chain.
func chains(page *bytes.Buffer, law *models.Law) {
	for _, p := range law.Model.Platforms {
		if p.Service == nil {
			continue
		}
		var names []string
		for at, s := range p.Service.Stages {
			name := stageName(p.Service, at)
			if s.Drop > 0 {
				name += fmt.Sprintf(" (%s give up)", results.Human(s.Drop, "share"))
			}
			if s.Matching.Partial() {
				name += fmt.Sprintf(" (matched by %s)", s.Matching.Kind)
			}
			names = append(names, name)
		}
		fmt.Fprintf(page, "  order chain of %s: %s\n", p.Name, strings.Join(names, " > "))
	}
}

// moods prints what lateness does to how people feel, and what they say.
func moods(page *bytes.Buffer, law *models.Law) {
	for i := range law.Model.Segments {
		s := &law.Model.Segments[i]
		if s.Life == nil || s.Life.Mood == nil || s.Life.Mood.Late == 0 && s.Life.Mood.Voice == nil {
			continue
		}
		m := s.Life.Mood
		fmt.Fprintf(page, "  moods of %s: %s of reviews are bad", s.Name, results.Human(m.Bad, "share"))
		if m.Late > 0 {
			fmt.Fprintf(page, ", plus %s of the share of orders late beyond %s", results.Human(m.Late, "share"), results.Human(m.Bearable, "share"))
		}
		if m.Voice != nil {
			fmt.Fprintf(page, "; a user brings others, from the worst mood to the best, times %s", strings.Trim(fmt.Sprint(m.Voice), "[]"))
		}
		fmt.Fprintln(page)
	}
}

// tops prints who the best of the people are that policies are aimed at.
func tops(page *bytes.Buffer, law *models.Law) {
	for i := range law.Model.Policies {
		p := &law.Model.Policies[i]
		if p.Target.Top == 0 {
			continue
		}
		sum := func(groups []int) (people, weight float64) {
			for _, g := range groups {
				n := float64(law.Groups[g].Size)
				people += n
				weight += n * law.Groups[g].Weight(law.Model.Horizon)
			}
			return people, weight
		}
		everybody := p.Target
		everybody.Top = 0
		people, weight := sum(law.Covered(p.Target))
		all, of := sum(law.Covered(everybody))
		fmt.Fprintf(page, "  policy %s: the best %s of %s people, with %s of what all of them bring\n",
			p.Name, results.Human(people, "people"), results.Human(all, "people"), results.Human(weight/of, "share"))
	}
}
