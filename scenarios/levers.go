package scenarios

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"flywheel/sim/study"
)

// Lever is a number of a scenario that a page lets people move.
type Lever struct {
	Name  string
	About string      // may be empty
	Unit  string      // of the number, for people; may be empty
	Input study.Input // the path, and how far it may be moved
	Step  float64     // between neighbouring positions
	Value float64     // where it stands in the scenario
}

// aLever is what a scenario says of one.
func aLever() *record {
	return &record{name: "a lever", fields: []field{
		{key: "name", form: aText, required: "give it a name", about: "What it is called on the page."},
		{key: "path", form: aText, required: "name the number it moves, such as platforms.A.fee", about: "The number it moves, as --set addresses it."},
		{key: "from", form: aNumber, required: "write the lowest number", about: "Lowest number, in the unit of time that the number has in the file."},
		{key: "to", form: aNumber, required: "write the highest number", about: "Highest number."},
		{key: "step", form: aNumber, preset: "0", source: "a hundredth of the range", about: "Distance between neighbouring positions; 0 takes a hundredth of the range."},
		{key: "unit", form: aText, about: "Unit of the number, for people."},
		{key: "about", form: aText, about: "One sentence for people."},
	}}
}

// levers reads the levers that a scenario states; what cannot be moved is a problem. Levers of a
// scenario that another one extends, or that --set changes, give way instead: one that leads nowhere
// any more is left out, and one whose number has left its range has a wider one.
func (s *Scenario) levers(r *report) {
	all := s.tree.entry("levers")
	if all.value == nil {
		return
	}
	set := slices.ContainsFunc(r.files, func(file string) bool { return strings.HasPrefix(file, "--set") })
	kept := *all.value
	kept.items = nil
	for _, n := range items(all.value) {
		if n.kind != mapping || !n.get("path").intact() || !n.get("from").intact() || !n.get("to").intact() || !n.get("step").intact() {
			kept.items = append(kept.items, n)
			continue
		}
		own := !set && n.get("path").at.file == r.files[0]
		l := Lever{Name: textOf(n.get("name")), About: textOf(n.get("about")), Unit: textOf(n.get("unit")), Step: number(n.get("step")),
			Input: study.Input{Path: textOf(n.get("path")), Lo: number(n.get("from")), Hi: number(n.get("to"))}}
		value, suffix, problem := s.standing(l.Input.Path)
		outside := problem == "" && (value < l.Input.Lo || value > l.Input.Hi)
		switch {
		case problem != "" && !own:
			continue
		case problem != "":
			r.add(n.get("path").at, "name a number that the scenario has, such as platforms.A.fee", "%s", problem)
		case !(l.Input.Lo < l.Input.Hi):
			r.add(n.get("to").at, "let it end above where it begins", "%g to %g is no way to go", l.Input.Lo, l.Input.Hi)
		case l.Step < 0 || l.Step > l.Input.Hi-l.Input.Lo:
			r.add(n.get("step").at, "give a step that fits into the range, or leave it out", "a step of %g does not fit into %g to %g", l.Step, l.Input.Lo, l.Input.Hi)
		case outside && own:
			r.add(n.get("path").at, "widen the range", "%s is %g, outside %g to %g", l.Input.Path, value, l.Input.Lo, l.Input.Hi)
		default:
			if outside {
				n = widened(n, &l, value)
			}
			s.Levers = append(s.Levers, s.lever(l, value, suffix))
		}
		kept.items = append(kept.items, n)
	}
	s.tree = s.tree.with(entry{"levers", all.at, &kept})
}

// widened is a lever whose range reaches to a value outside it.
func widened(n *node, l *Lever, value float64) *node {
	end := "from"
	if value > l.Input.Hi {
		end, l.Input.Hi = "to", value
	} else {
		l.Input.Lo = value
	}
	e := n.entry(end)
	to := *e.value
	to.text = strconv.FormatFloat(value, 'g', -1, 64)
	return n.with(entry{end, e.at, &to})
}

// lever completes a lever that stands at a value.
func (s *Scenario) lever(l Lever, value float64, suffix string) Lever {
	l.Value, l.Input.Suffix = value, suffix
	if b, err := s.Builder("", l.Input.Path); err == nil {
		l.Input.Whole = b.whole(0)
	}
	if l.Step == 0 {
		l.Step = (l.Input.Hi - l.Input.Lo) / 100
		if l.Input.Whole {
			l.Step = math.Max(1, math.Round(l.Step))
		}
	}
	return l
}

// Number is the number that stands at a path, in the unit of time that it is written in.
func (s *Scenario) Number(path string) (float64, error) {
	value, _, problem := s.standing(path)
	if problem != "" {
		return 0, errors.New(problem)
	}
	return value, nil
}

// standing is the number at a path, with the unit of time written after it.
func (s *Scenario) standing(path string) (value float64, suffix, problem string) {
	n, left := find(s.tree, steps(path))
	if len(left) > 0 {
		return 0, "", fmt.Sprintf("%s leads nowhere", path)
	}
	text := textOf(n)
	digits := strings.LastIndexAny(text, "0123456789.") + 1
	value, err := strconv.ParseFloat(text[:digits], 64)
	if n.kind != scalar || err != nil {
		return 0, "", fmt.Sprintf("%s is no number", path)
	}
	return value, text[digits:], ""
}

// Offered are the levers that the scenario states, or else the numbers that strategists move first:
// each policy's amount, budget and length, and each platform's take rate.
func (s *Scenario) Offered() []Lever {
	if len(s.Levers) > 0 {
		return s.Levers
	}
	var list []Lever
	offer := func(name, unit, path string, step float64, most func(now float64) float64) {
		value, suffix, problem := s.standing(path)
		if problem != "" || math.IsInf(value, 0) || len(list) == mostLevers {
			return
		}
		if hi := most(value); hi > 0 {
			list = append(list, s.lever(Lever{Name: name, Unit: unit, Step: step, Input: study.Input{Path: path, Hi: hi}}, value, suffix))
		}
	}
	twice := func(now float64) float64 { return 2 * now }
	for _, p := range s.Model.Policies {
		at := "policies." + p.Name + "."
		for _, amount := range []string{"shape.constant", "shape.ramp.from", "shape.pulse.amount"} {
			offer(p.Name+": amount", "money per claim", at+amount, 0, twice)
		}
		offer(p.Name+": budget", "money", at+"budget", 0, twice)
	}
	for _, p := range s.Model.Platforms {
		offer("take rate of "+p.Name, "share of GMV", "platforms."+p.Name+".fee", 0.001, func(now float64) float64 { return math.Min(1, math.Max(0.3, 2*now)) })
	}
	return list
}

// mostLevers is how many a page offers by itself.
const mostLevers = 12
