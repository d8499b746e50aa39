package rehearsal

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"flywheel/loadtest"
	"flywheel/loadtest/plan"
	"flywheel/models"
	"flywheel/results"
)

// curve is a request curve of a minute: 10/s at the opening, 12/s at its peak, 4/s at the end.
func curve(t *testing.T) *results.Table {
	t.Helper()
	c := results.NewTable("curve", results.Schema{{Name: "t_s", Kind: results.Number}, {Name: "starts_per_s", Kind: results.Number}, {Name: "quantile", Kind: results.Number}})
	for _, p := range [][2]float64{{0, 10}, {20, 12}, {60, 4}} {
		require.NoError(t, c.Append(p[0], p[1], 0.95))
	}
	return c
}

func rehearsed(t *testing.T) Rehearsal {
	return Rehearsal{Event: &models.Event{Starts: 8}, Curve: curve(t), Today: time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC),
		Plan: plan.Plan{Target: "http://127.0.0.1:1", Journeys: []plan.Journey{{Steps: []plan.Step{{Get: "/"}}}}}}
}

// report is a press that breaks the first threshold, or none.
func report(broken bool) loadtest.Report {
	return loadtest.Report{Requests: loadtest.Requests{Due: 100, Sent: 100, OK: 90, Failed: 10}, Thresholds: []loadtest.Judgement{{Expression: "failed < 1%", Holds: !broken}}}
}

func TestThePeakIsTheBusiestMoment(t *testing.T) {
	p, err := PeakOf(curve(t))
	require.NoError(t, err)
	require.Equal(t, Peak{RPS: 12, Quantile: 0.95, At: 20}, p)
	_, err = PeakOf(nil)
	require.ErrorContains(t, err, "no event")
}

func TestATargetThatPassesIsNotSearched(t *testing.T) {
	f, err := Rehearse(t.Context(), rehearsed(t), Steps{
		Press: func(_ context.Context, p plan.Plan) (loadtest.Report, error) {
			schedule, err := p.Curve.Schedule()
			require.NoError(t, err)
			require.Equal(t, 12.0, schedule.Highest())
			require.Equal(t, time.Minute, schedule.Length())
			require.NotEmpty(t, p.Thresholds, "a plan without any gets the default ones")
			return report(false), nil
		},
		Cost: func(_ context.Context, d models.Deployment) ([]Shortfall, error) {
			require.Equal(t, models.Deployment{Limited: true, Capacity: 12}, d, "the rate that it was seen to carry, and no line in front of it")
			return []Shortfall{{What: "orders on the day", Difference: results.Difference{Pairs: 20}}}, nil
		},
	})
	require.NoError(t, err)
	require.True(t, f.Passed())
	require.Len(t, f.Cost, 1)
	require.Equal(t, 12.0, f.Priced.Capacity)
	require.Nil(t, f.Capacity)
	require.False(t, f.Measured.Limited)
	require.Equal(t, 1.0, f.Largest)
}

