//go:build long

package loadtest

import (
	"bytes"
	"context"
	"os"
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

// Two minutes at 2,000/s take no more memory than ten seconds do:
// go test -tags long -run TwoMinutes ./loadtest
func TestTwoMinutesTakeTheMemoryOfTenSeconds(t *testing.T) {
	seen := map[int]int{}
	p := steady(nginx(t), 2000, 120*time.Second)
	p.Limits.Workers = 50
	r := press(t, context.Background(), p, Options{Watch: func(s Snapshot) { seen[int(s.At.Round(time.Second)/time.Second)] = resident(t) }})
	require.Equal(t, int64(240_000), r.Requests.OK)
	t.Logf("resident KiB at 10 s %d, 30 s %d, 60 s %d, 119 s %d", seen[10], seen[30], seen[60], seen[119])
	// Each second that is kept adds about 4 KiB of histogram bins until the timeline
	// is full, and the garbage collector lets the heap double. Keeping samples would
	// add about 17 MiB, 80 bytes for each of 218,000, and as much again.
	require.Less(t, seen[119]-seen[10], 2*110*6)
}
