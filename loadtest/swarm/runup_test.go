package swarm_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"flywheel/loadtest"
	"flywheel/loadtest/swarm"
)

// A lead that is interrupted between the announcement of the start and the start itself has pressed
// nothing, and has lost nobody.
func TestALeadInterruptedBeforeTheStartLosesNobody(t *testing.T) {
	t.Parallel()
	s, target := newStage(t), newShop(t)
	s.crew(2)
	l, said := load(t, content{Target: target.URL, Rate: 100, For: time.Minute, Judge: "not_sent == 0"}, 2)
	ctx, interrupt := context.WithCancel(t.Context())
	note := l.Note
	l.Note = func(text string) {
		note(text)
		if strings.HasPrefix(text, "starts in ") {
			time.AfterFunc(100*time.Millisecond, interrupt) // of the second until the start, so that workers know of it
		}
	}
	r, err := swarm.Run(ctx, s.connect(), l)
	require.NoError(t, err, said.String())
	require.Equal(t, loadtest.ByCaller, r.Stopped)
	for _, w := range r.Swarm {
		require.Empty(t, w.Lost, said.String())
	}
	require.NotContains(t, said.String(), "is lost")
}