// A target of half the size, pressed twice as fast, turns out to carry between 2.5 and 3.5
// starts per second; the deployment it stands for carries twice that, half of the peak.
func TestAFailureIsMeasuredAndPriced(t *testing.T) {
	r := rehearsed(t)
	r.Speed, r.Scale = 2, 0.5
	lowest, highest, sure := 3.5, 2.5, 0.9
	f, err := Rehearse(t.Context(), r, Steps{
		Press: func(_ context.Context, p plan.Plan) (loadtest.Report, error) {
			schedule, err := p.Curve.Schedule()
			require.NoError(t, err)
			require.Equal(t, 6.0, schedule.Highest())
			require.Equal(t, 30*time.Second, schedule.Length())
			return report(true), nil
		},
		Search: func(context.Context, plan.Plan) (loadtest.Capacity, error) {
			return loadtest.Capacity{Highest: &highest, Lowest: &lowest, Confidence: &sure}, nil
		},
		Cost: func(_ context.Context, d models.Deployment) ([]Shortfall, error) {
			require.Equal(t, models.Deployment{Limited: true, Capacity: 6, Lo: 5, Hi: 7, Measured: "flywheel rehearse on 2026-11-20, interval with confidence 0.9"}, d)
			require.False(t, Enough(d).Limited)
			return []Shortfall{{What: "orders on the day", Metric: "orders", Platform: "A", Side: "*", Period: 3, Unit: "orders", Difference: results.Difference{Mean: -9, Lo: -10, Hi: -8, Shown: true, Pairs: 20}}}, nil
		},
	})
	require.NoError(t, err)
	require.False(t, f.Passed())
	require.Equal(t, 0.5, f.Largest)
	require.Equal(t, 12.0, f.Smallest)
	require.Len(t, f.Limits, 2, "what speed and scale leave out")
	require.Equal(t, `# The forecast of town on the capacity that its deployment was measured to have.
# Peak of the forecast: 12 journey starts per second at the quantile 0.95, 20 s after the opening.
# It carries 50% of that.
name: town-measured
extends: "./resolved.yaml"
event:
  deployment:
    capacity: 6/s
    interval: [5/s, 7/s]
    measured: "flywheel rehearse on 2026-11-20, interval with confidence 0.9"
`, string(Overlay("./resolved.yaml", "town", "", f)))
	table, err := ShortfallTable(f.Cost)
	require.NoError(t, err)
	require.NoError(t, table.Check())
	require.Equal(t, []float64{-9}, table.Numbers("mean"))
}

func TestWhatWasFoundComesBackWithAnError(t *testing.T) {
	broken := errors.New("gone")
	f, err := Rehearse(t.Context(), rehearsed(t), Steps{
		Press: func(context.Context, plan.Plan) (loadtest.Report, error) { return loadtest.Report{}, broken },
	})
	require.ErrorIs(t, err, broken)
	require.Equal(t, 12.0, f.Peak.RPS)
	ctx, stop := context.WithCancel(t.Context())
	f, err = Rehearse(ctx, rehearsed(t), Steps{
		Press: func(context.Context, plan.Plan) (loadtest.Report, error) { return report(true), nil },
		Search: func(context.Context, plan.Plan) (loadtest.Capacity, error) {
			stop()
			return loadtest.Capacity{}, broken
		},
	})
	require.ErrorIs(t, err, broken)
	require.False(t, f.Passed())
	f, err = Rehearse(t.Context(), rehearsed(t), Steps{
		Press: func(context.Context, plan.Plan) (loadtest.Report, error) { return report(true), nil },
		Search: func(context.Context, plan.Plan) (loadtest.Capacity, error) {
			return loadtest.Capacity{Why: "none passes"}, nil
		},
	})
	require.NoError(t, err)
	require.False(t, f.Measured.Limited)
	require.Contains(t, f.Limits[0], "none passes")
}

