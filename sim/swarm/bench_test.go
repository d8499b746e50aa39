package swarm_test

import (
	"context"
	"fmt"
	"strconv"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"flywheel/sim/study"
	"flywheel/sim/swarm"
)

// What the queue costs a run: the time and the CPU of runs that take no time themselves and have the numbers of a
// small sweep, 500 of them, with two threads of one worker, in this process and over TCP.
func BenchmarkQueue(b *testing.B) {
	for _, addr := range []string{"", "127.0.0.1:0"} {
		b.Run(fmt.Sprintf("tcp=%t", addr != ""), func(b *testing.B) {
			s, err := swarm.Listen(b.TempDir(), addr)
			require.NoError(b, err)
			dial := func() *swarm.Conn {
				if addr == "" {
					return connect(b, s)
				}
				c, err := swarm.Connect(b.Context(), swarm.Options{URL: s.URL()})
				require.NoError(b, err)
				b.Cleanup(c.Close)
				return c
			}
			values := make([]float64, 500)
			stop := worker(b, dial(), swarm.Worker{Name: "w", Build: build, Threads: 2}, func(swarm.Work) swarm.Work {
				return func(context.Context, []string, int) (study.Measured, error) {
					return study.Measured{Values: values}, nil
				}
			})
			l, err := swarm.Open(b.Context(), dial(), swarm.Study{Name: "towns", Build: build, Content: []byte("towns"),
				Values: func(point int) []string { return []string{strconv.Itoa(point)} }})
			require.NoError(b, err)
			var next atomic.Int64
			b.SetParallelism(64) // runs in flight for each processor
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					if _, err := l.Run(b.Context(), int(next.Add(1)), 0); err != nil {
						b.Error(err)
						return
					}
				}
			})
			b.StopTimer()
			require.NoError(b, l.Close())
			stop()
			b.Cleanup(func() { require.NoError(b, s.Close()) })
		})
	}
}
