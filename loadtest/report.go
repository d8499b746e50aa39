package loadtest

import (
	"time"

	"flywheel/loadtest/plan"
)

// Report is everything a run found out. Its JSON keys are those of flywheel load.
type Report struct {
	Target     string           `json:"target"`
	Started    time.Time        `json:"started"`   // the instant from which due times count
	Elapsed    float64          `json:"elapsed_s"` // until the last request had ended
	Stopped    Stopped          `json:"stopped,omitempty"`
	WarmUp     float64          `json:"warm_up_s"` // from the beginning; its requests are counted everywhere but in Thresholds
	Requests   Requests         `json:"requests"`
	Rate       Rates            `json:"rate"`
	Lateness   Percentiles      `json:"lateness_ms"`
	Latency    Percentiles      `json:"latency_ms"`
	Service    Percentiles      `json:"service_ms"`
	Connect    Percentiles      `json:"connect_ms"`    // of requests that made a connection
	TLS        Percentiles      `json:"tls_ms"`        // of requests that made an encrypted connection
	FirstByte  Percentiles      `json:"first_byte_ms"` // from sending
	Errors     map[string]int64 `json:"errors"`        // failed requests by kind; kinds without any are left out
	Steps      []StepReport     `json:"steps"`
	Journeys   []JourneyReport  `json:"journeys"`
	Thresholds []Judgement      `json:"thresholds"`
	Abort      string           `json:"abort,omitempty"` // the condition that stopped the run
	Bottleneck Bottleneck       `json:"bottleneck"`
	Evidence   []string         `json:"evidence"`
	Generator  Generator        `json:"generator"`       // of several: sums of counts and of processor time, otherwise of the one that had it worst
	Swarm      []Member         `json:"swarm,omitempty"` // the workers that pressed together

	Timeline *Timeline      `json:"-"` // by the second in which requests were due
	Whole    Tally          `json:"-"` // the whole run
	Schedule *plan.Schedule `json:"-"`
}

// Member is one of several workers that press together: what it is, and what it measured.
type Member struct {
	Name        string      `json:"worker"`
	Share       plan.Share  `json:"-"`
	Fraction    string      `json:"share"` // of the starts, such as 1/3
	Requests    Requests    `json:"requests"`
	Lateness    Percentiles `json:"lateness_ms"`
	Latency     Percentiles `json:"latency_ms"`
	CPU         float64     `json:"cpu_s"`
	CPUShare    float64     `json:"cpu_share"`
	Offset      float64     `json:"clock_offset_ms"` // by which the lead's clock was ahead of the worker's
	OffsetError float64     `json:"clock_error_ms"`  // at most
	Heard       float64     `json:"heard_s"`         // until when the lead heard of it, from the start
	Lost        string      `json:"lost,omitempty"`  // why it was given up
}

// Stopped says why a run ended before its plan did; it is empty when it did not.
type Stopped string

// The reasons for which a run ends early.
const (
	ByAbort  Stopped = "abort"     // the plan's abort condition held
	ByCaller Stopped = "interrupt" // the caller's context was cancelled
)

// Requests counts requests: due = sent + not_sent, sent = ok + failed.
type Requests struct {
	Due     int64 `json:"due"`
	Sent    int64 `json:"sent"`
	NotSent int64 `json:"not_sent"`
	OK      int64 `json:"ok"`
	Failed  int64 `json:"failed"`
}

// Rates compares, in requests per second, what the curve asked for on average
// with what was sent: those due over the length of the curve (or until the run
// was stopped), those sent over the same or until the last was sent, if later.
type Rates struct {
	Asked    float64 `json:"asked"`
	Achieved float64 `json:"achieved"`
}

// Percentiles summarises durations, in milliseconds; all are 0 when there is none.
type Percentiles struct {
	P50  float64 `json:"p50"`
	P90  float64 `json:"p90"`
	P95  float64 `json:"p95"`
	P99  float64 `json:"p99"`
	P999 float64 `json:"p999"`
	Max  float64 `json:"max"`
	Mean float64 `json:"mean"`
}

// StepReport is the part of a report that concerns one step of the plan.
type StepReport struct {
	Name      string           `json:"name"`
	Method    string           `json:"method"`
	Path      string           `json:"path"`
	Requests  Requests         `json:"requests"`
	Lateness  Percentiles      `json:"lateness_ms"`
	Latency   Percentiles      `json:"latency_ms"`
	Service   Percentiles      `json:"service_ms"`
	Connect   Percentiles      `json:"connect_ms"`
	TLS       Percentiles      `json:"tls_ms"`
	FirstByte Percentiles      `json:"first_byte_ms"`
	Errors    map[string]int64 `json:"errors"`
	Skipped   int64            `json:"skipped"` // times that it never became due, as an earlier step of its journey failed

	Whole Tally `json:"-"`
}

// JourneyReport is the part of a report that concerns one journey of the plan:
// started = completed + failed + unfinished.
type JourneyReport struct {
	Name       string      `json:"name"`
	Started    int64       `json:"started"`
	Completed  int64       `json:"completed"`
	Failed     int64       `json:"failed"`      // a step failed, and those after it were skipped
	Unfinished int64       `json:"unfinished"`  // under way when the run ended
	Duration   Percentiles `json:"duration_ms"` // of the completed ones, with the times to think
}

func journeyReport(j plan.Journey, v Visits) JourneyReport {
	return JourneyReport{
		Name: j.Label(), Started: v.Started, Completed: v.Completed, Failed: v.Failed,
		Unfinished: v.Started - v.Completed - v.Failed, Duration: PercentilesOf(v.Duration),
	}
}

// PercentilesOf summarises a histogram.
func PercentilesOf(h Histogram) Percentiles {
	q := h.Quantiles(0.5, 0.9, 0.95, 0.99, 0.999)
	return Percentiles{
		P50: milliseconds(q[0]), P90: milliseconds(q[1]), P95: milliseconds(q[2]), P99: milliseconds(q[3]), P999: milliseconds(q[4]),
		Max: milliseconds(h.Max()), Mean: milliseconds(h.Mean()),
	}
}

func requestsOf(t Tally) Requests {
	return Requests{Due: t.Due, Sent: t.Sent, NotSent: t.NotSent(), OK: t.OK, Failed: t.Failed()}
}

func errorsOf(t Tally) map[string]int64 {
	out := map[string]int64{}
	for kind, n := range t.Failures {
		if n > 0 {
			out[Failure(kind).String()] = n
		}
	}
	return out
}

func stepReport(s plan.Step, t Tally, skipped int64) StepReport {
	return StepReport{
		Name: s.Name, Method: s.Method(), Path: s.Path(), Requests: requestsOf(t), Errors: errorsOf(t), Skipped: skipped, Whole: t,
		Lateness: PercentilesOf(t.Lateness), Latency: PercentilesOf(t.Latency), Service: PercentilesOf(t.Service),
		Connect: PercentilesOf(t.Connect), TLS: PercentilesOf(t.TLS), FirstByte: PercentilesOf(t.FirstByte),
	}
}
