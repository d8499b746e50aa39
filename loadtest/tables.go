package loadtest

import (
	"fmt"
	"math"
	"time"

	"flywheel/results"
)

// column gives a column of a table its name, unit and meaning.
func column(name string, kind results.Kind, unit results.Unit, about string) results.Column {
	return results.Column{Name: name, Kind: kind, Unit: unit, About: about}
}

// counted are the columns that every row of requests has.
func counted() results.Schema {
	return results.Schema{
		column("due", results.Integer, "requests", "Requests that the curve made due."),
		column("sent", results.Integer, "requests", "Requests sent."),
		column("not_sent", results.Integer, "requests", "Requests due and never sent."),
		column("ok", results.Integer, "requests", "Requests that came back as expected."),
		column("failed", results.Integer, "requests", "Requests sent that did not."),
		column("bytes", results.Integer, "bytes", "Bytes of response bodies."),
	}
}

// timed are the columns of one clock; a row without any request sent has none.
func timed(clock, about string) results.Schema {
	var s results.Schema
	for _, q := range []struct{ name, words string }{
		{"p50", "Median "}, {"p90", "90th percentile of the "}, {"p95", "95th percentile of the "},
		{"p99", "99th percentile of the "}, {"p999", "99.9th percentile of the "}, {"max", "Longest "}, {"mean", "Mean "},
	} {
		s = append(s, column(clock+"_"+q.name, results.Number, "ms", q.words+about+"."))
	}
	return s
}

func measured() results.Schema {
	s := counted()
	s = append(s, timed("latency", "time from when a request was due to its end")...)
	s = append(s, timed("service", "time from when a request was sent to its end")...)
	s = append(s, timed("lateness", "time from when a request was due to when it was sent")...)
	s = append(s, timed("connect", "time of connecting, of requests that made a connection")...)
	s = append(s, timed("tls", "time of agreeing on encryption, of requests that made an encrypted connection")...)
	return append(s, timed("first_byte", "time from when a request was sent to the first byte of its response")...)
}

// values are the columns of measured.
func values(c Counts, clocks ...Percentiles) []any {
	out := []any{c.Due, c.Sent, c.NotSent(), c.OK, c.Failed(), c.Bytes}
	for _, p := range clocks {
		for _, v := range []float64{p.P50, p.P90, p.P95, p.P99, p.P999, p.Max, p.Mean} {
			if c.Sent == 0 || p == (Percentiles{}) {
				v = math.NaN()
			}
			out = append(out, v)
		}
	}
	return out
}

// add appends a row: what it is about, then what was measured.
func add(t *results.Table, about []any, measured ...any) {
	if err := t.Append(append(about, measured...)...); err != nil {
		panic(fmt.Sprintf("bug: a load test's row does not fit its schema: %v", err))
	}
}

// Seconds is a table with a row for each second and step, by the time at which
// requests were due. A run so long that they would be more than 16,384 has rows of
// two seconds, or of three, and so on; the column width_s tells.
func (r Report) Seconds() *results.Table {
	t := results.NewTable("seconds", append(results.Schema{
		column("t_s", results.Number, "s", "Beginning of the row's time, from the beginning of the run."),
		column("width_s", results.Number, "s", "Length of the row's time."),
		column("step", results.Text, "", "Name of the step."),
		column("asked", results.Number, "requests/s", "Rate at which the step's requests were due."),
	}, measured()...))
	width := r.Timeline.Width.Seconds()
	for i, stretches := range r.Timeline.Stretches {
		for step, y := range stretches {
			add(t, []any{float64(i) * width, width, r.Steps[step].Name, float64(y.Due) / width}, values(y.Counts, y.Latency, y.Service, y.Lateness, y.Connect, y.TLS, y.FirstByte)...)
		}
	}
	return t
}

// StepTable is a table with a row for each step.
func (r Report) StepTable() *results.Table {
	t := results.NewTable("steps", append(results.Schema{
		column("step", results.Text, "", "Name of the step."),
		column("method", results.Text, "", "HTTP method."),
		column("path", results.Text, "", "Path with its query."),
	}, measured()...))
	for _, s := range r.Steps {
		add(t, []any{s.Name, s.Method, s.Path}, values(s.Whole.Counts, s.Latency, s.Service, s.Lateness, s.Connect, s.TLS, s.FirstByte)...)
	}
	return t
}

