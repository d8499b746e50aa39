package swarm

import (
	"context"
	"math"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/stretchr/testify/require"

	"flywheel/sim/study"
)

// Of two answers to a run the first counts, and answers to runs that nobody asked for do no harm, also when the
// server has forgotten their ids. An answer larger than a message goes by way of the object store.
func TestFirstAnswerCounts(t *testing.T) {
	s, err := Listen(t.TempDir(), "")
	require.NoError(t, err)
	c, err := s.Connect(t.Context())
	require.NoError(t, err)
	l, err := Open(t.Context(), c, Study{Name: "s", Build: "b", Values: func(int) []string { return nil }})
	require.NoError(t, err)
	answer := func(point int, x float64, n int) {
		m := nats.NewMsg(resultSubject(l.session) + "." + trial{Point: point}.key())
		values := make([]float64, n)
		for i := range values {
			values[i] = x
		}
		m.Data = study.Measured{Values: values}.Encode(point, 0)
		h := hand{c: c}
		if n > 1 {
			require.NoError(t, h.send(t.Context(), trial{Session: l.session, Point: point}, m))
			return
		}
		_, err := c.js.PublishMsg(t.Context(), m) // without an id, as after the server has forgotten it
		require.NoError(t, err)
	}
	came := make(chan float64, 3)
	ask := func(ctx context.Context, point int) {
		m, err := l.Run(ctx, point, 0)
		require.NoError(t, err)
		require.Equal(t, m.Values[0], m.Values[len(m.Values)-1])
		came <- m.Values[0]
	}
	answer(7, math.Pi, 1)                     // nobody waits for it
	for point, n := range []int{1, 1 << 18} { // 2^18 numbers are 2 MiB, and a message has 1 MiB
		go ask(t.Context(), point)
		require.Eventually(t, func() bool {
			l.mu.Lock()
			defer l.mu.Unlock()
			return len(l.waiting) == 1
		}, 10*time.Second, time.Millisecond)
		answer(point, 1, n)
		answer(point, 2, 1)
		require.Equal(t, 1.0, <-came)
	}
	info, err := c.trials.Info(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 2, info.State.Msgs, "two runs handed out and not taken")
	require.NoError(t, l.Close())
	info, err = c.trials.Info(t.Context())
	require.NoError(t, err)
	require.Zero(t, info.State.Msgs, "a study that ends leaves nothing behind")
	info, err = c.results.Info(t.Context())
	require.NoError(t, err)
	require.Zero(t, info.State.Msgs)
	c.Close()
	require.NoError(t, s.Close())
}
