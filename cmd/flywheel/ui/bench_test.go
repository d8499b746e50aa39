package ui

import (
	"fmt"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// BenchmarkMove is one move of a lever: of a policy's amount, which leaves critical mass where it is,
// and of a take rate, which does not.
func BenchmarkMove(b *testing.B) {
	for name, values := range map[string]string{"amount": "v=%g&v=0&v=26&v=4e6&v=16&v=4e6&v=0.14&v=0.14", "rate": "v=40&v=0&v=26&v=4e6&v=16&v=4e6&v=%g&v=0.14"} {
		b.Run(name, func(b *testing.B) {
			s := newServer(Options{Threads: 1})
			for i := 0; b.Loop(); i++ {
				m, err := s.moved(httptest.NewRequest("GET", "http://localhost/api/move?name=food-delivery-launch&"+fmt.Sprintf(values, 0.001*float64(i%300)), nil))
				require.NoError(b, err)
				_, err = line(b.Context(), m.law, time.Now())
				require.NoError(b, err)
				if m.mass().list == nil {
					_, err = s.search(b.Context(), m, roughly(), false)
					require.NoError(b, err)
				}
			}
		})
	}
}
