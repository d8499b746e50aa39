package loadtest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"flywheel/loadtest/plan"
)

// Whatever the curve and in whatever order requests end, the stretches add to the
// whole exactly, none is closed while a request of it may still end (a part would be
// refused), and a stretch holds histograms only while that is so.
func TestTimelineLosesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rate := rapid.Float64Range(0.2, 20).Draw(t, "rate")
		length := time.Duration(rapid.Int64Range(int64(10*time.Second), int64(60*time.Second)).Draw(t, "length"))
		schedule, err := plan.Curve{plan.HoldFor(plan.PerSecond(rate), length)}.Schedule()
		require.NoError(t, err)
		p := plan.Plan{Journeys: []plan.Journey{{Weight: 2, Steps: []plan.Step{{Get: "/a"}}}, {Steps: []plan.Step{{Get: "/b"}}}}}
		mix := plan.NewMix(p.Journeys, 0)
		g := newGatherer(schedule, plan.Share{}, mix, p, plan.Limits{})
		m := newMerger(p, plan.Limits{}, schedule, mix, []Member{{}})
		var flight []Sample // sent and not ended
		var whole Tally
		end := func(i int) {
			whole.Record(flight[i])
			whole.Due++
			g.record(flight[i])
			flight = append(flight[:i], flight[i+1:]...)
		}
		now, released := time.Duration(0), int64(0)
		for released < schedule.Total() {
			now += time.Duration(rapid.Int64Range(0, int64(4*time.Second)).Draw(t, "passes"))
			for due := schedule.DueBy(now); released < due; released++ {
				sent := now
				flight = append(flight, Sample{Number: released, Step: mix.Pick(released), Due: schedule.Due(released), Sent: sent, Done: sent + time.Second,
					Failure: Failure(released % int64(FailureKinds))})
			}
			g.dueBy(now)
			for n := rapid.IntRange(0, len(flight)).Draw(t, "end"); n > 0; n-- {
				end(rapid.IntRange(0, len(flight)-1).Draw(t, "which"))
			}
			g.dueBy(now)
			require.NoError(t, m.Add(0, g.take(now, released)))
			m.Tick(now)
			open := map[int]bool{}
			for _, s := range flight {
				open[int(s.Due/m.timeline.Width)] = true
			}
			for i, stretches := range m.timeline.Stretches {
				complete := time.Duration(i+1)*m.timeline.Width <= now && !open[i]
				for _, s := range stretches {
					require.False(t, complete && s.open != nil, "stretch %d is complete and keeps its histograms", i)
				}
			}
		}
		for len(flight) > 0 {
			end(0)
		}
		require.NoError(t, m.Add(0, g.take(now, released)))
		m.timeline.close()
		var sum Counts
		var longest float64
		for _, stretches := range m.timeline.Stretches {
			for _, s := range stretches {
				sum.add(s.Counts)
				longest = max(longest, s.Latency.Max)
				require.Nil(t, s.open)
			}
		}
		require.Equal(t, whole.Counts, sum)
		require.Equal(t, total(m.whole).Counts, sum)
		require.Equal(t, PercentilesOf(whole.Latency).Max, longest)
	})
}

func TestTimelineKeepsSecondsApart(t *testing.T) {
	line := &Timeline{Width: time.Second, steps: 1}
	line.at(1500*time.Millisecond, 0).Due++
	line.at(1999*time.Millisecond, 0).Due++
	line.at(2*time.Second, 0).Due++
	require.Equal(t, []int64{0, 2, 1}, []int64{line.Stretches[0][0].Due, line.Stretches[1][0].Due, line.Stretches[2][0].Due})
}

// However long a run is and however many steps it has, its timeline is bounded.
func TestTimelineIsBounded(t *testing.T) {
	for _, tc := range []struct {
		length time.Duration
		steps  int
		width  time.Duration
	}{
		{time.Millisecond, 1, time.Second},
		{rowsKept * time.Second, 1, time.Second},
		{rowsKept*time.Second + 1, 1, 2 * time.Second},
		{time.Hour, 10, 3 * time.Second}, // 36,000 rows of a second, 12,000 of three
		{time.Hour, 2 * rowsKept, time.Hour},
		{plan.MaxLength, 1, 19249 * time.Second}, // ten years are 315,360,000 s: 19,248.05 s to a row
	} {
		require.Equal(t, tc.width, stretchWidth(tc.length, tc.steps), "%+v", tc)
	}
}

// A request that ends in a stretch that was closed is our own mistake.
func TestAClosedStretchTakesNothing(t *testing.T) {
	line := &Timeline{Width: time.Second, steps: 1}
	var one Tally
	one.Record(Sample{})
	line.add(Cell{Tally: one})
	line.close()
	require.Panics(t, func() { line.add(Cell{Tally: one}) })
}
