package plan

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func mustSchedule(t require.TestingT, c Curve) *Schedule {
	s, err := c.Schedule()
	require.NoError(t, err)
	return s
}

func anyRate(t *rapid.T, label string) Rate {
	per := rapid.SampledFrom([]time.Duration{0, time.Second, time.Minute, time.Hour}).Draw(t, label+" per")
	return Rate{Count: rapid.SampledFrom([]float64{0, 0.1, 0.3, 1, 7, 49.5, 100, 1e4, 1e6}).Draw(t, label), Per: per}
}

func anySpan(t *rapid.T, label string) time.Duration {
	return time.Duration(rapid.Int64Range(1, int64(100*time.Hour)).Draw(t, label))
}

// anyCurve draws curves of every kind, with stretches of rate zero, jumps and
// ramps down to nothing.
func anyCurve(t *rapid.T) Curve { return anyCurveIn(t, 8) }

// anyCurveIn draws of the first kinds only.
func anyCurveIn(t *rapid.T, kinds int) Curve {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Segment {
		switch rapid.IntRange(0, kinds).Draw(t, "kind") {
		case 3:
			mean := anyRate(t, "mean")
			return Segment{Sine: &Sine{Mean: mean, Swing: mean.Scale(rapid.Float64Range(0, 1).Draw(t, "swing")), Period: anySpan(t, "period") + time.Hour, Over: anySpan(t, "over")}}
		case 4:
			s := &Spike{Base: anyRate(t, "base"), Peak: anyRate(t, "peak"), At: anySpan(t, "at"), Rise: anySpan(t, "rise"), Hold: anySpan(t, "hold")}
			s.Over = s.At + s.Rise + s.Hold + anySpan(t, "after")
			return Segment{Spike: s}
		case 5:
			return Segment{Sum: []Curve{anyCurveIn(t, 2), anyCurveIn(t, 3)}}
		case 6:
			at := anySpan(t, "at")
			return Segment{Product: &Product{Of: anyCurveIn(t, 2), By: []Factor{{0, 0.5}, {at, 2}, {at, 0}, {at + anySpan(t, "more"), rapid.Float64Range(0, 3).Draw(t, "times")}}}}
		case 7:
			stamps := rapid.SliceOfN(rapid.Map(rapid.Int64Range(0, int64(time.Hour)), func(n int64) time.Duration { return time.Duration(n) }), 1, 20).Draw(t, "stamps")
			slices.Sort(stamps)
			return Segment{Replay: &Replay{File: "log.csv", Stamps: append(stamps, time.Hour), Times: rapid.SampledFrom([]float64{0, 0.5, 1, 3}).Draw(t, "times"), Speed: rapid.SampledFrom([]float64{0, 1, 2.5}).Draw(t, "speed")}}
		case 0:
			return HoldFor(anyRate(t, "rate"), anySpan(t, "for"))
		case 1:
			return RampOver(anyRate(t, "from"), anyRate(t, "to"), anySpan(t, "over"))
		case 2:
			return StepsOf(anySpan(t, "each"), anyRate(t, "first"), anyRate(t, "second"), anyRate(t, "third"))
		default:
			at := anySpan(t, "middle")
			return Through(Point{0, anyRate(t, "r0")}, Point{at, anyRate(t, "r1")}, Point{at, anyRate(t, "r2")}, Point{at + anySpan(t, "last"), anyRate(t, "r3")})
		}
	}), 1, 5).Draw(t, "curve")
}

