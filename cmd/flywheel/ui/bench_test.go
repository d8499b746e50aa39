package ui

import (
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
)

// BenchmarkMove is one move of a lever: the expected line and the critical mass of the launch.
func BenchmarkMove(b *testing.B) {
	h := Handler(Options{Threads: 1})
	for b.Loop() {
		w := httptest.NewRecorder()
		r := httptest.NewRequest("GET", "http://localhost/api/line?name=food-delivery-launch&v=40&v=4e6&v=16&v=4e6&v=0.14&v=0.14", nil)
		h.ServeHTTP(w, r)
		require.Equal(b, 200, w.Code, w.Body.String())
	}
}
