package ui

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestAHundredMovesAtOnceLeaveNothingBehind: two visitors draw a lever about, each move ending the one
// before it; the last of each is answered in full, and nothing of the others goes on.
func TestAHundredMovesAtOnceLeaveNothingBehind(t *testing.T) {
	address, _, source := opened(t)
	at := func(visitor, turn int, budget string) string {
		return fmt.Sprintf("%s/api/move?turn=%d&visitor=%d&%s", address, turn, visitor, strings.Replace(query(source, "1", budget), "visitor=me&", "", 1))
	}
	streamed(t, t.Context(), at(0, 0, "5000")) // whatever stays, stays after this
	http.DefaultClient.CloseIdleConnections()
	before := runtime.NumGoroutine()
	var visits sync.WaitGroup
	for visitor := 1; visitor <= 2; visitor++ {
		visits.Go(func() {
			var moves sync.WaitGroup
			for turn := 1; turn <= 50; turn++ {
				ctx, stop := context.WithTimeout(t.Context(), time.Duration(turn%7)*5*time.Millisecond)
				moves.Go(func() {
					defer stop()
					r, err := http.NewRequestWithContext(ctx, "GET", at(visitor, turn, fmt.Sprint(100*turn)), nil)
					if err != nil {
						t.Error(err)
						return
					}
					if resp, err := http.DefaultClient.Do(r); err == nil {
						_, _ = io.Copy(io.Discard, resp.Body) // until it is stopped
						_ = resp.Body.Close()
					}
				})
				time.Sleep(2 * time.Millisecond)
			}
			moves.Wait()
		})
	}
	visits.Wait()
	for visitor := 1; visitor <= 2; visitor++ {
		require.Equal(t, runs, last(t, streamed(t, t.Context(), at(visitor, 51, "5000"))).Done)
	}
	http.DefaultClient.CloseIdleConnections()
	require.Eventually(t, func() bool { return runtime.NumGoroutine() <= before+2 }, time.Minute, 10*time.Millisecond, "goroutines are left: %d before", before)
}

// TestAScenarioMayChangeUnderThePage: what the page knows is refused with a status of its own, so that
// it can read anew; a broken file says what is wrong, and a mended one goes on.
func TestAScenarioMayChangeUnderThePage(t *testing.T) {
	address, _, source := opened(t)
	var d description
	require.Equal(t, 200, get(t, address+"/api/scenario?"+query(source), &d))
	write := func(text string, age time.Duration) {
		require.NoError(t, os.WriteFile(source, []byte(text), 0o666))
		at := time.Now().Add(-age) // the clock of some file systems is coarse
		require.NoError(t, os.Chtimes(source, at, at))
	}
	move := address + "/api/move?digest=" + d.Digest + "&" + query(source, "1", "5000")
	require.NotEmpty(t, streamed(t, t.Context(), move))
	var fault map[string]string
	write(strings.Replace(town, "to: 4,", "to: 3,", 1), time.Hour)
	require.Equal(t, 409, get(t, move, &fault))
	write("name: town\nplatforms: 3\n", 2*time.Hour)
	require.Equal(t, 400, get(t, move, &fault))
	require.Contains(t, fault["error"], "town.yaml:2:12: platforms")
	write(town, 3*time.Hour)
	require.NotEmpty(t, streamed(t, t.Context(), move))
}

// TestTooMuchIsRefused: a body that is longer than any page of ours sends.
func TestTooMuchIsRefused(t *testing.T) {
	address, _, _ := opened(t)
	for _, path := range []string{"/api/differences", "/api/save"} {
		resp, err := http.Post(address+path, "application/x-www-form-urlencoded", io.MultiReader(strings.NewReader(`{"before": {"a": [`), strings.NewReader(strings.Repeat("1,", longest))))
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		require.Equal(t, http.StatusRequestEntityTooLarge, resp.StatusCode, path)
	}
}
