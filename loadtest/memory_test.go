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
	p := steady(nginx(t), 2000, time.Second)
	p.Limits.Workers = 50 // so that a slow moment does not open a thousand connections
	kept := func(d time.Duration) uint64 {
		p.Curve[0].Hold.For = d
		r := press(t, context.Background(), p, Options{})
		var m runtime.MemStats
		time.Sleep(100 * time.Millisecond)
		runtime.GC()
		runtime.GC() // pools are emptied by the second one
		runtime.ReadMemStats(&m)
		runtime.KeepAlive(r)
		return m.HeapAlloc
	}
	kept(time.Second) // what is made once, such as connections
	short := kept(time.Second)
	long := kept(5 * time.Second)
	t.Logf("kept after 1 s: %d KiB, after 5 s: %d KiB", short/1024, long/1024)
	// A second at 2,000/s fills about 700 coarse bins of six bytes and up to as much
	// room to grow: 34 KB for four seconds, and the whole run's fine bins perhaps
	// 30 KB more, beside what the collector left. The 8,000 samples would take 640 KB.
	require.Less(t, int64(long)-int64(short), int64(300_000))
}
