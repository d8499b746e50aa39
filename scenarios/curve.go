package scenarios

import (
	"bytes"

	"flywheel/loadtest/plan"
)

func (b planner) curve(n *node) plan.Curve {
	var c plan.Curve
	for _, segment := range items(n) {
		c = append(c, b.segment(segment))
	}
	return c
}

func (b planner) segment(n *node) plan.Segment {
	switch {
	case n.get("hold") != nil || n.get("for") != nil:
		return plan.HoldFor(startRate(n.get("hold")), span(n.get("for")))
	case n.get("ramp") != nil:
		ramp := n.get("ramp")
		return plan.RampOver(startRate(ramp.get("from")), startRate(ramp.get("to")), span(ramp.get("over")))
	case n.get("steps") != nil || n.get("each") != nil:
		var rates []plan.Rate
		for _, rate := range items(n.get("steps")) {
			rates = append(rates, startRate(rate))
		}
		return plan.StepsOf(span(n.get("each")), rates...)
	case n.get("sine") != nil:
		s := n.get("sine")
		return plan.Segment{Sine: &plan.Sine{Mean: startRate(s.get("mean")), Swing: startRate(s.get("swing")), Period: span(s.get("period")), Over: span(s.get("over"))}}
	case n.get("spike") != nil:
		s := n.get("spike")
		return plan.Segment{Spike: &plan.Spike{
			Base: startRate(s.get("base")), Peak: startRate(s.get("peak")), At: span(s.get("at")),
			Rise: span(s.get("rise")), Hold: span(s.get("hold")), Fall: span(s.get("fall")), Over: span(s.get("over")),
		}}
	case n.get("replay") != nil:
		return plan.Segment{Replay: b.replay(n.get("replay"))}
	case n.get("sum") != nil:
		curves := []plan.Curve{} // not nil: an empty list is still one
		for _, c := range items(n.get("sum")) {
			curves = append(curves, b.curve(c))
		}
		return plan.Segment{Sum: curves}
	case n.get("product") != nil:
		p := &plan.Product{Of: b.curve(n.get("product").get("of"))}
		for _, factor := range items(n.get("product").get("by")) {
			f := plan.Factor{}
			if factor.kind == list {
				f.At, f.Times = span(factor.items[0]), number(factor.items[1])
			}
			p.By = append(p.By, f)
		}
		return plan.Segment{Product: p}
	}
	points := []plan.Point{} // not nil: an empty list of points is still one
	for _, point := range items(n.get("points")) {
		p := plan.Point{}
		if point.kind == list {
			p.At, p.Rate = span(point.items[0]), startRate(point.items[1])
		}
		points = append(points, p)
	}
	return plan.Through(points...)
}

func (b planner) replay(n *node) *plan.Replay {
	p := &plan.Replay{File: textOf(n.get("file"))}
	if text, ok := b.beside(n.get("file")); ok {
		read, err := plan.ReadStamps(p.File, bytes.NewReader(text))
		b.within(n.get("file"), err)
		b.agrees(n, read.Sum)
		*p = read
	}
	p.Speed, p.Times = number(n.get("speed")), number(n.get("times"))
	for _, key := range []string{"speed", "times"} {
		atLeastOne(b.report, n.get(key), "a number above 0")
	}
	return p
}

func startRate(n *node) plan.Rate {
	rate, _ := plan.ParseRate(textOf(n))
	return rate
}
