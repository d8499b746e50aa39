package plan

import (
	"fmt"
	"math"
	"math/big"
	"sort"
	"time"
)

// Schedule answers when each request of a curve is due.
//
// Let A(t) be the area under the curve from its beginning to t, in starts.
// Request n (n = 0, 1, 2, …) owns the unit of area from n to n+1 and is due
// where that unit begins: at the last instant t with A(t) = n. So request 0 is
// due at once when the curve begins above zero, a stretch of rate zero sends
// nothing, and a curve of 1,000/s makes requests due at 0 ms, 1 ms, 2 ms …. Only
// whole units count: Total is the largest integer not above the whole area,
// computed in exact rational arithmetic, without a tolerance.
//
// On a straight line from rate a to rate b over a time D the area after x is
// a·x + (b−a)·x²/(2D); its inverse is taken in the form
// x = 2y / (a + √(a² + 2y(b−a)/D)), which does not cancel when b is near a
// (Press et al., Numerical Recipes, "Quadratic and Cubic Equations"). Each line
// keeps the whole starts before it as an integer and the rest as a fraction, so
// request 10⁹ is placed as finely as request 0.
//
// Where starts come by a Poisson process, request n begins not at n but at the n-th
// point of a process of rate 1 along the axis of area (Çinlar 1975, Introduction to
// Stochastic Processes, on changing the clock of a Poisson process): see poisson. A
// Schedule is immutable.
type Schedule struct {
	lines  []placed
	total  int64
	length time.Duration
	whole  mark
	points *poisson // nil where starts are evenly spaced
}

// mark is an exact place on the axis of area: whole starts and a fraction below 1.
type mark struct {
	whole int64
	part  float64
}

type placed struct {
	begin    time.Duration
	span     time.Duration
	from, to float64 // starts per second
	before   mark    // area where the line begins
	area     float64 // starts under the line

	stamps []time.Duration // from its beginning, instead of rates
	each   float64
}

// Schedule compiles the curve; its error is the Faults of Curve.Validate.
func (c Curve) Schedule() (*Schedule, error) {
	if err := c.Validate().Err(); err != nil {
		return nil, err
	}
	s := &Schedule{}
	sum := new(big.Rat)
	for _, l := range c.lines() {
		area := l.area()
		inside, _ := area.Float64()
		s.lines = append(s.lines, placed{
			begin: s.length, span: l.span,
			from: l.from.PerSecond(), to: l.to.PerSecond(),
			before: markOf(sum), area: inside, stamps: l.stamps, each: l.each,
		})
		s.length += l.span
		sum.Add(sum, area)
	}
	s.whole = markOf(sum)
	s.total = s.whole.whole
	return s, nil
}

func markOf(r *big.Rat) mark {
	whole, rest := new(big.Int).QuoRem(r.Num(), r.Denom(), new(big.Int))
	part, _ := new(big.Rat).SetFrac(rest, r.Denom()).Float64()
	return mark{whole.Int64(), part}
}

func (m mark) beyond(o mark) bool { return m.whole > o.whole || m.whole == o.whole && m.part > o.part }

// Total is the number of requests due under the whole curve.
func (s *Schedule) Total() int64 { return s.total }

// Length is the time the curve takes.
func (s *Schedule) Length() time.Duration { return s.length }

// Rate is the rate at an instant, in starts per second; it is 0 before the
// beginning and after the end, and at a jump it is the rate after the jump. In a
// replay it is what becomes due in the second that begins there.
func (s *Schedule) Rate(t time.Duration) float64 {
	if t < 0 || t >= s.length {
		return 0
	}
	l := s.lineAt(t)
	if l.stamps != nil {
		return l.each * float64(l.earlier(t-l.begin+time.Second)-l.earlier(t-l.begin))
	}
	return l.from + (l.to-l.from)*float64(t-l.begin)/float64(l.span)
}

// earlier is how many of the line's stamps come before an instant from its beginning.
func (l *placed) earlier(t time.Duration) int {
	return sort.Search(len(l.stamps), func(i int) bool { return l.stamps[i] >= t })
}

// Highest is the highest rate of the curve, in starts per second.
func (s *Schedule) Highest() float64 {
	var most float64
	for _, l := range s.lines {
		most = max(most, l.from, l.to)
		for i, stamp := range l.stamps {
			most = max(most, l.each*float64(l.earlier(stamp+time.Second)-i))
		}
	}
	return most
}

// Area is the number of starts under the curve from its beginning to t, as a
// float64: 0 before the beginning, the whole area after the end.
func (s *Schedule) Area(t time.Duration) float64 {
	whole, part := s.area(t)
	return float64(whole) + part
}

// area splits the area into whole starts and a remainder, so that it can be
// compared with a request's number at any size.
func (s *Schedule) area(t time.Duration) (whole int64, part float64) {
	if t < 0 {
		return 0, 0
	}
	if t >= s.length {
		return s.whole.whole, s.whole.part
	}
	l := s.lineAt(t)
	if l.stamps != nil {
		return l.before.whole, l.before.part + l.each*float64(l.earlier(t-l.begin+1))
	}
	x, d := (t - l.begin).Seconds(), l.span.Seconds()
	return l.before.whole, l.before.part + x*(l.from+(l.to-l.from)*x/(2*d))
}

func (s *Schedule) lineAt(t time.Duration) *placed {
	i := sort.Search(len(s.lines), func(i int) bool { return s.lines[i].begin > t })
	return &s.lines[i-1]
}

// Due is the instant, from the beginning of the curve and to the nanosecond, at
// which request n is due; n counts from 0 and must be below Total. It never
// decreases with n.
func (s *Schedule) Due(n int64) time.Duration {
	if n < 0 || n >= s.total {
		panic(fmt.Sprintf("bug: request %d asked of a schedule of %d", n, s.total))
	}
	if s.points != nil {
		return s.at(s.points.point(n))
	}
	return s.at(mark{whole: n})
}

// at is the last instant at which the area is no more than a mark.
func (s *Schedule) at(m mark) time.Duration {
	i := sort.Search(len(s.lines), func(i int) bool { return s.after(i).beyond(m) })
	l := &s.lines[i]
	y := float64(m.whole-l.before.whole) + (m.part - l.before.part)
	if l.stamps != nil {
		return l.begin + l.stamps[min(max(int(y/l.each), 0), len(l.stamps)-1)]
	}
	if y <= 0 {
		return l.begin
	}
	d := l.span.Seconds()
	root := math.Sqrt(math.Max(0, l.from*l.from+2*y*(l.to-l.from)/d))
	x := time.Duration(math.Round(2 * y / (l.from + root) * 1e9))
	return l.begin + min(max(x, 0), l.span)
}

func (s *Schedule) after(i int) mark {
	if i+1 < len(s.lines) {
		return s.lines[i+1].before
	}
	return s.whole
}

// DueBy is the number of requests due at or before an instant.
func (s *Schedule) DueBy(t time.Duration) int64 {
	if t < 0 {
		return 0
	}
	return int64(sort.Search(int(s.total), func(n int) bool { return s.Due(int64(n)) > t }))
}
