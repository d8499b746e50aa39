package models

import (
	"fmt"
	"math"
)

// Draw is how a taste that is kept for life is dealt out over the people of a group.
type Draw string

// The ways to deal out a taste: each person's by itself, which leaves a sampling error of
// one over the square root of the number of people, or one person in each of as many equal
// parts of the distribution, which leaves one over the number.
const (
	DrawRandom     Draw = "random"
	DrawStratified Draw = "stratified"
)

// Taste is how much the people of a segment differ in what each platform is worth to them:
// a normal amount of mean zero on top of Value, for each person and platform by itself, kept
// for life.
type Taste struct {
	SD   []float64 // by platform, money per period; nil: nobody differs
	Draw Draw      // empty: random
}

// Lasting is in what the people of a group differ for life.
type Lasting struct {
	SD        []float64 // standard deviation of a person's own taste by platform, money per period
	Draw      Draw      // of these tastes
	Transport float64   // cost of distance, money per period and unit line
	Locations []float64 // places of the platforms on the unit line
	Position  Draw      // of people's places on the unit line
	Quenched  bool      // the noise of every bundle is drawn once
	Scale     float64   // of the noise, quenched or not; 0: best reply
	Memory    *Memory   // of service; nil: nobody remembers
	Age       *Age      // hazards by time since joining; nil: nobody's
	Network   *Network  // who knows whom, where that makes a difference; nil: everybody sees the same market
}

// Tasteful tells whether people of the group have normal tastes of their own.
func (l *Lasting) Tasteful() bool {
	for _, sd := range l.SD {
		if sd != 0 {
			return true
		}
	}
	return false
}

// Names lists the keys of a scenario that make people differ for life; none where people are
// exchangeable.
func (l *Lasting) Names() []string {
	var names []string
	if l.Tasteful() {
		names = append(names, "taste")
	}
	if l.Transport != 0 {
		names = append(names, "transport")
	}
	if l.Quenched {
		names = append(names, "noise: {kind: quenched}")
	}
	if l.Memory != nil {
		names = append(names, "memory")
	}
	if l.Age != nil {
		names = append(names, "life.age")
	}
	if l.Network != nil {
		names = append(names, "network "+l.Network.Name)
	}
	return names
}

// closeEnough is by how much classes may move a share before they no longer stand for tastes
// of each person's own; mostClasses is the most that are advised.
const (
	closeEnough = 0.002
	mostClasses = 500
)

// ClassesFor is the least number of classes of a normal value of a standard deviation that
// stands for tastes of each person's own: with it no logit share of a scale of noise (0: best
// reply) is off by more than one in five hundred. At most 500 are advised.
func ClassesFor(sd, scale float64) int {
	if sd == 0 {
		return 1
	}
	share := func(mean float64, classes int) float64 {
		var sum float64
		for c := range classes {
			sum += 1 / (1 + math.Exp(-(mean+Value{SD: sd, Classes: classes}.class(c))/math.Max(scale, 1e-6*sd)))
		}
		return sum / float64(classes)
	}
	const means = 16 // from the middle of the distribution, where shares are even, to its end
	var exact [means]float64
	for i := range exact {
		exact[i] = share(4*sd*float64(i)/means, 20*mostClasses)
	}
	for n := 2; n < mostClasses; n = n*5/4 + 1 {
		far := 0.0
		for i := range exact {
			far = math.Max(far, math.Abs(share(4*sd*float64(i)/means, n)-exact[i]))
		}
		if far <= closeEnough {
			return n
		}
	}
	return mostClasses
}

// checkTaste looks at what people of a segment keep for life.
func (m *Model) checkTaste(path string, s *Segment, faults *Faults) {
	for k, sd := range s.Taste.SD {
		at := fmt.Sprintf("%s.taste.sd[%d]", path, k)
		if !(sd >= 0) {
			faults.add(at, "give 0 or more", "a standard deviation cannot be negative, as %g is", sd)
			continue
		}
		checkWorth(at, sd, faults)
	}
	if n := len(s.Taste.SD); n != 0 && n != len(m.Platforms) {
		faults.add(path+".taste.sd", "give one number for all platforms, or one for each", "%d values for %d platforms", n, len(m.Platforms))
	}
	for _, d := range []struct {
		path string
		draw Draw
	}{{".taste.draw", s.Taste.Draw}, {".position", s.Position}} {
		switch d.draw {
		case "", DrawRandom, DrawStratified:
		default:
			faults.unknown(path+d.path, "draw", string(d.draw), []string{string(DrawRandom), string(DrawStratified)})
		}
	}
}
