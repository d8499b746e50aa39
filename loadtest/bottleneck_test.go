package loadtest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"flywheel/loadtest/plan"
)

// Each row is a run of 1,000 requests due, and what kept it from its plan.
func TestFindingNamesTheCause(t *testing.T) {
	value := 1.0
	for name, tc := range map[string]struct {
		late, forWorkers, notSent int64
		failures                  map[Failure]int64
		cpu                       float64
		behind                    bool
		stopped                   Stopped
		broken                    string
		lateness, service         float64 // p99, ms
		want                      Bottleneck
	}{
		"all is well":                                {want: ByNone},
		"a few late ones":                            {late: 10, want: ByNone},
		"late for workers":                           {late: 100, forWorkers: 90, want: ByTarget},
		"late although workers were free":            {late: 100, forWorkers: 10, want: ByGenerator},
		"late for workers without a processor left":  {late: 100, forWorkers: 90, cpu: 0.95, want: ByGenerator},
		"busy and punctual":                          {cpu: 0.95, want: ByNone},
		"not sent for want of workers":               {late: 100, forWorkers: 100, notSent: 5, behind: true, want: ByTarget},
		"not sent although workers were free":        {notSent: 5, want: ByGenerator},
		"not sent because the caller stopped":        {notSent: 500, stopped: ByCaller, want: ByNone},
		"failed":                                     {failures: map[Failure]int64{Status5xx: 20}, want: ByTarget},
		"failed a little":                            {failures: map[Failure]int64{Status5xx: 5}, want: ByNone},
		"failed more than it was late":               {late: 20, failures: map[Failure]int64{TimedOut: 300}, want: ByTarget},
		"out of ports":                               {failures: map[Failure]int64{PortsExhausted: 20}, want: ByGenerator},
		"cut off":                                    {failures: map[Failure]int64{Interrupted: 50}, stopped: ByCaller, want: ByNone},
		"punctual, and slower than asked":            {broken: "latency.p99", want: ByTarget},
		"punctual, and another threshold was broken": {broken: "rate.achieved", want: ByNone},
		"a little late, and far slower":              {late: 20, broken: "latency.p99", lateness: 13, service: 27_918, want: ByTarget},
		"a little late, and not much slower":         {late: 20, broken: "latency.p99", lateness: 13, service: 120, want: ByGenerator},
		"a little late, far slower, within bounds":   {late: 20, lateness: 13, service: 27_918, want: ByGenerator},
		"far slower, and not all sent":               {late: 20, notSent: 5, broken: "latency.p99", lateness: 13, service: 27_918, want: ByGenerator},
	} {
		t.Run(name, func(t *testing.T) {
			r := Report{Stopped: tc.stopped, Generator: Generator{Late: tc.late, LateForWorkers: tc.forWorkers, CPUShare: tc.cpu}}
			r.Whole.Counts = Counts{Due: 1000, Sent: 1000 - tc.notSent, OK: 1000 - tc.notSent}
			for kind, n := range tc.failures {
				r.Whole.Failures[kind] += n
				r.Whole.OK -= n
			}
			r.Requests = requestsOf(r.Whole)
			r.Lateness.P99, r.Service.P99 = tc.lateness, tc.service
			if tc.broken != "" {
				r.Thresholds = []Judgement{{Measure: tc.broken, Value: &value}}
			}
			got, evidence := r.finding(plan.Limits{}.Filled(), tc.behind)
			require.Equal(t, tc.want, got)
			require.NotEmpty(t, evidence)
		})
	}
}

// The runtime's histograms are compared by what they gained.
func TestMachineReadings(t *testing.T) {
	before := readMachine()
	for begin := time.Now(); time.Since(begin) < 20*time.Millisecond; { // busy, so that processor time passes
	}
	g := readMachine().since(before)
	require.GreaterOrEqual(t, g.CPU, 0.0)
	require.LessOrEqual(t, g.CPUShare, 1.5, "a share, up to the clock's coarseness")
	require.Zero(t, before.since(before).PauseMax)
}
