package target

import (
	"context"
	"encoding/json"
	"io"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func open(t *testing.T, o Options) *Shop {
	s, err := Open(o)
	require.NoError(t, err)
	t.Cleanup(func() {
		http.DefaultClient.CloseIdleConnections()
		require.NoError(t, s.Close(context.Background()))
	})
	return s
}

func ask2(t *testing.T, method, url, body string) (int, map[string]any) {
	req, err := http.NewRequest(method, url, strings.NewReader(body))
	require.NoError(t, err)
	resp, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	out := map[string]any{}
	if resp.Header.Get("Content-Type") == "application/json" {
		require.NoError(t, json.Unmarshal(text, &out))
	}
	return resp.StatusCode, out
}

func TestAVisitFromCatalogueToPayment(t *testing.T) {
	s := open(t, Options{})
	status, page := ask2(t, "GET", s.URL+"/", "")
	require.Equal(t, 200, status)
	require.Len(t, page["items"], pageSize)

	status, page = ask2(t, "GET", s.URL+"/search?q=Spicy+noodles", "")
	require.Equal(t, 200, status)
	items := page["items"].([]any)
	require.Len(t, items, 7) // of 500 items every 7th is spicy and every 10th is noodles: 500/70
	item := items[0].(map[string]any)
	require.Equal(t, "spicy noodles", item["name"])

	status, got := ask2(t, "GET", s.URL+"/items/70", "")
	require.Equal(t, 200, status)
	require.Equal(t, item, got)

	status, _ = ask2(t, "POST", s.URL+"/cart", `{"item": 70}`)
	require.Equal(t, 201, status)
	status, cart := ask2(t, "POST", s.URL+"/cart", `{"item": "71", "cart": 1}`)
	require.Equal(t, 201, status)
	require.Equal(t, []any{70.0, 71.0}, cart["items"])
	require.Equal(t, float64(newItem(70).Price+newItem(71).Price), cart["total_cents"])

	status, cart = ask2(t, "POST", s.URL+"/checkout", `{"cart": 1}`)
	require.Equal(t, 201, status)
	require.Equal(t, "placed", cart["state"])
	status, cart = ask2(t, "POST", s.URL+"/pay", `{"order": 1}`)
	require.Equal(t, 200, status)
	require.Equal(t, "paid", cart["state"])

	status, cart = ask2(t, "POST", s.URL+"/checkout", "")
	require.Equal(t, 201, status, "a walk-in brings no cart")
	require.Equal(t, 2.0, cart["id"])
}

func TestWrongRequestsAreToldSo(t *testing.T) {
	s := open(t, Options{})
	for _, tc := range []struct {
		method, path, body string
		status             int
	}{
		{"GET", "/items/0", "", 404},
		{"GET", "/items/x", "", 404},
		{"GET", "/nowhere", "", 404},
		{"POST", "/cart", `{"item": 501}`, 404},
		{"POST", "/cart", `{"item": -1}`, 400},
		{"POST", "/cart", `{`, 400},
		{"POST", "/cart", strings.Repeat("x", bodyLimit+1), 413},
		{"POST", "/pay", `{"order": 9}`, 404},
		{"GET", "/cart", "", 405},
	} {
		status, _ := ask2(t, tc.method, s.URL+tc.path, tc.body)
		require.Equal(t, tc.status, status, tc.path)
	}
	_, _ = ask2(t, "POST", s.URL+"/checkout", "")
	status, _ := ask2(t, "POST", s.URL+"/checkout", `{"cart": 1}`)
	require.Equal(t, 409, status, "a cart is checked out once")
}

func TestTheFileIsKeptOnlyWhenNamed(t *testing.T) {
	file := filepath.Join(t.TempDir(), "shop.db")
	for round := range 2 {
		s, err := Open(Options{File: file})
		require.NoError(t, err)
		status, cart := ask2(t, "POST", s.URL+"/checkout", "")
		require.Equal(t, 201, status)
		require.Equal(t, float64(round+1), cart["id"], "the second shop goes on where the first ended")
		http.DefaultClient.CloseIdleConnections()
		require.NoError(t, s.Close(context.Background()))
	}
	s, err := Open(Options{})
	require.NoError(t, err)
	require.DirExists(t, s.remove)
	require.NoError(t, s.Close(context.Background()))
	require.NoDirExists(t, s.remove)
	_, err = os.Stat(file)
	require.NoError(t, err)
}

// Beyond its capacity a shop serves at its capacity and not faster: n requests
// at once take n slots, and the log shows them one slot apart.
func TestCapacityIsAQueue(t *testing.T) {
	const capacity, n = 100, 40
	s := open(t, Options{Capacity: capacity, Journal: Journal{Limit: n}})
	begin := time.Now()
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() {
			status, _ := ask2(t, "GET", s.URL+"/items/1", "")
			require.Equal(t, 200, status)
		})
	}
	wg.Wait()
	require.GreaterOrEqual(t, time.Since(begin), n*time.Second/capacity)
	log := s.Log()
	require.Len(t, log, n)
	first, last := log[0].Arrived, log[0].Done
	for _, e := range log {
		if e.Done.After(last) {
			last = e.Done
		}
	}
	require.GreaterOrEqual(t, last.Sub(first), n*time.Second/capacity)
}

func TestAFullQueueTurnsAway(t *testing.T) {
	s := open(t, Options{Capacity: 10, Queue: 3})
	statuses := make(chan int, 20)
	var wg sync.WaitGroup
	for range cap(statuses) {
		wg.Go(func() {
			status, _ := ask2(t, "GET", s.URL+"/items/1", "")
			statuses <- status
		})
	}
	wg.Wait()
	close(statuses)
	count := map[int]int{}
	for status := range statuses {
		count[status]++
	}
	// One being served and three or four waiting, plus those served while the others arrived.
	require.GreaterOrEqual(t, count[200], 4)
	require.Positive(t, count[503])
	require.Equal(t, cap(statuses), count[200]+count[503])
}

