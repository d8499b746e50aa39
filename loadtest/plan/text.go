package plan

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Text writes a sound plan as a file in the form that people write plans in, with
// every default in its place. Reading it gives the same due times, requests and
// verdicts again, and equal plans give equal bytes.
func (p Plan) Text() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "target: %s\ncurve:\n", quoted(p.Target))
	for _, s := range p.Curve {
		fmt.Fprintf(&b, "  - %s\n", s.text())
	}
	if p.Arrivals == Poisson {
		fmt.Fprintf(&b, "arrivals: %s\n", p.Arrivals)
	}
	p.Wire.write(&b)
	if len(p.Feeders) > 0 {
		b.WriteString("feeders:\n")
		for _, f := range p.Feeders {
			f.write(&b)
		}
	}
	if p.Auth != (Auth{}) {
		fmt.Fprintf(&b, "auth: %s\n", p.Auth.text())
	}
	b.WriteString("journeys:\n")
	for _, j := range p.Journeys {
		fmt.Fprintf(&b, "  - name: %s\n    weight: %d\n    steps:\n", quoted(j.Label()), j.weight())
		for _, s := range j.Steps {
			s.write(&b)
		}
	}
	if p.WarmUp > 0 {
		fmt.Fprintf(&b, "warm_up: %s\n", spanText(p.WarmUp))
	}
	b.WriteString("thresholds:")
	if len(p.Thresholds) == 0 {
		b.WriteString(" []")
	}
	b.WriteString("\n")
	for _, t := range p.Thresholds {
		fmt.Fprintf(&b, "  - %s\n", quoted(t.Expression))
	}
	l := p.Limits.Filled()
	fmt.Fprintf(&b, "limits:\n  workers: %d\n  connections: %d\n  timeout: %s\n", l.Workers, l.Connections, spanText(l.Timeout))
	if l.Rate.Count > 0 {
		fmt.Fprintf(&b, "  rate: %s\n", l.Rate)
	}
	fmt.Fprintf(&b, "  abort: %s\n", quoted(l.Abort.String()))
	hosts := make([]string, len(l.Hosts))
	for i, h := range l.Hosts {
		hosts[i] = quoted(h)
	}
	fmt.Fprintf(&b, "  hosts: [%s]\n", strings.Join(hosts, ", "))
	return b.Bytes()
}

func (s Segment) text() string {
	var b strings.Builder
	switch {
	case s.Hold != nil:
		fmt.Fprintf(&b, "{hold: %s, for: %s}", s.Hold.Rate, spanText(s.Hold.For))
	case s.Ramp != nil:
		fmt.Fprintf(&b, "{ramp: {from: %s, to: %s, over: %s}}", s.Ramp.From, s.Ramp.To, spanText(s.Ramp.Over))
	case s.Steps != nil:
		rates := make([]string, len(s.Steps.Rates))
		for i, r := range s.Steps.Rates {
			rates[i] = r.String()
		}
		fmt.Fprintf(&b, "{steps: [%s], each: %s}", strings.Join(rates, ", "), spanText(s.Steps.Each))
	case s.Sine != nil:
		fmt.Fprintf(&b, "{sine: {mean: %s, swing: %s, period: %s, over: %s}}", s.Sine.Mean, s.Sine.Swing, spanText(s.Sine.Period), spanText(s.Sine.Over))
	case s.Spike != nil:
		fmt.Fprintf(&b, "{spike: {base: %s, peak: %s, at: %s, rise: %s, hold: %s, fall: %s, over: %s}}", s.Spike.Base, s.Spike.Peak,
			spanText(s.Spike.At), spanText(s.Spike.Rise), spanText(s.Spike.Hold), spanText(s.Spike.Fall), spanText(s.Spike.Over))
	case s.Replay != nil:
		fmt.Fprintf(&b, "{replay: {file: %s, sha256: %s, speed: %v, times: %v}}", quoted(s.Replay.File), quoted(s.Replay.Sum), s.Replay.faster(), s.Replay.each())
	case s.Sum != nil:
		parts := make([]string, len(s.Sum))
		for i, c := range s.Sum {
			parts[i] = c.text()
		}
		fmt.Fprintf(&b, "{sum: [%s]}", strings.Join(parts, ", "))
	case s.Product != nil:
		factors := make([]string, len(s.Product.By))
		for i, f := range s.Product.By {
			factors[i] = fmt.Sprintf("[%s, %v]", spanText(f.At), f.Times)
		}
		fmt.Fprintf(&b, "{product: {of: %s, by: [%s]}}", s.Product.Of.text(), strings.Join(factors, ", "))
	default:
		points := make([]string, len(s.Points))
		for i, p := range s.Points {
			points[i] = fmt.Sprintf("[%s, %s]", spanText(p.At), p.Rate)
		}
		fmt.Fprintf(&b, "{points: [%s]}", strings.Join(points, ", "))
	}
	return b.String()
}

