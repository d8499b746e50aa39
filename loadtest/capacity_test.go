package loadtest

import (
	"context"
	"math"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"flywheel/loadtest/plan"
	"flywheel/loadtest/target"
)

// Latency that grows is told from latency that is high, from a pause, and from a mix
// of steps that changes.
func TestGrowth(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 0))
	samples := func(latency func(i int, due float64) (step int, ms float64)) []Sample {
		var all []Sample
		for i := range 300 { // 100/s for 3 s
			due := float64(i) / 100
			step, ms := latency(i, due)
			all = append(all, answered(time.Duration(due*1e9), step, ms+r.ExpFloat64()))
		}
		return all
	}
	for name, tc := range map[string]struct {
		latency func(i int, due float64) (int, float64)
		want    float64
	}{
		"steady":    {func(int, float64) (int, float64) { return 0, 50 }, 0},
		"2% beyond": {func(_ int, due float64) (int, float64) { return 0, 20 * due }, 0.02},
		"a pause late on": {func(_ int, due float64) (int, float64) {
			return 0, max(0, 300*min(1, (due-2.6)*10)) * max(0, min(1, (2.8-due)*1e9))
		}, 0},
		"other steps late": {func(i int, due float64) (int, float64) { s := min(1, int(due)*(i%2)); return s, 5 + 200*float64(s) }, 0},
	} {
		slope, known := growth(samples(tc.latency), Sample.Latency, 0, 3*time.Second)
		require.True(t, known, name)
		require.InDelta(t, tc.want, slope, 0.002, name)
	}
	_, known := growth(samples(func(int, float64) (int, float64) { return 0, 1 })[:20], Sample.Latency, 0, 3*time.Second)
	require.False(t, known)
}

// The practice shop's capacity is found, in the rough: few and short probes, a wide
// interval. What a search does with probes that err is judged without a machine, in
// capacitysearch_test.go; the test with the tag long finds capacities as closely as
// people ask.
func TestTheCapacityOfAShopIsFound(t *testing.T) {
	if testing.Short() {
		t.Skip("LEFT OUT with -short: a search takes fifteen seconds")
	}
	const served = 150
	shop, err := target.Open(target.Options{Capacity: served})
	require.NoError(t, err)
	defer shop.Close(context.Background())
	var told []CapacityProgress
	p := steady(shop.URL, 400, time.Minute)
	p.Thresholds = []plan.Threshold{threshold(t, "latency.p99 < 2s in every 5s after 30s"), threshold(t, "rate.ok > 1000/s")}
	stop := metronome()
	c, err := FindCapacity(context.Background(), p, CapacityOptions{
		From: 130, Most: 190, Length: time.Second, Precision: 0.3, Confidence: 0.5, Within: 25 * time.Second,
		Watch: func(p CapacityProgress) { told = append(told, p) }})
	held := stop()
	require.NoError(t, err)
	t.Logf("%s: %g to %g in %.0f s and %d probes; %s; the machine woke a thread up to %v late", c.Ending, orNaN(c.Highest), orNaN(c.Lowest), c.Elapsed, len(c.Probes), c.Broke, held)
	require.Less(t, c.Elapsed, 60.0, "it is given up after 25 s, but for the probe under way")
	require.GreaterOrEqual(t, len(told), 2*len(c.Probes))
	require.Equal(t, []string{keepsUp, "latency.p99 < 2s", "failed < 1%"}, c.Conditions)
	require.Len(t, c.Tables(), 4)
	for _, table := range c.Tables()[:2] {
		require.Positive(t, table.Rows(), table.Name)
	}
	right := c.Ending == Found && *c.Highest >= served/1.4 && *c.Lowest <= served*1.4
	if !right && (held > 5*time.Millisecond || late(c.Probes)) {
		t.Logf("NOT JUDGED: this machine was late itself, and a search in its noise says nothing: %s", c.Why)
		return
	}
	require.True(t, right, c.Why)
	require.Equal(t, 0.5, *c.Confidence)
	require.Equal(t, 2*len(c.Probes), len(told))
}

// late reports whether a probe was void.
func late(probes []Probe) bool {
	return slices.ContainsFunc(probes, func(p Probe) bool { return p.Outcome == Void })
}

