package loadtest

import (
	"math"
	"runtime"
	"runtime/metrics"
	"time"
)

// Generator is what a run took from the machine that made the load.
type Generator struct {
	CPU            float64 `json:"cpu_s"`              // processor seconds of this process; 0 where the system does not say
	CPUShare       float64 `json:"cpu_share"`          // of all the processors it may use, over the run
	PauseMax       float64 `json:"gc_pause_max_ms"`    // longest stop of the garbage collector, an upper bound
	SchedulingP99  float64 `json:"scheduling_p99_ms"`  // wait of a goroutine that could run for a processor, an upper bound
	WorkersBusy    float64 `json:"workers_busy_share"` // of the run's time in which a due request waited for a worker
	LateForWorkers int64   `json:"late_for_workers"`   // requests late because every worker was busy
	Late           int64   `json:"late"`               // requests sent more than ten milliseconds late
}

const (
	pauses  = "/sched/pauses/total/gc:seconds"
	waiting = "/sched/latencies:seconds"
)

// reading is the state of the process's counters at an instant.
type reading struct {
	at             time.Time
	cpu            time.Duration
	pauses, waited *metrics.Float64Histogram
}

func readMachine() reading {
	samples := []metrics.Sample{{Name: pauses}, {Name: waiting}}
	metrics.Read(samples)
	return reading{at: time.Now(), cpu: cpuTime(), pauses: histogramOf(samples[0]), waited: histogramOf(samples[1])}
}

func histogramOf(s metrics.Sample) *metrics.Float64Histogram {
	if s.Value.Kind() != metrics.KindFloat64Histogram {
		return &metrics.Float64Histogram{}
	}
	return s.Value.Float64Histogram()
}

// since is what the process took between two readings.
func (r reading) since(before reading) Generator {
	cpu, wall := (r.cpu - before.cpu).Seconds(), r.at.Sub(before.at).Seconds()
	g := Generator{
		CPU:           cpu,
		PauseMax:      1000 * upper(r.pauses, before.pauses, 1),
		SchedulingP99: 1000 * upper(r.waited, before.waited, 0.99),
	}
	if wall > 0 {
		g.CPUShare = cpu / wall / float64(runtime.GOMAXPROCS(0))
	}
	return g
}

// upper is the upper edge of the bucket that holds quantile q of what a
// histogram of the runtime gained; 0 when it gained nothing.
func upper(now, before *metrics.Float64Histogram, q float64) float64 {
	if len(now.Counts) != len(before.Counts) {
		return 0
	}
	var all uint64
	for i := range now.Counts {
		all += now.Counts[i] - before.Counts[i]
	}
	rank, seen := uint64(math.Ceil(q*float64(all))), uint64(0)
	for i := range now.Counts {
		seen += now.Counts[i] - before.Counts[i]
		if all > 0 && seen >= rank {
			if edge := now.Buckets[i+1]; !math.IsInf(edge, 1) {
				return edge
			}
			return now.Buckets[i]
		}
	}
	return 0
}
