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
			names = append(names, name)
		}
		fmt.Fprintf(page, "  order chain of %s: %s\n", p.Name, strings.Join(names, " > "))
	}
}