// A target that dies in the middle, one that fails from the first request on, and one
// that turns everything away: the search stops and says so.
func TestASickTargetStopsTheSearch(t *testing.T) {
	if testing.Short() {
		t.Skip("NOT TESTED HERE: a search of a target that falls sick takes ten seconds; go test without -short runs it")
	}
	t.Parallel()
	options := CapacityOptions{Patience: time.Second, Length: time.Second}
	var handled atomic.Int64
	url := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		if handled.Add(1) > 120 {
			panic(http.ErrAbortHandler)
		}
	})
	c, err := FindCapacity(context.Background(), steady(url, 100, time.Second), options)
	require.NoError(t, err)
	require.Equal(t, TargetSick, c.Ending)
	require.Contains(t, c.Why, "the target is sick, and was left alone: ")
	require.Contains(t, c.Why, "100% of a few requests fail (reset)")
	require.Nil(t, c.Confidence)

	url = serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) })
	c, err = FindCapacity(context.Background(), steady(url, 100, time.Second), options)
	require.NoError(t, err)
	require.Equal(t, TargetSick, c.Ending)
	require.Nil(t, c.Highest)
	require.Len(t, c.Probes, 1, "nobody presses on")

	p := steady("http://127.0.0.1:1", 100, time.Second)
	_, err = FindCapacity(context.Background(), p, options)
	require.ErrorAs(t, err, new(*Unreachable))
}

// Ctrl-C keeps what was measured; before the first probe there is nothing to keep.
func TestAnInterruptedSearchKeepsItsProbes(t *testing.T) {
	t.Parallel()
	url := serve(t, func(http.ResponseWriter, *http.Request) {})
	ctx, cancel := context.WithCancel(context.Background())
	c, err := FindCapacity(ctx, steady(url, 100, time.Second), CapacityOptions{Length: time.Second, Watch: func(p CapacityProgress) {
		if p.Probes == 1 && p.Last == nil {
			cancel()
		}
	}})
	require.NoError(t, err)
	require.Equal(t, CutShort, c.Ending)
	require.Len(t, c.Probes, 1)
	require.Equal(t, 25.0, c.Probes[0].Rate)
	_, err = FindCapacity(ctx, steady(url, 100, time.Second), CapacityOptions{})
	require.ErrorIs(t, err, context.Canceled)
}

func TestCapacityOptions(t *testing.T) {
	o := CapacityOptions{}.Filled(400, plan.Limits{})
	require.Equal(t, []float64{100, 12_800, 0.02, 0.9}, []float64{o.From, o.Most, o.Precision, o.Confidence})
	o = CapacityOptions{Most: 900}.Filled(400, plan.Limits{Rate: plan.PerSecond(50)})
	require.Equal(t, []float64{50, 50}, []float64{o.From, o.Most}, "the plan's ceiling is above every wish")
	err := CapacityOptions{From: -1, Most: math.NaN(), Precision: 2, Confidence: 0.1, WarmUp: time.Millisecond, Length: -1, Rest: -1}.Validate()
	for _, word := range []string{"from: ", "most: ", "precision: ", "confidence: ", "warm-up: ", "probe: ", "a time is negative"} {
		require.ErrorContains(t, err, word)
	}
}

// A plan that allows less than a search asks for, or whose rows may be taken once, says so before
// anything is pressed.
func TestAPlanThatCannotBeSearched(t *testing.T) {
	p := steady("http://127.0.0.1:1", 0.4, 10*time.Second)
	p.Limits.Rate = plan.PerSecond(0.5)
	p.Feeders = []plan.Feeder{{Name: "user", Order: plan.Once, Columns: []string{"email"}, Rows: [][]string{{"a"}, {"b"}, {"c"}, {"d"}}}}
	_, err := FindCapacity(t.Context(), p, CapacityOptions{})
	require.ErrorContains(t, err, "limits.rate: it allows 0.5/s, and a search asks for 1/s at the least; raise it, or leave it out")
	require.ErrorContains(t, err, "feeders[0].order: each probe of a search begins with the first row, so that rows are not taken once; take them in_turn")
}
