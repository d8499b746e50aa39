package loadtest

import (
	"context"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// What a run keeps must not grow with its length. The heap that is still in use
// after a collection is looked at while the report is alive.
func TestMemoryDoesNotGrowWithTheRun(t *testing.T) {
	p := steady(nginx(t), 2000, 0) // for a time that is set below
	p.Limits.Workers = 50          // so that a slow moment does not open a thousand connections
	late := false
	kept := func(d time.Duration) uint64 {
		p.Curve[0].Hold.For = d
		r := press(t, context.Background(), p, Options{})
		late = late || machineLate(r)
		var m runtime.MemStats
		time.Sleep(100 * time.Millisecond)
		runtime.GC()
		runtime.GC() // pools are emptied by the second one
		runtime.ReadMemStats(&m)
		runtime.KeepAlive(r)
		return m.HeapAlloc
	}
	const short, long = 100 * time.Millisecond, 1200 * time.Millisecond
	kept(short) // what is made once, such as connections
	// The whole run's histograms gain bins as rarer latencies come up, perhaps 30 KB.
	// The 2,200 samples of the time between, of 80 bytes each, would take 176 KB.
	const most = 120_000
	for range attempts {
		late = false
		few, many := kept(short), kept(long)
		t.Logf("kept after %v: %d KiB, after %v: %d KiB", short, few/1024, long, many/1024)
		if int64(many)-int64(few) < most {
			return
		}
		require.True(t, late, "the longer run kept %d bytes more", int64(many)-int64(few))
	}
	t.Logf("NOT JUDGED: this machine was late in %d attempts, so that latencies of all lengths came up", attempts)
}