func (c Curve) text() string {
	parts := make([]string, len(c))
	for i, s := range c {
		parts[i] = s.text()
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

func (s Step) write(b *bytes.Buffer) {
	fmt.Fprintf(b, "      - name: %s\n        %s: %s\n", quoted(s.Label()), strings.ToLower(s.Method()), quoted(s.Path()))
	mapping(b, "headers", s.Headers)
	if s.Auth != (Auth{}) {
		fmt.Fprintf(b, "        auth: %s\n", s.Auth.text())
	}
	switch {
	case s.JSON != nil:
		fmt.Fprintf(b, "        json: %s\n", jsonText(s.JSON))
	case len(s.Form) > 0:
		mapping(b, "form", s.Form)
	case len(s.Multipart) > 0:
		b.WriteString("        multipart:\n")
		for _, p := range s.Multipart {
			if p.File == "" {
				fmt.Fprintf(b, "          - {name: %s, text: %s}\n", quoted(p.Name), quoted(p.Text))
				continue
			}
			fmt.Fprintf(b, "          - {name: %s, file: %s, sha256: %s", quoted(p.Name), quoted(p.File), quoted(p.Sum()))
			if p.Type != "" {
				fmt.Fprintf(b, ", type: %s", quoted(p.Type))
			}
			b.WriteString("}\n")
		}
	case s.Body != "":
		fmt.Fprintf(b, "        body: %s\n", quoted(s.Body))
	}
	if e := s.Expect; e.Status != 0 || len(e.Contains) > 0 || len(e.JSON) > 0 {
		b.WriteString("        expect:\n")
		if e.Status != 0 {
			fmt.Fprintf(b, "          status: %d\n", e.Status)
		}
		if len(e.Contains) > 0 {
			fmt.Fprintf(b, "          contains: %s\n", jsonText(e.Contains))
		}
		if len(e.JSON) > 0 {
			fmt.Fprintf(b, "          json: %s\n", jsonText(e.JSON))
		}
	}
	mapping(b, "capture", s.Capture)
	if s.Wait != (Wait{}) {
		fmt.Fprintf(b, "        wait: %s\n", quoted(s.Wait.String()))
	}
}

// mapping writes the texts of a step by their names, in the order of the alphabet.
func mapping(b *bytes.Buffer, key string, texts map[string]string) {
	if len(texts) == 0 {
		return
	}
	fmt.Fprintf(b, "        %s:\n", key)
	for _, name := range slices.Sorted(maps.Keys(texts)) {
		fmt.Fprintf(b, "          %s: %s\n", quoted(name), quoted(texts[name]))
	}
}

func (a Auth) text() string {
	if a.Bearer != "" {
		return fmt.Sprintf("{bearer: %s}", quoted(a.Bearer))
	}
	return fmt.Sprintf("{user: %s, password: %s}", quoted(a.User), quoted(a.Password))
}

func (f Feeder) write(b *bytes.Buffer) {
	fmt.Fprintf(b, "  - {name: %s, file: %s, order: %s, sha256: %s}\n", quoted(f.Name), quoted(f.File), f.Order, quoted(f.Sum))
}

// spanText writes a duration the way ParseDuration reads it.
func spanText(d time.Duration) string { return strings.Replace(d.String(), "µ", "u", 1) }

// quoted is a text as JSON writes it, which the form of a plan reads as well.
func quoted(text string) string { return jsonText(text) }

func jsonText(value any) string {
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		panic("bug: a value that JSON cannot write reached a file without validation: " + err.Error())
	}
	return strings.ReplaceAll(strings.TrimSuffix(b.String(), "\n"), "\x7f", `\u007f`) // JSON allows it bare
}
