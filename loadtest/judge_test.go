package loadtest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"flywheel/loadtest/plan"
)

func threshold(t require.TestingT, text string) plan.Threshold {
	th, err := plan.ParseThreshold(text)
	require.NoError(t, err, text)
	return th
}

// answered is a request that was sent at once and took so many milliseconds.
func answered(due time.Duration, step int, took float64) Sample {
	return Sample{Step: step, Due: due, Sent: due, Done: due + time.Duration(took*float64(time.Millisecond))}
}

// due and record give a juror single requests.
func (j *juror) due(step int, at time.Duration) {
	if window, looks := j.window(step, at); looks {
		j.add(window, Tally{Counts: Counts{Due: 1}})
	}
}

func (j *juror) record(s Sample) {
	if window, looks := j.at(s); looks {
		var t Tally
		j.sight.record(&t, s)
		j.add(window, t)
	}
}

// Ten seconds of one request per second, whose latency is its number in tens of
// milliseconds: 0, 10, ..., 90.
func TestWindowsWarmUpAndGrace(t *testing.T) {
	const length = 10 * time.Second
	for _, tc := range []struct {
		text   string
		warmUp time.Duration
		holds  bool
		value  float64
		worst  float64 // beginning of the worst window; -1 without windows
		broken int
	}{
		{"latency.max < 95ms", 0, true, 90, -1, 0},
		{"latency.max < 90ms", 0, false, 90, -1, 0},
		{"latency.mean > 40ms after 5s", 0, true, 70, -1, 0},               // of 50, 60, 70, 80, 90
		{"latency.mean > 40ms", 6 * time.Second, true, 75, -1, 0},          // of 60, 70, 80, 90
		{"latency.mean > 40ms after 3s", 8 * time.Second, true, 85, -1, 0}, // the warm-up goes further
		{"latency.max < 75ms in every 2s", 0, false, 90, 8, 1},             // 10, 30, 50, 70, 90
		{"latency.max < 35ms in every 2s", 0, false, 90, 8, 3},
		{"latency.mean > 2ms in every 2s", 0, true, 5, 0, 0}, // of 0 and 10
		{"latency.mean > 6ms in every 2s", 0, false, 5, 0, 1},
		{"latency.max < 1s in every 4s", 0, true, 90, 4, 0},             // the last two seconds belong to the second window
		{"latency.max < 75ms in every 3s after 1s", 0, false, 90, 7, 1}, // 1 to 4, 4 to 7, 7 to 10
		{"rate.achieved >= 1/s in every 5s", 0, true, 1, 0, 0},
		{"rate.ok > 1/s after 5s", 0, false, 1, -1, 0},
		{"not_sent == 0 in every 1s", 0, true, 0, 0, 0},
		{"failed.timeout < 10%", 0, true, 0, -1, 0},
	} {
		j := newJuror(newSight(threshold(t, tc.text), []string{"page"}, tc.warmUp, length, 0))
		for n := range 10 {
			due := time.Duration(n) * time.Second
			j.due(0, due)
			j.record(answered(due, 0, float64(10*n)))
			j.settle(due)
		}
		v := j.close(length)
		require.NotNil(t, v.Value, tc.text)
		require.Equal(t, tc.holds, v.Holds, tc.text)
		require.InDelta(t, tc.value, *v.Value, 0.1, tc.text) // the histogram's resolution
		if tc.worst >= 0 {
			require.Equal(t, tc.worst, v.Windows.Worst, tc.text)
			require.Equal(t, tc.broken, v.Windows.Broken, tc.text)
		} else {
			require.Nil(t, v.Windows, tc.text)
		}
	}
}

// A second in which nothing is sent breaks a rate, a window in which nothing ended
// says nothing about latency, and a run of which nothing is known does not pass.
func TestWindowsWithoutRequests(t *testing.T) {
	rate := newJuror(newSight(threshold(t, "rate.achieved > 0/s in every 1s"), []string{"page"}, 0, 3*time.Second, 0))
	wait := newJuror(newSight(threshold(t, "latency.p99 < 1s in every 1s"), []string{"page"}, 0, 3*time.Second, 0))
	for _, j := range []*juror{rate, wait} {
		for _, due := range []time.Duration{0, 2 * time.Second} {
			j.due(0, due)
			j.record(answered(due, 0, 1))
			j.settle(due)
		}
	}
	v := rate.close(3 * time.Second)
	require.False(t, v.Holds)
	require.Equal(t, Windows{Every: 1, Judged: 3, Broken: 1, Worst: 1}, *v.Windows)
	v = wait.close(3 * time.Second)
	require.True(t, v.Holds)
	require.Equal(t, 2, v.Windows.Judged)
	v = newJuror(newSight(threshold(t, "latency.p99 < 1s"), []string{"page"}, 0, 3*time.Second, 0)).close(3 * time.Second)
	require.False(t, v.Holds)
	require.Nil(t, v.Value)
}

// However requests end and whenever windows are closed, the verdict is that of each
// window's requests taken together.
func TestWindowsAreThoseOfAllTheirRequests(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const length = 12 * time.Second
		text := rapid.SampledFrom([]string{"a.latency.max < 50ms in every 3s", "latency.mean > 20ms in every 5s after 2s", "failed <= 30% in every 2s", "b.not_sent == 0 in every 4s"}).Draw(t, "threshold")
		th := threshold(t, text)
		names := []string{"a", "b"}
		j := newJuror(newSight(th, names, 0, length, 0))
		windows := make([]Tally, max(1, int((length-th.After)/th.Every)))
		for n := range rapid.IntRange(0, 60).Draw(t, "requests") {
			due := length * time.Duration(n) / 60
			s := answered(due, rapid.IntRange(0, 1).Draw(t, "step"), float64(rapid.IntRange(0, 99).Draw(t, "took")))
			if rapid.IntRange(0, 4).Draw(t, "mood") == 0 {
				s.Failure = Reset
			}
			sent := rapid.IntRange(0, 9).Draw(t, "sent") > 0
			j.due(s.Step, due)
			if sent {
				j.record(s)
			}
			if looked := due >= th.After && (th.Step == "" || names[s.Step] == th.Step); looked {
				w := &windows[min(int((due-th.After)/th.Every), len(windows)-1)]
				w.Due++
				if sent {
					w.Record(s)
				}
			}
			if rapid.Bool().Draw(t, "settle") {
				j.settle(due)
			}
		}
		holds, judged, broken := true, 0, 0
		for _, w := range windows {
			if value, known := measure(th, w, th.Every); known && (w.Due > 0 || th.Family() != "not_sent") {
				judged++
				if !th.Holds(value) {
					holds = false
					broken++
				}
			}
		}
		v := j.close(length)
		require.Equal(t, holds && v.Value != nil, v.Holds)
		require.Equal(t, broken, v.Windows.Broken)
		if th.Family() != "not_sent" { // a window without requests leaves none of them unsent
			require.Equal(t, judged, v.Windows.Judged)
		}
	})
}

// The names of failures that conditions know are those that reports write.
func TestConditionsKnowEveryFailure(t *testing.T) {
	require.Equal(t, failureNames[1:], plan.FailureKinds())
}
