package scenarios

import "flywheel/sim/study"

// The functions of expectations:
//
//	function = "log" "(" term ")"
//	         | ( "sum" | "mean" | "max" | "min" | "when" ) "(" quantity window ")"
//	         | "elasticity" "(" quantity "," quantity window ")"
//	         | ( "mape" | "worst" | "furthest" | "inside" ) "(" quantity [ "," "fitted" ] ")"
//	         | ( "done" "(" time ")" | "peak" "(" ")" | "likeness" "(" profile ")" ) [ "in" variant ]
//	window   = "from" period "to" period

// isFunction tells whether a word begins one.
func isFunction(word string) bool {
	w := study.Work(word)
	return w == study.WorkLog || w.Windowed() || w.Scored() || w.Daily()
}

// function reads one function with its arguments.
func (p *claimParser) function() study.Term {
	name := p.next()
	t := study.Term{Work: study.Work(name.text)}
	if paren := p.next(); paren.text != "(" {
		p.fail(paren, "write "+name.text+"(...)", "%s stands where ( belongs", shown(paren))
		return t
	}
	switch {
	case t.Work == study.WorkLog:
		t.Args = []study.Term{p.term()}
		p.close()
	case t.Work.Windowed():
		p.window(&t)
		p.close()
	case t.Work.Scored():
		t.Args = []study.Term{{Factor: 1, Quantity: p.quantity()}}
		if p.peek().text == "," {
			p.next()
			if word := p.next(); word.text != "fitted" {
				p.fail(word, "write fitted, or close with )", "%s stands inside the parentheses", shown(word))
			}
			t.Fitted = true
		}
		p.close()
	default:
		p.day(&t)
	}
	return t
}

// window reads the quantities of a function and the periods that it looks at.
func (p *claimParser) window(t *study.Term) {
	count := 1
	if t.Work == study.WorkElasticity {
		count = 2
	}
	for i := range count {
		if i > 0 {
			if comma := p.next(); comma.text != "," {
				p.fail(comma, "name two quantities, apart by a comma", "%s stands where , belongs", shown(comma))
			}
		}
		if !p.broken {
			t.Args = append(t.Args, study.Term{Factor: 1, Quantity: p.quantity()})
		}
	}
	if p.broken {
		return
	}
	if from := p.next(); from.text != "from" {
		p.fail(from, "say over which periods, such as from 1 to 12", "%s stands where `from` belongs", shown(from))
		return
	}
	in := p.scopes[t.Args[0].Quantity.Variant]
	at := p.peek()
	t.From, _ = p.moment(in)
	if to := p.next(); to.text != "to" {
		p.fail(to, "say over which periods, such as from 1 to 12", "%s stands where `to` belongs", shown(to))
		return
	}
	_, last := p.moment(in)
	if t.From > last {
		p.add(at.at, "let it end where it begins or later", "ends before it begins")
	}
	for _, arg := range t.Args {
		arg.Quantity.Period = last
	}
}

// day reads what a function asks of an event's day.
func (p *claimParser) day(t *study.Term) {
	switch t.Work {
	case study.WorkDone:
		at := p.next()
		if _, problem, remedy := aTime.parse(at.text); problem != "" {
			p.fail(at, remedy, "%s", problem)
		}
		t.Factor = 3600 * hours(&node{kind: scalar, text: at.text})
	case study.WorkLikeness:
		at := p.next()
		weights, known := profiles()[at.text]
		if !known {
			p.fail(at, meant(at.text, profileNames()), "no profile is called %s", shown(at))
		}
		for _, w := range weights {
			t.Args = append(t.Args, study.Term{Factor: w})
		}
	}
	p.close()
	if p.broken || p.peek().text != "in" {
		return
	}
	p.next()
	name := p.next()
	if _, known := p.scopes[name.text]; !known || name.text == "" {
		p.add(name.at, meant(name.text, p.variants), "no variant is called %s", shown(name))
	}
	t.Variant = name.text
}
