package study_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"flywheel/models"
	"flywheel/results"
	"flywheel/sim/study"
)

// zoomed is an ensemble of 39 runs of a day with an event at noon, everybody on platform A.
func zoomed(t *testing.T, change func(*models.Event)) (*study.Ensemble, func() (orders []float64)) {
	t.Helper()
	event := &models.Event{Platform: "A", Period: 2, Hour: 12, Length: 1, Profile: make([]float64, models.HoursPerDay), Redemption: 0.1,
		HalfLife: 0.25, Starts: 8, Quantile: 0.5, Mix: []models.Request{{Endpoint: "checkout", PerOrder: 1}, {Endpoint: "browse", PerOrder: 6.5}}}
	for i := range event.Profile {
		event.Profile[i] = float64(1 + i%5)
	}
	if change != nil {
		change(event)
	}
	l, err := models.Compile(&models.Model{
		Name: "event", Horizon: models.Horizon{Periods: 3, Unit: "day"}, Clock: models.Clock{Kind: models.ClockSync}, Noise: models.Noise{Kind: models.NoiseNone},
		Platforms: []models.Platform{{Name: "A"}},
		Segments: []models.Segment{{Side: "people", Name: "people", Region: "here", Size: 5000,
			Value: []models.Value{models.Number(1)}, Start: []models.Begin{{Homing: 1, Share: 1}},
			Orders: models.Ordering{Rate: 0.5, Basket: models.MoneyOf(10)}}},
		Event: event,
	})
	require.NoError(t, err)
	p := study.NewPlan("run", []study.Variant{{Name: study.Base, Law: l}}, study.Settings{Replications: 39, Seed: 1, Band: [2]float64{0.05, 0.95}, At: []int{1}})
	e := study.NewEnsemble(p, nil)
	var placed []float64
	_, err = study.Execute(context.Background(), p, study.Execution{Engine: newEngine, Threads: 2, Deliver: func(tr study.Trial, table *results.Table) error {
		e.Add(tr, table)
		for r, period := range table.Integers("period") {
			if period == 2 && table.Texts("platform")[r] == "A" && table.Texts("side")[r] == "*" {
				placed = append(placed, table.Numbers("orders")[r]+table.Numbers("unserved")[r])
			}
		}
		return nil
	}})
	require.NoError(t, err)
	return e, func() []float64 { return placed }
}

// The total over a zoomed day is the day's orders, at the middle replication and for each
// endpoint by its requests per order: with one replication's flow at every moment, the
// median over moments of all 39 integrates to between the smallest and the largest day.
func TestAZoomedDayAddsUpToTheDaysOrders(t *testing.T) {
	e, placed := zoomed(t, nil)
	moments, peaks, _, err := e.Zoom(study.Window{Period: 2, From: 0, To: 24, Step: 60})
	require.NoError(t, err)
	lowest, highest, mean := placed()[0], placed()[0], 0.0
	for _, n := range placed() {
		lowest, highest, mean = min(lowest, n), max(highest, n), mean+n/39
	}
	total := map[string]float64{}
	for r := range moments.Rows() {
		total[moments.Texts("endpoint")[r]] += 60 * moments.Numbers("p50")[r]
	}
	for endpoint, perOrder := range map[string]float64{"*": 8, "checkout": 1, "browse": 6.5} {
		require.Greater(t, total[endpoint], perOrder*lowest, endpoint)
		require.Less(t, total[endpoint], perOrder*highest, endpoint)
		// The mean of the window is exact: all replications' flows, no quantile.
		for r := range peaks.Rows() {
			if peaks.Texts("endpoint")[r] == endpoint {
				require.InEpsilon(t, perOrder*mean/86400, peaks.Numbers("mean_per_s")[r], 1e-9)
			}
		}
	}
}

// On a day without the event there is no burst: the window after noon carries its part of
// the profile alone.
func TestAnotherDayHasNoBurst(t *testing.T) {
	e, _ := zoomed(t, nil)
	moments, _, _, err := e.Zoom(study.Window{Period: 1, From: 12, To: 13, Step: 60})
	require.NoError(t, err)
	rates := moments.Numbers("p50")[:60]
	require.InEpsilon(t, rates[0], rates[59], 1e-9)
	day, _, _, err := e.Zoom(study.Window{Period: 2, From: 12, To: 13, Step: 60})
	require.NoError(t, err)
	require.Greater(t, day.Numbers("p50")[0], 3*day.Numbers("p50")[59])
}

