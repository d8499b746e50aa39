package ui

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"flywheel/scenarios"
)

// town is a small market with two levers.
const town = `name: town
horizon: {periods: 40}
platforms: [{name: A, cash: 1000}, {name: B}]
segments:
  - {side: buyers, name: buyers, size: 500, cross: 4, orders: {rate: 0.2}, start: {A: 0.05}}
  - {side: sellers, name: sellers, size: 50, cross: 4}
policies: [{name: gift, platform: A, side: buyers, instrument: per_period, shape: {constant: 1}, budget: 5000}]
levers:
  - {name: gift, path: policies.gift.shape.constant, from: 0, to: 4, step: 0.5}
  - {name: budget, path: policies.gift.budget, from: 0, to: 10000, step: 100}
`

// opened is a page with the town, its address, and the folder it saves in.
func opened(t *testing.T) (address, dir, source string) {
	t.Helper()
	dir = t.TempDir()
	source = filepath.Join(dir, "town.yaml")
	require.NoError(t, os.WriteFile(source, []byte(town), 0o666))
	server := httptest.NewServer(Handler(Options{Scenarios: []string{source}, Runs: filepath.Join(dir, "runs"), Save: dir, Threads: 1}))
	t.Cleanup(server.Close)
	return server.URL, dir, source
}

func get(t *testing.T, address string, into any) int {
	t.Helper()
	resp, err := http.Get(address)
	require.NoError(t, err)
	defer resp.Body.Close()
	require.NoError(t, json.NewDecoder(resp.Body).Decode(into))
	return resp.StatusCode
}

func query(source string, values ...string) string {
	return url.Values{"name": {source}, "v": values, "visitor": {"me"}}.Encode()
}

