package plan

import (
	"fmt"
	"math"
	"slices"
	"time"
)

// Sine swings around a mean: mean + swing·sin(2πt/period), beginning at the mean and
// rising. It is drawn as straight lines through SinePoints points in each period, so
// the rate is at most a ten-thousandth of the swing from the sine's, and the area of a
// whole period is exact.
type Sine struct {
	Mean, Swing Rate // the swing is no larger than the mean
	Period      time.Duration
	Over        time.Duration // how long it goes on
}

// SinePoints is how many straight lines a period of a sine is drawn with: the chord of
// an arc of 2π/n is at most (2π/n)²/8 from it, 1/10,000 at 224.
const SinePoints = 224

// Spike is a base that rises to a peak, stays there, and falls back.
type Spike struct {
	Base, Peak       Rate
	At               time.Duration // when it begins to rise
	Rise, Hold, Fall time.Duration // a time of 0 is a jump
	Over             time.Duration // the whole, with the base before and after
}

// Product is a curve times a factor that moves in straight lines, such as the growth
// of a year times the shape of a day. Where both move, their product is drawn as
// ProductLines straight lines between the points of either.
type Product struct {
	Of Curve
	By []Factor // the first at 0; after the last it stays
}

// ProductLines is how many straight lines a product is drawn with where both factors
// move: the parabola x² on [0, 1] is at most 1/(4·32²), a four-thousandth, from them.
const ProductLines = 32

// Factor is a factor at an instant.
type Factor struct {
	At    time.Duration
	Times float64 // not negative
}

func (s *Sine) lines() []line {
	at := func(t time.Duration) Rate {
		turn := math.Mod(t.Seconds()/s.Period.Seconds(), 1)
		swing := s.Swing.PerSecond() * math.Sin(2*math.Pi*turn)
		return PerSecond(rounded(max(0, s.Mean.PerSecond()+swing)))
	}
	var out []line
	var from time.Duration
	for i := int64(1); from < s.Over; i++ {
		whole, rest := i/SinePoints, i%SinePoints
		to := min(s.Over, time.Duration(whole)*s.Period+s.Period/SinePoints*time.Duration(rest)+s.Period%SinePoints*time.Duration(rest)/SinePoints)
		if to > from {
			out = append(out, line{span: to - from, from: at(from), to: at(to)})
			from = to
		}
	}
	return out
}

func (s *Spike) lines() []line {
	var out []line
	add := func(span time.Duration, from, to Rate) {
		if span > 0 {
			out = append(out, line{span: span, from: from, to: to})
		}
	}
	add(s.At, s.Base, s.Base)
	add(s.Rise, s.Base, s.Peak)
	add(s.Hold, s.Peak, s.Peak)
	add(s.Fall, s.Peak, s.Base)
	add(s.Over-s.At-s.Rise-s.Hold-s.Fall, s.Base, s.Base)
	return out
}

// rounded keeps twelve digits, so that a rate that was calculated is written and
// added in few. A rate below 1e-15/s makes less than a millionth of a start due in ten
// years, and is none.
func rounded(rate float64) float64 {
	if math.Abs(rate) < 1e-15 {
		return 0
	}
	scale := math.Pow(10, 12-math.Ceil(math.Log10(math.Abs(rate))))
	return math.Round(rate*scale) / scale
}

// reader reads a list of lines along a clock that never goes back.
type reader struct {
	lines []line
	begin time.Duration // of the first line left
}

// ends lists the instants at which one line ends.
func ends(lines []line) []time.Duration {
	var out []time.Duration
	var at time.Duration
	for _, l := range lines {
		at += l.span
		out = append(out, at)
	}
	return out
}

// between is the rate just after from and just before to, which lie in one line or
// after the last.
func (r *reader) between(from, to time.Duration) (first, last float64) {
	for len(r.lines) > 0 && r.begin+r.lines[0].span <= from {
		r.begin += r.lines[0].span
		r.lines = r.lines[1:]
	}
	if len(r.lines) == 0 {
		return 0, 0
	}
	l := r.lines[0]
	at := func(t time.Duration) float64 {
		a, b := l.from.PerSecond(), l.to.PerSecond()
		return a + (b-a)*float64(t-r.begin)/float64(l.span)
	}
	return at(from), at(to)
}

