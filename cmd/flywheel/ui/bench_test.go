package ui

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// BenchmarkMove is one move of a lever: of a policy's amount in the launch, which leaves critical mass where
// it is, and of a worth in the launch of 396 cells, which does not.
func BenchmarkMove(b *testing.B) {
	s, large := market400(b)
	for _, c := range []struct {
		name, source string
		lever        int
	}{{"amount", "food-delivery-launch", 0}, {"worth", large, 8}} {
		b.Run(c.name, func(b *testing.B) {
			for i := 0; b.Loop(); i++ {
				l := at(b, s, c.source, -1, 0).levers[c.lever].Input
				m := at(b, s, c.source, c.lever, l.Lo+float64(i*618%1000)/1000*(l.Hi-l.Lo))
				_, err := line(b.Context(), m.law, time.Now())
				require.NoError(b, err)
				if m.mass().list == nil {
					_, err = s.search(b.Context(), m, roughly(), false)
					require.NoError(b, err)
				}
			}
		})
	}
}