func TestOnlyThisMachinesOwnPageMayAsk(t *testing.T) {
	h := Handler(Options{})
	for _, c := range []struct {
		host, origin string
		code         int
	}{
		{"localhost:8420", "", 200}, {"127.0.0.1:8420", "http://127.0.0.1:8420", 200}, {"[::1]:8420", "", 200}, {"LOCALHOST.", "", 200},
		{"evil.example", "", 403}, {"127.0.0.1.evil.example", "", 403}, {"192.168.1.5:8420", "", 403}, {"", "", 403},
		{"rebound.example:8420", "", 403}, {"localhost.evil.example", "", 403}, {"2130706433", "", 403}, {"0.0.0.0:8420", "", 403}, {"127.0.0.1@evil.example", "", 403}, {"[::]:8420", "", 403}, {"[fe80::1]:8420", "", 403},
		{"[::1]:8420", "http://[::1]:8420", 200}, {"[::1]:8420", "http://localhost:8420", 403},
		{"localhost:8420", "http://evil.example", 403}, {"localhost:8420", "https://localhost:8420", 403}, {"localhost:8420", "http://localhost:9999", 403}, {"localhost:8420", "null", 403},
	} {
		r := httptest.NewRequest("GET", "/api/scenarios", nil)
		r.Host = c.host
		if c.origin != "" {
			r.Header.Set("Origin", c.origin)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		require.Equal(t, c.code, w.Code, "%+v", c)
	}
}

// Where a browser sends no Origin it says what kind of site asks: a picture or a script on another one
// may not, but a link to the page may be followed.
func TestAnotherSitesPicturesAskNothing(t *testing.T) {
	h := Handler(Options{})
	for _, c := range []struct {
		path, site, mode string
		code             int
	}{
		{"/api/scenarios", "cross-site", "no-cors", 403}, {"/api/scenarios", "same-site", "no-cors", 403}, {"/api/scenarios", "cross-site", "navigate", 403},
		{"/", "cross-site", "navigate", 200}, {"/", "cross-site", "no-cors", 403},
		{"/api/scenarios", "same-origin", "cors", 200}, {"/", "none", "navigate", 200},
	} {
		r := httptest.NewRequest("GET", c.path, nil)
		r.Host = "localhost:8420"
		r.Header.Set("Sec-Fetch-Site", c.site)
		r.Header.Set("Sec-Fetch-Mode", c.mode)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		require.Equal(t, c.code, w.Code, "%+v", c)
	}
}

func TestALeverMovesTheLine(t *testing.T) {
	address, _, source := opened(t)
	var d description
	require.Equal(t, 200, get(t, address+"/api/scenario?"+query(source), &d))
	require.Equal(t, []string{"A", "B"}, d.Platforms)
	require.Equal(t, int64(550), d.People)
	require.Equal(t, lever{Name: "gift", Path: "policies.gift.shape.constant", Hi: 4, Step: 0.5, Value: 1}, d.Levers[0])
	end := func(gift string) float64 {
		parts := streamed(t, t.Context(), address+"/api/move?"+query(source, gift, "5000"))
		l := parts[0].Line
		require.NotNil(t, l, "the line comes first")
		require.Equal(t, 40, l.Periods[len(l.Periods)-1])
		require.Equal(t, "participants", l.Curves[0].Metric)
		return l.Curves[0].Y[len(l.Curves[0].Y)-1]
	}
	require.Greater(t, end("4"), end("0"), "a gift keeps buyers")

	var fault map[string]string
	require.Equal(t, 400, get(t, address+"/api/move?"+query(source, "9", "5000"), &fault))
	require.Contains(t, fault["error"], "goes from 0 to 4")
	require.Equal(t, 400, get(t, address+"/api/move?"+query(source, "1"), &fault))
	require.Equal(t, 400, get(t, address+"/api/move?"+query("/etc/passwd", "1", "2"), &fault))
	require.Contains(t, fault["error"], "is offered here")
}

// part is a part of the answer to a move.
type part struct {
	Line   *lined
	Mass   *massed
	Band   *banded
	Failed string
}

// streamed reads the answer to a move to its end.
func streamed(t *testing.T, ctx context.Context, address string) (parts []part) {
	t.Helper()
	r, err := http.NewRequestWithContext(ctx, "GET", address, nil)
	require.NoError(t, err)
	resp, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer resp.Body.Close()
	require.Equal(t, 200, resp.StatusCode)
	for lines := json.NewDecoder(resp.Body); ; {
		var p part
		if err := lines.Decode(&p); errors.Is(err, io.EOF) {
			return parts
		} else {
			require.NoError(t, err)
		}
		require.Empty(t, p.Failed)
		parts = append(parts, p)
	}
}

// last is the last band of an answer.
func last(t *testing.T, parts []part) *banded {
	t.Helper()
	for _, p := range slices.Backward(parts) {
		if p.Band != nil {
			return p.Band
		}
	}
	t.Fatal("no band came")
	return nil
}

func TestTheBandGrowsToAllReplicationsAndPairs(t *testing.T) {
	address, _, source := opened(t)
	ends := map[string]map[string][]float64{}
	for _, gift := range []string{"0", "4"} {
		parts := streamed(t, t.Context(), address+"/api/move?"+query(source, gift, "10000"))
		var grown []int
		for _, p := range parts {
			if p.Band != nil {
				grown = append(grown, p.Band.Done)
			}
		}
		require.True(t, slices.IsSorted(grown) && grown[0] == 5, "%v: the first band comes early", grown)
		last := last(t, parts)
		require.Equal(t, runs, last.Done)
		require.Equal(t, "cohorts", last.Engine)
		require.Len(t, last.Ends["participants A buyers"], runs)
		for i, y := range last.Curves[0].Y {
			require.True(t, last.Curves[0].Lo[i] <= y+1e-9 && y <= last.Curves[0].Hi[i]+1e-9)
		}
		ends[gift] = last.Ends
	}
	body, err := json.Marshal(map[string]any{"before": ends["0"], "after": ends["4"]})
	require.NoError(t, err)
	resp, err := http.Post(address+"/api/differences", "application/json", strings.NewReader(string(body)))
	require.NoError(t, err)
	defer resp.Body.Close()
	var list []struct {
		What  string
		Mean  float64
		Shown bool
	}
	require.NoError(t, json.NewDecoder(resp.Body).Decode(&list))
	for _, d := range list {
		if d.What == "participants A buyers" {
			require.True(t, d.Shown && d.Mean > 0, "%+v", d)
			return
		}
	}
	t.Fatal("no difference of buyers")
}

// A newer move of the same visitor ends the older one before it is done; another visitor's
// goes on.
func TestANewerMoveStopsTheOlderOne(t *testing.T) {
	s := newServer(Options{})
	older, stopOlder := context.WithCancel(t.Context())
	leave := s.displace("me", 1, stopOlder)
	other, stopOther := context.WithCancel(t.Context())
	defer s.displace("you", 1, stopOther)()
	newer, stopNewer := context.WithCancel(t.Context())
	defer s.displace("me", 3, stopNewer)()
	require.Error(t, older.Err())
	require.NoError(t, other.Err())
	late, stopLate := context.WithCancel(t.Context())
	s.displace("me", 2, stopLate)()
	require.Error(t, late.Err(), "made before the newer one, it came after it")
	leave() // the older one's end leaves the newer alone
	require.NoError(t, newer.Err())
	require.Len(t, s.moves, 2)
}

func TestAMoveEndsWithItsVisitor(t *testing.T) {
	address, _, source := opened(t)
	ctx, stop := context.WithTimeout(t.Context(), time.Millisecond)
	defer stop()
	r, err := http.NewRequestWithContext(ctx, "GET", address+"/api/move?turn=1&"+query(source, "1", "5000"), nil)
	require.NoError(t, err)
	if resp, err := http.DefaultClient.Do(r); err == nil {
		require.NoError(t, resp.Body.Close())
	}
	require.Equal(t, runs, last(t, streamed(t, t.Context(), address+"/api/move?turn=2&"+query(source, "1", "5000"))).Done, "the next one is not harmed")
}

func TestSavingWritesAScenarioOnce(t *testing.T) {
	address, dir, source := opened(t)
	save := func(as string) (int, map[string]string) {
		resp, err := http.PostForm(address+"/api/save", url.Values{"name": {source}, "v": {"2.5", "5000"}, "as": {as}})
		require.NoError(t, err)
		defer resp.Body.Close()
		answer := map[string]string{}
		require.NoError(t, json.NewDecoder(resp.Body).Decode(&answer))
		return resp.StatusCode, answer
	}
	code, answer := save("generous")
	require.Equal(t, 200, code, answer)
	saved, err := scenarios.Load(filepath.Join(dir, "generous.yaml"), scenarios.Options{})
	require.NoError(t, err)
	require.Equal(t, 2.5, saved.Model.Policies[0].Shape.At(0))
	code, answer = save("generous")
	require.Equal(t, 400, code)
	require.Contains(t, answer["error"], "is there already")
	for _, bad := range []string{"", "../up", "a/b", "/x"} {
		code, _ = save(bad)
		require.Equal(t, 400, code, bad)
	}
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 2, "the town and one more")
}