// Summary is a table with one row for the whole run. It tells when the run began:
// a load test is a measurement of a moment, which is looked up in the target's own
// logs by its time.
func (r Report) Summary() *results.Table {
	t := results.NewTable("summary", append(results.Schema{
		column("target", results.Text, "", "Base address."),
		column("started", results.Text, "", "Instant from which due times count, in UTC (RFC 3339)."),
		column("stopped", results.Text, "", "Why the run ended early: abort, interrupt, or empty when it did not."),
		column("bottleneck", results.Text, "", "What kept the run from its plan: target, generator or none."),
		column("elapsed_s", results.Number, "s", "Time until the last request had ended."),
		column("asked", results.Number, "requests/s", "Rate at which requests were due, on average."),
		column("achieved", results.Number, "requests/s", "Rate at which they were sent, on average."),
		column("cpu_s", results.Number, "s", "Processor time of the generator."),
	}, measured()...))
	add(t, []any{r.Target, r.Started.UTC().Format(time.RFC3339Nano), string(r.Stopped), string(r.Bottleneck), r.Elapsed, r.Rate.Asked, r.Rate.Achieved, r.Generator.CPU}, values(r.Whole.Counts, r.Latency, r.Service, r.Lateness, r.Connect, r.TLS, r.FirstByte)...)
	return t
}

// JourneyTable is a table with a row for each journey.
func (r Report) JourneyTable() *results.Table {
	t := results.NewTable("journeys", append(results.Schema{
		column("journey", results.Text, "", "Name of the journey."),
		column("started", results.Integer, "journeys", "Journeys of which the first request was sent."),
		column("completed", results.Integer, "journeys", "Those of which every request came back as expected."),
		column("failed", results.Integer, "journeys", "Those of which a request did not; the steps after it were skipped."),
		column("unfinished", results.Integer, "journeys", "Those under way when the run ended."),
	}, timed("duration", "time from when the first step was due to the end of the last, with the times to think, of completed journeys")...))
	for _, j := range r.Journeys {
		row := []any{j.Name, j.Started, j.Completed, j.Failed, j.Unfinished}
		add(t, row, values(Counts{Sent: j.Completed}, j.Duration)[len(counted()):]...)
	}
	return t
}

// ErrorTable is a table with a row for each step and kind of failure that happened.
func (r Report) ErrorTable() *results.Table {
	t := results.NewTable("errors", results.Schema{
		column("step", results.Text, "", "Name of the step."),
		column("kind", results.Text, "", "Kind of failure."),
		column("count", results.Integer, "requests", "Requests that failed so."),
	})
	for _, s := range r.Steps {
		for kind, n := range s.Whole.Failures {
			if n > 0 {
				add(t, []any{s.Name, Failure(kind).String(), n})
			}
		}
	}
	return t
}

// ThresholdTable is a table with a row for each threshold of the plan.
func (r Report) ThresholdTable() *results.Table {
	t := results.NewTable("thresholds", results.Schema{
		column("expression", results.Text, "", "Condition, as the plan says it."),
		column("holds", results.Text, "", "yes or no."),
		column("value", results.Number, "", "What was measured, in unit; of the worst window where there are windows."),
		column("wanted", results.Number, "", "What it is held against, in unit."),
		column("unit", results.Text, "", "Unit of value and wanted."),
	})
	for _, j := range r.Thresholds {
		holds := "no"
		if j.Holds {
			holds = "yes"
		}
		add(t, []any{j.Expression, holds, orNaN(j.Value), j.Wanted, string(j.Unit)})
	}
	return t
}

// SwarmTable is a table with a row for each of the workers that pressed together.
func (r Report) SwarmTable() *results.Table {
	t := results.NewTable("swarm", append(results.Schema{
		column("worker", results.Text, "", "Name of the worker."),
		column("share", results.Text, "", "Its part of the starts, as a fraction."),
		column("lost", results.Text, "", "Why it was given up; empty when it was not."),
		column("heard_s", results.Number, "s", "Until when the lead heard of it, from the start."),
		column("clock_offset", results.Number, "ms", "By how much the lead's clock was ahead of the worker's."),
		column("clock_error", results.Number, "ms", "By how much that is wrong, at most."),
		column("cpu_s", results.Number, "s", "Processor time of the worker."),
	}, append(append(counted()[:5:5], timed("latency", "time from when a request was due to its end")...), timed("lateness", "time from when a request was due to when it was sent")...)...))
	for _, w := range r.Swarm {
		q := w.Requests
		add(t, []any{w.Name, w.Fraction, w.Lost, w.Heard, w.Offset, w.OffsetError, w.CPU, q.Due, q.Sent, q.NotSent, q.OK, q.Failed},
			values(Counts{Sent: q.Sent}, w.Latency, w.Lateness)[len(counted()):]...)
	}
	return t
}

// Tables are all the tables of a report: summary, steps, journeys, seconds, errors,
// thresholds, and swarm where several workers pressed together.
func (r Report) Tables() []*results.Table {
	all := []*results.Table{r.Summary(), r.StepTable(), r.JourneyTable(), r.Seconds(), r.ErrorTable(), r.ThresholdTable()}
	if len(r.Swarm) > 0 {
		all = append(all, r.SwarmTable())
	}
	return all
}
