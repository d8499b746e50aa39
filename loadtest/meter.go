package loadtest

import (
	"net/http"
	"sync"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Meter shows a run to Prometheus while it goes on: it holds the last snapshot and
// gives it to whoever asks. Its labels are the names of the plan's steps and the kinds
// of failure, so the number of series depends on the plan alone, whatever the target
// answers. The zero value is ready; it is safe for concurrent use.
type Meter struct {
	mu   sync.Mutex
	last Snapshot
}

// Show takes in a snapshot.
func (m *Meter) Show(s Snapshot) {
	m.mu.Lock()
	m.last = s
	m.mu.Unlock()
}

// Handler answers with the state of the last snapshot in Prometheus' text format. It
// holds nothing about the process itself.
func (m *Meter) Handler() http.Handler {
	r := prometheus.NewRegistry()
	if err := r.Register(m); err != nil {
		panic("bug: a fresh registry refused a meter: " + err.Error())
	}
	return promhttp.HandlerFor(r, promhttp.HandlerOpts{})
}

func described(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("flywheel_"+name, help, labels, nil)
}

var (
	meterElapsed  = described("elapsed_seconds", "Time since the run began.")
	meterAsked    = described("asked_rate", "Journey starts per second that the curve asks for now.")
	meterAchieved = described("achieved_rate", "Requests sent in the last second.")
	meterFlight   = described("requests_in_flight", "Requests sent that have not ended.")
	meterWaiting  = described("requests_waiting", "Requests that are due and wait for a worker.")
	meterDue      = described("requests_due_total", "Requests that have become due.", "step")
	meterSent     = described("requests_ended_total", "Requests that were sent and have ended.", "step")
	meterOK       = described("requests_ok_total", "Requests that came back as expected.", "step")
	meterFailed   = described("requests_failed_total", "Requests that failed, by kind.", "step", "kind")
	meterBytes    = described("response_bytes_total", "Bytes of response bodies.", "step")
	meterLatency  = described("latency_seconds", "Time from when a request was due to its end.", "step")
	meterService  = described("service_seconds", "Time from when a request was sent to its end.", "step")
	meterLateness = described("lateness_seconds", "Time from when a request was due to when it was sent.", "step")
)

// Describe lists what Collect gives, for package prometheus.
func (m *Meter) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{meterElapsed, meterAsked, meterAchieved, meterFlight, meterWaiting,
		meterDue, meterSent, meterOK, meterFailed, meterBytes, meterLatency, meterService, meterLateness} {
		out <- d
	}
}

// Collect gives the last snapshot, for package prometheus.
func (m *Meter) Collect(out chan<- prometheus.Metric) {
	m.mu.Lock()
	s := m.last
	m.mu.Unlock()
	gauge := func(d *prometheus.Desc, v float64) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v)
	}
	gauge(meterElapsed, s.At.Seconds())
	gauge(meterAsked, s.Asked)
	gauge(meterAchieved, s.Achieved)
	gauge(meterFlight, float64(s.InFlight))
	gauge(meterWaiting, float64(s.Requests.NotSent))
	for _, step := range s.Steps {
		count := func(d *prometheus.Desc, n int64, labels ...string) {
			out <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(n), append([]string{step.Name}, labels...)...)
		}
		count(meterDue, step.Due)
		count(meterSent, step.Sent)
		count(meterOK, step.OK)
		count(meterBytes, step.Bytes)
		for kind, n := range step.Failures {
			if Failure(kind) != Succeeded {
				count(meterFailed, n, Failure(kind).String())
			}
		}
		for _, clock := range []struct {
			desc *prometheus.Desc
			Spread
		}{{meterLatency, step.Latency}, {meterService, step.Service}, {meterLateness, step.Lateness}} {
			below := map[float64]uint64{}
			for i, bound := range SpreadBounds() {
				below[bound] = uint64(clock.Below[i])
			}
			out <- prometheus.MustNewConstHistogram(clock.desc, uint64(clock.Count), clock.Sum, below, step.Name)
		}
	}
}