// A request that meets the freeze is answered when it is over, not before; one
// that came before it and is not answered yet waits as well.
func TestStallFreezesEverythingOnce(t *testing.T) {
	s := open(t, Options{Stall: Stall{For: 300 * time.Millisecond, After: 200 * time.Millisecond}, Journal: Journal{Limit: 10}})
	ask2(t, "GET", s.URL+"/items/1", "")
	first := s.Log()[0].Arrived
	end := first.Add(500 * time.Millisecond)
	time.Sleep(time.Until(first.Add(250 * time.Millisecond)))
	ask2(t, "GET", s.URL+"/items/1", "")
	frozen := s.Log()[1]
	if frozen.Arrived.Before(end) { // a machine busy for a quarter of a second may miss the freeze
		require.False(t, frozen.Done.Before(end))
	}
	ask2(t, "GET", s.URL+"/items/1", "")
	require.False(t, s.Log()[2].Arrived.Before(end), "the freeze was once")
}

func TestFailIsAShareByNumber(t *testing.T) {
	failed := 0
	for n := range uint64(100_000) {
		require.Equal(t, fails(n, 0.01), fails(n, 0.01))
		require.False(t, fails(n, 0))
		require.True(t, fails(n, 1))
		if fails(n, 0.01) {
			failed++
		}
	}
	// A fair coin of 1% gives 1000 of 100,000 with standard deviation 31.5; four of them are 126.
	require.InDelta(t, 1000, failed, 126)

	s := open(t, Options{Fail: 0.5})
	for n := range uint64(20) {
		status, _ := ask2(t, "GET", s.URL+"/items/1", "")
		want := 200
		if fails(n, 0.5) {
			want = 500
		}
		require.Equal(t, want, status)
	}
	require.Equal(t, uint64(20), s.Arrived())
}

// Close gives requests in progress their time and then cuts them off.
func TestCloseIsGracefulThenFirm(t *testing.T) {
	s, err := Open(Options{Capacity: 0.01})
	require.NoError(t, err)
	done := make(chan error, 1)
	client := &http.Client{Transport: &http.Transport{}}
	go func() {
		resp, err := client.Get(s.URL + "/")
		if err == nil {
			resp.Body.Close()
		}
		done <- err
	}()
	require.Eventually(t, func() bool {
		s.gate.mu.Lock()
		defer s.gate.mu.Unlock()
		return !s.gate.free.IsZero()
	}, 5*time.Second, time.Millisecond)
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	begin := time.Now()
	require.ErrorIs(t, s.Close(ctx), context.DeadlineExceeded)
	require.Less(t, time.Since(begin), 10*time.Second, "the request would have taken 100 s")
	<-done
	client.CloseIdleConnections()
}

func TestFaultyOptionsAreToldAllAtOnce(t *testing.T) {
	_, err := Open(Options{Capacity: math.NaN(), Queue: -1, Fail: 2, Stall: Stall{For: -1}, Journal: Journal{Limit: -1}})
	for _, name := range []string{"capacity", "queue", "fail", "stall", "journal"} {
		require.ErrorContains(t, err, name)
	}
	_, err = Open(Options{Addr: "127.0.0.1:notaport"})
	require.ErrorContains(t, err, "choose a free one")
	_, err = Open(Options{File: t.TempDir()})
	require.ErrorContains(t, err, "database file")
	_, err = Open(Options{File: filepath.Join(t.TempDir(), "nowhere", "shop.db")})
	require.ErrorContains(t, err, "name a file in a folder that can be written")
	notes := filepath.Join(t.TempDir(), "notes.txt")
	require.NoError(t, os.WriteFile(notes, []byte(strings.Repeat("dear diary, ", 2000)), 0o600))
	_, err = Open(Options{File: notes})
	require.ErrorContains(t, err, "it is no database of a shop: name another file")
	shop, err := Open(Options{File: filepath.Join(t.TempDir(), "shop.db")})
	require.NoError(t, err)
	defer func() { require.NoError(t, shop.Close(t.Context())) }()
	_, err = Open(Options{File: shop.store.db.Path()})
	require.ErrorContains(t, err, "another shop has it open: name another file")
	for _, capacity := range []float64{1e-10, -1, 2e6} {
		_, err = Open(Options{Capacity: capacity})
		require.ErrorContains(t, err, "give requests per second from 0.001")
	}
}

func TestParseStallAndShare(t *testing.T) {
	s, err := ParseStall("1s@5s")
	require.NoError(t, err)
	require.Equal(t, Stall{For: time.Second, After: 5 * time.Second}, s)
	for _, text := range []string{"", "1s", "1s@", "@5s", "-1s@5s", "0s@5s", "1s@-5s", "1s@5s@6s"} {
		_, err := ParseStall(text)
		require.ErrorContains(t, err, "such as 1s@5s", text)
	}
	for text, want := range map[string]float64{"1%": 0.01, "0.5": 0.5, "100%": 1, "0": 0} {
		v, err := ParseShare(text)
		require.NoError(t, err)
		require.Equal(t, want, v)
	}
	for _, text := range []string{"", "%", "-1%", "101%", "NaN", "x"} {
		_, err := ParseShare(text)
		require.ErrorContains(t, err, "such as 1%", text)
	}
}

func FuzzParseStall(f *testing.F) {
	f.Add("1s@5s")
	f.Fuzz(func(t *testing.T, text string) {
		if s, err := ParseStall(text); err == nil {
			require.Positive(t, s.For)
			require.GreaterOrEqual(t, s.After, time.Duration(0))
		}
	})
}