// Of a target that answers all, but late, people wait as long as their requests may: 20 s at 6
// starts per second and 8 starts for an order are 15 orders in line. One that fails a twentieth and
// answers the others within the 10 s that make an order late turns people away; where these wait 12 s,
// its line holds 9 orders, and no more than the 15 where they were not told in time. A scenario that has a line keeps its own.
func TestASlowTargetMakesPeopleWait(t *testing.T) {
	lowest, highest := 7.0, 5.0
	for name, c := range map[string]struct {
		failed int64
		p99    float64 // of the latency, in milliseconds
		room   float64
		want   float64
		said   string
	}{
		"slow":                       {0, 12_000, 0, 15, "refused next to nothing"},
		"refusing":                   {5, 9_999, 0, 0, ""},
		"refusing and slow":          {5, 12_000, 0, 9, "refused some and let others wait, so it is priced with a line of 12s"},
		"refusing those out of time": {5, 20_500, 0, 15, "a line of 20s"},
		"with a line of its own":     {0, 12_000, 40, 40, ""},
	} {
		r := rehearsed(t)
		r.Plan.Limits.Timeout = 20 * time.Second
		r.Event.Deployment = models.Deployment{Room: c.room, Patience: 120, Late: 10}
		pressed := report(true)
		pressed.Requests = loadtest.Requests{Due: 100, Sent: 100, OK: 100 - c.failed, Failed: c.failed}
		pressed.Latency.P99 = c.p99
		f, err := Rehearse(t.Context(), r, Steps{
			Press: func(context.Context, plan.Plan) (loadtest.Report, error) { return pressed, nil },
			Search: func(context.Context, plan.Plan) (loadtest.Capacity, error) {
				sure := 0.9
				return loadtest.Capacity{Highest: &highest, Lowest: &lowest, Confidence: &sure}, nil
			},
			Cost: func(context.Context, models.Deployment) ([]Shortfall, error) { return nil, nil },
		})
		require.NoError(t, err)
		require.InDelta(t, c.want, f.Priced.Room, 1e-9, name)
		require.Equal(t, c.want > 0, Enough(f.Priced).Limited, "%s: late orders are counted with enough capacity too", name)
		if c.said == "" {
			require.Empty(t, f.Limits, name)
		} else {
			require.Len(t, f.Limits, 1, name)
			require.Contains(t, f.Limits[0], c.said, name)
			require.Contains(t, f.Limits[0], "who waits for more than 10s is late", name)
		}
		overlay := string(Overlay("town", "town", "", f))
		if c.want == 0 {
			require.NotContains(t, overlay, "room", name)
			continue
		}
		require.Contains(t, overlay, "    room: "+number(c.want)+"\n", name)
	}
}

// A search that was given up says so, and what it did not find out is told no more narrowly than it
// is known: the rate that passed, and the peak, 12/s, that broke.
func TestASearchThatIsNotOverSaysSo(t *testing.T) {
	passed := 3.0
	for name, c := range map[string]struct {
		ending loadtest.Ending
		hi     float64
	}{"given up": {loadtest.OutOfPatience, 12}, "the highest that may be asked passes": {loadtest.AtCeiling, 6}} {
		r := rehearsed(t)
		r.Scale = 0.5
		f, err := Rehearse(t.Context(), r, Steps{
			Press: func(context.Context, plan.Plan) (loadtest.Report, error) { return report(true), nil },
			Search: func(context.Context, plan.Plan) (loadtest.Capacity, error) {
				found := loadtest.Capacity{Highest: &passed, Ending: c.ending, Why: "time is up"}
				if c.ending == loadtest.AtCeiling {
					found.Confidence = &passed
				}
				return found, nil
			},
			Cost: func(context.Context, models.Deployment) ([]Shortfall, error) { return nil, nil },
		})
		require.NoError(t, err)
		require.Equal(t, []float64{6, 6, c.hi}, []float64{f.Measured.Capacity, f.Measured.Lo, f.Measured.Hi}, name)
		require.Equal(t, c.ending == loadtest.OutOfPatience, slices.Contains(f.Limits, "the capacity is not confirmed: time is up"), name)
	}
}

// Of a rise from 10 to 12 in 20 s and a fall to 4 in 40 s, the busiest 20 s end at the peak (220
// starts) rather than begin there (200); the ends lie on the straight lines.
func TestOnlyTheBusiestStretchIsPressed(t *testing.T) {
	r := rehearsed(t)
	r.Window = 20 * time.Second
	f, err := Rehearse(t.Context(), r, Steps{Press: func(_ context.Context, p plan.Plan) (loadtest.Report, error) {
		schedule, err := p.Curve.Schedule()
		require.NoError(t, err)
		require.Equal(t, 20*time.Second, schedule.Length())
		require.Equal(t, int64(220), schedule.Total())
		return report(false), nil
	}, Cost: func(context.Context, models.Deployment) ([]Shortfall, error) { return nil, nil }})
	require.NoError(t, err)
	require.Equal(t, []string{"only the busiest 20s of 1m were pressed, at the forecast's own rates: what builds up over a longer time was not seen; --window 1m presses all of it"}, f.Limits)
	points, err := pointsOf(r.Curve)
	require.NoError(t, err)
	require.Equal(t, points, busiest(points, time.Hour))
	require.Equal(t, []plan.Point{{At: 0, Rate: plan.Rate{Count: 11}}, {At: 10 * time.Second, Rate: plan.Rate{Count: 12}}, {At: 20 * time.Second, Rate: plan.Rate{Count: 10}}},
		cut(points, 10*time.Second, 30*time.Second))
}

