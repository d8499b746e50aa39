package main

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Away from a terminal, short work says nothing and long work says what it took.
func TestProgress(t *testing.T) {
	var said bytes.Buffer
	p := &program{err: &said}
	g := p.watch("town", 40)
	require.Equal(t, "0 of 40 runs", g.words())
	g.tell(10, 40)
	g.started = time.Now().Add(-20 * time.Second)
	require.Equal(t, "10 of 40 runs, 0.5/s, 1m0s left", g.words(), "10 runs in 20 s: one in 2 s, and 30 to go")
	g.stop()
	require.Regexp(t, `^town: 10 runs in 20s\n$`, said.String())

	said.Reset()
	g = p.watch("town", 1)
	g.steps.Store(200)
	for range 50 {
		g.pass()
	}
	g.started = time.Now().Add(-20 * time.Second)
	require.Equal(t, "0 of 1 runs, 25% of all periods, 1m0s left", g.words(), "a quarter of the periods took 20 s")
	g.stop()

	said.Reset()
	g = p.watch("verify", 0)
	require.Equal(t, "the first run is under way", g.words())
	g.stop()
	require.Empty(t, said.String())

	p.quiet = true
	g = p.watch("town", 40)
	g.started = time.Now().Add(-time.Hour)
	g.stop()
	require.Empty(t, said.String(), "--quiet")
}

func TestDuration(t *testing.T) {
	for d, want := range map[time.Duration]string{
		123 * time.Millisecond: "120ms", 1234 * time.Millisecond: "1.2s", 61400 * time.Millisecond: "1m1s", 0: "0s",
	} {
		require.Equal(t, want, duration(d))
	}
}