// sum adds curves that begin together; one that has ended adds nothing.
func sum(curves []Curve) []line {
	var cuts []time.Duration
	var readers []*reader
	for _, c := range curves {
		lines := c.lines()
		cuts = append(cuts, ends(lines)...)
		readers = append(readers, &reader{lines: lines})
	}
	slices.Sort(cuts)
	var out []line
	var from time.Duration
	for _, to := range slices.Compact(cuts) {
		var first, last float64
		for _, r := range readers {
			a, b := r.between(from, to)
			first, last = first+a, last+b
		}
		out = append(out, line{span: to - from, from: PerSecond(rounded(first)), to: PerSecond(rounded(last))})
		from = to
	}
	return out
}

func (p *Product) lines() []line {
	of := p.Of.lines()
	var by []line
	for i := 1; i < len(p.By); i++ {
		if span := p.By[i].At - p.By[i-1].At; span > 0 {
			by = append(by, line{span: span, from: PerSecond(p.By[i-1].Times), to: PerSecond(p.By[i].Times)})
		}
	}
	cuts := ends(of)
	length := cuts[len(cuts)-1]
	if rest := length - p.By[len(p.By)-1].At; rest > 0 {
		stays := PerSecond(p.By[len(p.By)-1].Times)
		by = append(by, line{span: rest, from: stays, to: stays})
	}
	for _, at := range ends(by) {
		if at < length {
			cuts = append(cuts, at)
		}
	}
	slices.Sort(cuts)
	left, right := &reader{lines: of}, &reader{lines: by}
	var out []line
	var from time.Duration
	for _, to := range slices.Compact(cuts) {
		a, b := left.between(from, to)
		c, d := right.between(from, to)
		parts := time.Duration(1)
		if a != b && c != d {
			parts = min(ProductLines, to-from)
		}
		at := func(i time.Duration) Rate {
			x := float64(i) / float64(parts)
			return PerSecond(rounded(max(0, (a+(b-a)*x)*(c+(d-c)*x))))
		}
		for i := range parts {
			begin, end := (to-from)/parts*i, (to-from)/parts*(i+1)
			if i == parts-1 {
				end = to - from
			}
			out = append(out, line{span: end - begin, from: at(i), to: at(i + 1)})
		}
		from = to
	}
	return out
}

func (s *Sine) validate(fs *Faults, path string) {
	s.Mean.validate(fs, path+".mean")
	s.Swing.validate(fs, path+".swing")
	positive(fs, path+".period", s.Period)
	positive(fs, path+".over", s.Over)
	if s.Swing.PerSecond() > s.Mean.PerSecond() {
		fs.add(path+".swing", "let it be no larger than the mean", "%v around %v makes a rate below zero", s.Swing, s.Mean)
	}
	if s.Period > 0 && s.Over/s.Period > maxLinear/SinePoints {
		fs.add(path+".over", "shorten it, or lengthen the period", "%v has more than %d periods of %v", s.Over, maxLinear/SinePoints, s.Period)
	}
}

func (s *Spike) validate(fs *Faults, path string) {
	s.Base.validate(fs, path+".base")
	s.Peak.validate(fs, path+".peak")
	for _, t := range []struct {
		key  string
		time time.Duration
	}{{".at", s.At}, {".rise", s.Rise}, {".hold", s.Hold}, {".fall", s.Fall}} {
		if t.time < 0 || t.time > MaxLength {
			fs.add(path+t.key, "write a time such as 10s", "%v is out of range", t.time)
			return
		}
	}
	positive(fs, path+".over", s.Over)
	if needs := s.At + s.Rise + s.Hold + s.Fall; needs > s.Over && s.Over > 0 {
		fs.add(path+".over", fmt.Sprintf("write %s or more", spanText(needs)), "%v is over before the spike is", s.Over)
	}
}

func (p *Product) validate(fs *Faults, path string, depth int) {
	p.Of.validateIn(fs, path+".of", depth+1)
	if len(p.By) == 0 {
		fs.add(path+".by", "write factors over time, such as [[0s, 1], [1h, 3]]", "there is no factor")
	}
	for i, f := range p.By {
		at := fmt.Sprintf("%s.by[%d]", path, i)
		switch {
		case !finite(f.Times) || f.Times < 0 || f.Times > MaxRate:
			fs.add(at, "write a number from 0 to 1000000000", "%v is no factor", f.Times)
		case i == 0 && f.At != 0:
			fs.add(at, "let the first factor be at 0s", "the first factor is at %v", f.At)
		case f.At < 0 || f.At > MaxLength:
			fs.add(at, "use a time between 0s and ten years", "the time %v is out of range", f.At)
		case i > 0 && f.At < p.By[i-1].At:
			fs.add(at, "put the factors in order of time", "its time %v is before that of the factor above it, %v", f.At, p.By[i-1].At)
		}
	}
}