// The area and its inverse undo each other: at the instant where request n is
// due the area is n, up to the nanosecond to which instants are rounded.
func TestDueIsTheInverseOfTheArea(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := anyCurve(t)
		if c.Validate() != nil {
			t.Skip("the curve makes nothing due, or more than is allowed")
		}
		s := mustSchedule(t, c)
		n := rapid.Int64Range(0, s.Total()-1).Draw(t, "n")
		due := s.Due(n)
		require.GreaterOrEqual(t, due, time.Duration(0))
		require.LessOrEqual(t, due, s.Length())
		top := 0.0
		for _, l := range s.lines {
			top = max(top, l.from, l.to)
		}
		// One nanosecond at the highest rate, and the rounding of an area of this
		// size: 2^-50 of it is four units in the last place of a float64.
		slack := top*1e-9 + math.Ldexp(s.Area(s.Length()), -50)
		if stamped := s.lineAt(min(due, s.Length()-1)).stamps != nil || s.lineAt(max(due-1, 0)).stamps != nil; stamped { // the area jumps there
			require.GreaterOrEqual(t, s.Area(due)+slack, float64(n))
		} else {
			require.InDelta(t, float64(n), s.Area(due), slack)
		}

		if n+1 < s.Total() {
			require.GreaterOrEqual(t, s.Due(n+1), due, "due times never decrease")
		}
		require.GreaterOrEqual(t, s.DueBy(due), n+1)
		if due > 0 {
			require.LessOrEqual(t, s.DueBy(due-1), n)
		}
	})
}

// The other way round: the requests due before t are those whose unit of area
// began before t.
func TestAreaCountsTheRequestsDue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := anyCurve(t)
		if c.Validate() != nil {
			t.Skip("the curve makes nothing due, or more than is allowed")
		}
		s := mustSchedule(t, c)
		at := time.Duration(rapid.Int64Range(0, int64(s.Length())).Draw(t, "t"))
		n := s.DueBy(at)
		if n > 0 {
			require.LessOrEqual(t, float64(n-1), s.Area(at+1)*(1+1e-12)+1e-9)
		}
		if n < s.Total() {
			require.GreaterOrEqual(t, float64(n), s.Area(at-1)*(1-1e-12)-1e-9)
		}
	})
}

func TestTotalIsExact(t *testing.T) {
	for name, tc := range map[string]struct {
		curve Curve
		total int64 // by hand: the whole part of rate times time
	}{
		"three tenths for ten seconds":     {Curve{HoldFor(PerSecond(0.3), 10*time.Second)}, 3},      // 0.3·10 in float64 is 3 less a bit, exactly 2.9999999999999996
		"ten a minute for a minute":        {Curve{HoldFor(Rate{10, time.Minute}, time.Minute)}, 10}, // 1/6 has no float64
		"a third of a minute":              {Curve{HoldFor(Rate{1, time.Minute}, 3*time.Minute)}, 3},
		"a ramp from nothing":              {Curve{RampOver(PerSecond(0), PerSecond(100), 10*time.Second)}, 500}, // a triangle: 100·10/2
		"the halves of a start add up":     {Curve{HoldFor(PerSecond(0.5), time.Second), HoldFor(PerSecond(0.5), time.Second)}, 1},
		"a unit that is not whole is none": {Curve{HoldFor(PerSecond(1.999), time.Second)}, 1},
		"steps":                            {Curve{StepsOf(2*time.Second, PerSecond(10), PerSecond(20))}, 60},                                                       // 20 + 40
		"points":                           {Curve{Through(Point{0, PerSecond(10)}, Point{time.Second, PerSecond(30)}, Point{3 * time.Second, PerSecond(30)})}, 80}, // 20 + 60
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, tc.total, mustSchedule(t, tc.curve).Total())
		})
	}
}