func TestStoredRunsAreListedAndNothingElseIsServed(t *testing.T) {
	address, dir, _ := opened(t)
	var list []any
	require.Equal(t, 200, get(t, address+"/api/runs", &list))
	require.Empty(t, list)
	run := filepath.Join(dir, "runs", "one")
	require.NoError(t, os.MkdirAll(run, 0o777))
	require.NoError(t, os.WriteFile(filepath.Join(run, "manifest.json"), []byte(`{"format":1,"kind":"forecast","scenario":"town"}`), 0o666))
	require.NoError(t, os.WriteFile(filepath.Join(run, "report.html"), []byte("<p>here"), 0o666))
	require.Equal(t, 200, get(t, address+"/api/runs", &list))
	require.Len(t, list, 1)
	for path, code := range map[string]int{"/runs/one/report.html": 200, "/runs/two/report.html": 404, "/runs/one/manifest.json": 404, "/runs/..%2f/report.html": 404,
		"/runs/..%2f..%2fone/report.html": 404, "/runs/%2e%2e/report.html": 404, "/runs/.hidden/report.html": 404, "/page/..%2fhandler.go": 404, "/page/..%2f..%2f..%2fgo.mod": 404, "/uplot/..%2freport.go": 404} {
		resp, err := http.Get(address + path)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		require.Equal(t, code, resp.StatusCode, path)
	}
}

// Both languages say the same things, and everything the page asks for is there.
func TestTextsAreWhole(t *testing.T) {
	text, err := pages.ReadFile("page/texts.json")
	require.NoError(t, err)
	var all map[string]map[string]string
	require.NoError(t, json.Unmarshal(text, &all))
	require.Len(t, all, 2)
	for key, english := range all["en"] {
		require.NotEmpty(t, all["zh"][key], key)
		require.Equal(t, strings.Count(english, "{"), strings.Count(all["zh"][key], "{"), key)
	}
	require.Len(t, all["zh"], len(all["en"]))
	index, err := pages.ReadFile("page/index.html")
	require.NoError(t, err)
	for _, part := range strings.Split(string(index), `data-text="`)[1:] {
		key, _, _ := strings.Cut(part, `"`)
		require.Contains(t, all["en"], key)
	}
	for _, script := range []string{"app.js", "words.js", "charts.js", "beside.js"} {
		text, err := pages.ReadFile("page/" + script)
		require.NoError(t, err)
		for _, found := range regexp.MustCompile(`say\("([^"]+)"[,)]`).FindAllStringSubmatch(string(text), -1) {
			require.Contains(t, all["en"], found[1], script)
		}
	}
}

// A study and a load test are under way, a third died a minute ago, a fourth is half written.
func TestWhatIsUnderWayIsShown(t *testing.T) {
	address, dir, _ := opened(t)
	runs := filepath.Join(dir, "runs")
	var list []Underway
	require.Equal(t, 200, get(t, address+"/api/underway", &list))
	require.Empty(t, list)
	require.NoError(t, os.MkdirAll(runs, 0o777))
	write := func(name, text string) string {
		path := filepath.Join(runs, UnderwayPrefix+name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o666))
		return path
	}
	write("1.json", `{"kind":"study","name":"sweep","done":3,"total":10}`)
	write("2.json", `{"kind":"load","name":"friday","at_s":4,"length_s":60,"p99_ms":[20,30]}`)
	write("3.json", `{"kind":"load"`)
	dead := write("4.json", `{"kind":"study","name":"dead"}`)
	ago := time.Now().Add(-time.Minute)
	require.NoError(t, os.Chtimes(dead, ago, ago))
	require.Equal(t, 200, get(t, address+"/api/underway", &list))
	require.Len(t, list, 2)
	require.Equal(t, "friday", list[0].Name)
	require.Equal(t, []float64{20, 30}, list[0].P99)
	require.Equal(t, int64(3), list[1].Done)
}
