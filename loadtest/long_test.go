//go:build long

package loadtest

import (
	"bytes"
	"context"
	"os"
	"runtime"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// resident is the memory of this process in KiB, as Linux counts it.
func resident(t *testing.T) int {
	status, err := os.ReadFile("/proc/self/status")
	require.NoError(t, err)
	_, after, found := bytes.Cut(status, []byte("VmRSS:"))
	require.True(t, found)
	kib, err := strconv.Atoi(string(bytes.Fields(after)[0]))
	require.NoError(t, err)
	return kib
}

// kept is the heap still in use after a collection, in KiB.
func inUse() int {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc / 1024)
}

// Two minutes at 2,000/s take the memory that ten seconds do:
// go test -tags long -run TwoMinutes -v ./loadtest
func TestTwoMinutesTakeTheMemoryOfTenSeconds(t *testing.T) {
	heap, all := map[int]int{}, map[int]int{}
	p := steady(nginx(t), 2000, 120*time.Second)
	p.Limits.Workers = 50
	r := press(t, context.Background(), p, Options{Watch: func(s Snapshot) {
		if at := int(s.At.Round(time.Second) / time.Second); at%10 == 0 || at == 119 {
			heap[at], all[at] = inUse(), resident(t)
		}
	}})
	require.Equal(t, int64(240_000), r.Requests.Due)
	t.Logf("KiB at 10 s, 30 s, 60 s, 119 s: heap in use %d, %d, %d, %d; resident %d, %d, %d, %d",
		heap[10], heap[30], heap[60], heap[119], all[10], all[30], all[60], all[119])
	// A row of the timeline takes 300 bytes: 33 KiB for the time between; the whole
	// run's histograms gain bins as rarer latencies come up, some tens of KiB. Keeping
	// the 218,000 samples of the time between, of 80 bytes each, would add 17 MiB.
	require.Less(t, heap[119]-heap[10], 512)
	require.Less(t, all[119]-all[10], 4*1024, "and what the collector leaves between objects")
}
