package loadtest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"flywheel/loadtest/plan"
)

// Starts are sent together only as far as the promise on lateness goes: by evenly spaced
// rates, how many go at one waking, and how late the first of them then is.
func TestStartsAreSentTogether(t *testing.T) {
	for rate, want := range map[float64]struct {
		starts int64
		late   time.Duration
	}{
		100: {1, 0}, 1000: {1, 0}, 3000: {1, 0},
		4000:   {3, 500 * time.Microsecond}, // a fourth would make the first 750 us late
		5000:   {4, 600 * time.Microsecond},
		6250:   {4, 480 * time.Microsecond},
		10_000: {3, 200 * time.Microsecond},
		20_000: {6, 250 * time.Microsecond},
	} {
		schedule, err := plan.Curve{plan.HoldFor(plan.PerSecond(rate), time.Second)}.Schedule()
		require.NoError(t, err)
		a := newAgenda(schedule, plan.Turns{}, &script{}, time.Second, nil)
		a.next, a.nextDue = 10, schedule.Due(10)
		due, known, _ := a.earliest(0)
		require.True(t, known)
		require.Equal(t, want.late, due-schedule.Due(10), "%v/s", rate)
		require.Equal(t, want.starts, schedule.DueBy(due)-10, "%v/s", rate)
		due, _, _ = a.earliest(schedule.Due(10))
		require.Equal(t, schedule.Due(10), due, "what is due already is not kept waiting")
	}
}