// An interrupted press is no verdict; a few requests, a machine that fell short and a target that
// is gone before it can be searched are said, and what was found stays; what no curve can be made of is refused.
func TestARehearsalSaysWhatItCannotTell(t *testing.T) {
	press := func(p loadtest.Report) Steps {
		return Steps{
			Press: func(context.Context, plan.Plan) (loadtest.Report, error) { return p, nil },
			Search: func(context.Context, plan.Plan) (loadtest.Capacity, error) {
				return loadtest.Capacity{}, errors.New("nobody is there")
			},
			Cost: func(context.Context, models.Deployment) ([]Shortfall, error) { return nil, nil },
		}
	}
	interrupted := report(false)
	interrupted.Stopped = loadtest.ByCaller
	f, err := Rehearse(t.Context(), rehearsed(t), press(interrupted))
	require.NoError(t, err)
	require.False(t, f.Judged())
	require.False(t, f.Passed())

	few := report(false)
	few.Requests.Due, few.Bottleneck = 99, loadtest.ByGenerator
	f, err = Rehearse(t.Context(), rehearsed(t), press(few))
	require.NoError(t, err)
	require.True(t, f.Passed())
	require.Len(t, f.Limits, 2)
	require.Contains(t, f.Limits[0], "only 99 requests were due")
	require.Contains(t, f.Limits[1], "the machine that pressed was the bottleneck")

	gone := report(true)
	f, err = Rehearse(t.Context(), rehearsed(t), press(gone))
	require.NoError(t, err)
	require.True(t, f.Judged())
	require.False(t, f.Passed())
	require.Equal(t, []string{"the capacity could not be searched, so nothing can be said of its cost: nobody is there"}, f.Limits)

	for text, r := range map[string]Rehearsal{
		"speed: 1e-12 makes a part of the curve": {Speed: 1e-12}, "window 0s, speed 1 and scale 1e+09 make no curve that can be pressed": {Scale: 1e9},
		"no request becomes due": {Scale: 1e-9},
	} {
		whole := rehearsed(t)
		whole.Speed, whole.Scale = r.Speed, r.Scale
		_, err := Rehearse(t.Context(), whole, Steps{})
		var unfit *Unfit
		require.ErrorAs(t, err, &unfit)
		require.ErrorContains(t, err, text)
		require.NotContains(t, err.Error(), "\n")
	}
}

// A backlog that halves by every look is waited for: 8, 4, 2 and 1 s, then steady.
func TestATargetSettles(t *testing.T) {
	medians, looks := []float64{8000, 4000, 2000, 900, 880, 1}, 0
	slow := plan.Plan{Limits: plan.Limits{Rate: plan.Rate{Count: 90, Per: time.Minute}}}
	require.NoError(t, Settle(t.Context(), slow, func(_ context.Context, p plan.Plan) (loadtest.Report, error) {
		schedule, err := p.Curve.Schedule()
		require.NoError(t, err)
		require.Equal(t, 1.5, schedule.Highest(), "no more than the plan allows")
		looks++
		return loadtest.Report{Latency: loadtest.Percentiles{P50: medians[looks-1]}}, nil
	}))
	require.Equal(t, 5, looks)
	broken := errors.New("gone")
	require.ErrorIs(t, Settle(t.Context(), plan.Plan{}, func(context.Context, plan.Plan) (loadtest.Report, error) { return loadtest.Report{}, broken }), broken)
}