func TestDueTimesByHand(t *testing.T) {
	// A hold: one request at the beginning of each millisecond.
	hold := mustSchedule(t, Curve{HoldFor(PerSecond(1000), 10*time.Second)})
	require.Equal(t, int64(10_000), hold.Total())
	require.Equal(t, time.Duration(0), hold.Due(0))
	require.Equal(t, 9999*time.Millisecond, hold.Due(9999))

	// A ramp from 0 to 2/s over 1 s has area t²; over 10 s with slope 2, request n is due at √n.
	ramp := mustSchedule(t, Curve{RampOver(PerSecond(0), PerSecond(20), 10*time.Second)})
	require.Equal(t, int64(100), ramp.Total())
	require.Equal(t, 5*time.Second, ramp.Due(25))
	require.Equal(t, 9*time.Second, ramp.Due(81))

	// A ramp down is the ramp up seen from its end: request 100−n is due √n before the end.
	down := mustSchedule(t, Curve{RampOver(PerSecond(20), PerSecond(0), 10*time.Second)})
	require.Equal(t, 9*time.Second, down.Due(99))
	require.Equal(t, 5*time.Second, down.Due(75))

	// Nothing is due while the rate is zero, and the next request waits for its end.
	gap := mustSchedule(t, Curve{HoldFor(PerSecond(0), 3*time.Second), HoldFor(PerSecond(10), time.Second), HoldFor(PerSecond(0), 10*time.Second), HoldFor(PerSecond(10), time.Second)})
	require.Equal(t, int64(20), gap.Total())
	require.Equal(t, 3*time.Second, gap.Due(0))
	require.Equal(t, 3900*time.Millisecond, gap.Due(9))
	require.Equal(t, 14*time.Second, gap.Due(10))
	require.Zero(t, gap.Rate(time.Second))
	require.Equal(t, 10.0, gap.Rate(3*time.Second))
	require.Zero(t, gap.Rate(15*time.Second), "the curve is over")
}

// A run of eleven days at 1,000/s keeps its spacing to the nanosecond.
func TestABillionRequestsKeepTheirSpacing(t *testing.T) {
	s := mustSchedule(t, Curve{HoldFor(PerSecond(0.5), time.Second), HoldFor(PerSecond(1000), 1_000_000*time.Second)})
	require.Equal(t, int64(1_000_000_000), s.Total())
	last := s.Due(999_999_999)
	// Half a start lies before the hold, so request n is due (n−0.5)/1000 s into it.
	require.InDelta(t, float64(time.Second+999_999_998_500*time.Microsecond), float64(last), 1)
	require.InDelta(t, float64(time.Millisecond), float64(last-s.Due(999_999_998)), 1)
}

func TestScaleAndSpeed(t *testing.T) {
	c := Curve{HoldFor(PerSecond(100), time.Minute), RampOver(PerSecond(100), PerSecond(0), time.Minute), StepsOf(time.Second, PerSecond(60)), Through(Point{0, PerSecond(1)}, Point{time.Minute, PerSecond(3)})}
	plain := mustSchedule(t, c) // 6000 + 3000 + 60 + 120
	require.Equal(t, int64(9180), plain.Total())

	scaled, err := c.Scale(1.15)
	require.NoError(t, err)
	require.Equal(t, int64(10557), mustSchedule(t, scaled).Total()) // 9180·1.15
	require.Equal(t, plain.Length(), mustSchedule(t, scaled).Length())
	require.Equal(t, 115.0, mustSchedule(t, scaled).Rate(0), "100·1.15 is 114.99999999999999 in float64")

	sped, err := c.Speed(60)
	require.NoError(t, err)
	require.Equal(t, int64(153), mustSchedule(t, sped).Total()) // 9180/60
	require.Equal(t, 100.0, mustSchedule(t, sped).Rate(0))
	require.InDelta(t, float64(plain.Length())/60, float64(mustSchedule(t, sped).Length()), 4, "four parts, each rounded to the nanosecond")

	for _, k := range []float64{0, -1, math.NaN(), math.Inf(1)} {
		_, err := c.Scale(k)
		require.Error(t, err)
		_, err = c.Speed(k)
		require.Error(t, err)
	}
	_, err = c.Speed(1e30)
	require.ErrorContains(t, err, "shorter than a nanosecond")
	require.Equal(t, int64(9180), mustSchedule(t, c).Total(), "the curve itself is left alone")
}

func BenchmarkDue(b *testing.B) {
	s := mustSchedule(b, Curve{RampOver(PerSecond(50), PerSecond(400), 2*time.Minute), HoldFor(PerSecond(400), time.Hour)})
	for i := range b.N {
		s.Due(int64(i) % s.Total())
	}
}