// The busiest second of an hour with a steady rate: the quantile x of the largest of 3,600
// Poisson counts satisfies P(N <= x)^3600 >= q. With one start per order and 2,500 orders a
// day, spread evenly, the rate is 0.0289/s: P(N <= 1)^3600 = 0.229, P(N <= 2)^3600 = 0.986,
// P(N <= 3)^3600 = 0.9999 (Poisson tables), so the quantiles 0.5, 0.95 and 0.999 are 2, 2 and 3.
func TestTheBusiestSecondIsAPoissonMaximum(t *testing.T) {
	e, _ := zoomed(t, func(event *models.Event) {
		event.Starts, event.Mix, event.Redemption = 1, nil, 0
		for i := range event.Profile {
			event.Profile[i] = 1
		}
	})
	_, peaks, _, err := e.Zoom(study.Window{Period: 1, From: 3, To: 4, Step: 10})
	require.NoError(t, err)
	require.Equal(t, []int64{2, 2, 3}, peaks.Integers("per_s"))
}

func TestAZoomCountsRetries(t *testing.T) {
	window := study.Window{Period: 2, From: 12, To: 12.5, Step: 10}
	e, _ := zoomed(t, nil)
	free, _, _, err := e.Zoom(window)
	require.NoError(t, err)
	e, _ = zoomed(t, func(event *models.Event) {
		event.Deployment = models.Deployment{Limited: true, Capacity: 2, Retries: 3, Backoff: 20, Abandon: 0.2}
	})
	pressed, _, _, err := e.Zoom(window)
	require.NoError(t, err)
	require.Greater(t, pressed.Numbers("p50")[30], 1.5*free.Numbers("p50")[30])
}

func TestAZoomSaysWhatItCannotOpen(t *testing.T) {
	e, _ := zoomed(t, nil)
	_, _, _, err := e.Zoom(study.Window{Period: 2, From: 12, To: 12.5, Step: 7})
	require.ErrorContains(t, err, "does not hold whole steps")
	_, _, _, err = e.Zoom(study.Window{Period: 99, From: 12, To: 13, Step: 60})
	require.ErrorContains(t, err, "period 99")
}

// What comes in goes out: of every order placed, one is taken or given up, whoever waits or tries
// again; more come in the busiest second than are taken, by the retries; a deployment that takes
// everything has no fates to tell.
func TestFatesAddUp(t *testing.T) {
	e, _ := zoomed(t, nil)
	none, err := e.Fates()
	require.NoError(t, err)
	require.Nil(t, none)
	busiest := map[string]float64{}
	for name, d := range map[string]models.Deployment{
		"neither": {Limited: true, Capacity: 2},
		"retries": {Limited: true, Capacity: 2, Retries: 3, Backoff: 20, Abandon: 0.2},
		"a line":  {Limited: true, Capacity: 2, Room: 30, Patience: 300, Late: 10},
	} {
		e, placed := zoomed(t, func(event *models.Event) { event.Deployment = d })
		fates, err := e.Fates()
		require.NoError(t, err)
		mean := map[string]float64{}
		for r, what := range fates.Texts("what") {
			mean[what] = fates.Numbers("mean")[r]
			require.LessOrEqual(t, fates.Numbers("p50")[r], fates.Numbers("p95")[r], what)
		}
		var all float64
		for _, n := range placed() {
			all += n / 39
		}
		require.InEpsilon(t, all, mean["orders placed"], 1e-9, name)
		require.InEpsilon(t, mean["orders placed"], mean["taken"]+mean["given up"], 1e-9, name)
		require.Greater(t, mean["busiest second, retries included"], 1.5*mean["busiest second, taken"], name)
		busiest[name] = mean["busiest second, retries included"]
		require.Equal(t, d.Room > 0, mean["taken, but late"] > 0, name)
		require.LessOrEqual(t, mean["most waiting at once"], d.Room, name)
	}
	require.InEpsilon(t, busiest["neither"], busiest["a line"], 1e-9, "who waits in line asks for nothing meanwhile")
	require.Greater(t, busiest["retries"], 1.2*busiest["neither"])
}
