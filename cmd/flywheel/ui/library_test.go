package ui

import (
	"fmt"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"flywheel/scenarios"
)

// TestTheWholeLibraryCanBePlayed: every scenario of the library states levers, and each of them can
// be moved to both its ends, where the market still has a line, or says why it has none.
func TestTheWholeLibraryCanBePlayed(t *testing.T) {
	s := newServer(Options{})
	for _, name := range scenarios.Library() {
		m, err := s.market(name)
		require.NoError(t, err)
		require.NotEmpty(t, m.scenario.Levers, name)
		for k, l := range m.levers {
			require.NotEmpty(t, l.Unit, "%s: %s", name, l.Name)
			for _, end := range []float64{l.Input.Lo, l.Input.Hi} {
				q := url.Values{"name": {name}}
				for i, other := range m.levers {
					x := other.Value
					if i == k {
						x = end
					}
					q.Add("v", fmt.Sprint(x))
				}
				at, err := s.moved(httptest.NewRequest("GET", "http://localhost/api/move?"+q.Encode(), nil))
				require.NoError(t, err, "%s: %s at %g", name, l.Name, end)
				_, err = line(t.Context(), at.law, time.Now())
				require.NoError(t, err, "%s: %s at %g", name, l.Name, end)
			}
		}
	}
}
