package loadtest

import (
	"math"
	"sort"

	"flywheel/results"
)

// column gives a column of a table its name, unit and meaning.
func column(name string, kind results.Kind, unit results.Unit, about string) results.Column {
	return results.Column{Name: name, Kind: kind, Unit: unit, About: about}
}

// counted are the columns that every row of requests has.
func counted() results.Schema {
	return results.Schema{
		column("due", results.Integer, "requests", "requests that the curve made due"),
		column("sent", results.Integer, "requests", "requests sent"),
		column("not_sent", results.Integer, "requests", "requests due and never sent"),
		column("ok", results.Integer, "requests", "requests that came back as expected"),
		column("failed", results.Integer, "requests", "requests sent that did not"),
		column("bytes", results.Integer, "bytes", "bytes of response bodies"),
	}
}

// timed are the columns of one clock; a row without any request sent has none.
func timed(clock, about string) results.Schema {
	var s results.Schema
	for _, q := range []string{"p50", "p90", "p95", "p99", "p999", "max", "mean"} {
		s = append(s, column(clock+"_"+q, results.Number, "ms", q+" of "+about))
	}
	return s
}

func measured() results.Schema {
	s := counted()
	s = append(s, timed("latency", "the time from when a request was due to its end")...)
	s = append(s, timed("service", "the time from when a request was sent to its end")...)
	return append(s, timed("lateness", "the time from when a request was due to when it was sent")...)
}

// appendTally fills the columns of measured, beginning with column at.
func appendTally(t *results.Table, at int, y Tally) {
	for i, n := range []int64{y.Due, y.Sent, y.NotSent(), y.OK, y.Failed(), y.Bytes} {
		t.Data[at+i].Integer = append(t.Data[at+i].Integer, n)
	}
	at += 6
	for _, h := range []Histogram{y.Latency, y.Service, y.Lateness} {
		p := PercentilesOf(h)
		for _, v := range []float64{p.P50, p.P90, p.P95, p.P99, p.P999, p.Max, p.Mean} {
			if h.Count() == 0 {
				v = math.NaN()
			}
			t.Data[at].Number = append(t.Data[at].Number, v)
			at++
		}
	}
}

// Seconds is a table with a row for each second and step, by the time at which
// requests were due. Runs of more than about four minutes have rows of two
// seconds, or of four, and so on; the column width_s tells.
func (r Report) Seconds() *results.Table {
	t := results.NewTable("seconds", append(results.Schema{
		column("t_s", results.Number, "s", "beginning of the row's time, from the beginning of the run"),
		column("width_s", results.Number, "s", "length of the row's time"),
		column("step", results.Text, "", "name of the step"),
		column("asked", results.Number, "requests/s", "rate at which the step's requests were due"),
	}, measured()...))
	width := r.Timeline.Width.Seconds()
	for i, tallies := range r.Timeline.Tallies {
		for step, y := range tallies {
			t.Data[0].Number = append(t.Data[0].Number, float64(i)*width)
			t.Data[1].Number = append(t.Data[1].Number, width)
			t.Data[2].Text = append(t.Data[2].Text, r.Steps[step].Name)
			t.Data[3].Number = append(t.Data[3].Number, float64(y.Due)/width)
			appendTally(t, 4, y)
		}
	}
	return t
}

// StepTable is a table with a row for each step.
func (r Report) StepTable() *results.Table {
	t := results.NewTable("steps", append(results.Schema{
		column("step", results.Text, "", "name of the step"),
		column("method", results.Text, "", "HTTP method"),
		column("path", results.Text, "", "path with its query"),
	}, measured()...))
	for _, s := range r.Steps {
		t.Data[0].Text = append(t.Data[0].Text, s.Name)
		t.Data[1].Text = append(t.Data[1].Text, s.Method)
		t.Data[2].Text = append(t.Data[2].Text, s.Path)
		appendTally(t, 3, s.Whole)
	}
	return t
}

// Summary is a table with one row for the whole run.
func (r Report) Summary() *results.Table {
	t := results.NewTable("summary", append(results.Schema{
		column("target", results.Text, "", "base address"),
		column("stopped", results.Text, "", "why the run ended early: abort, interrupt, or empty when it did not"),
		column("bottleneck", results.Text, "", "target, generator or none"),
		column("elapsed_s", results.Number, "s", "time until the last request had ended"),
		column("asked", results.Number, "requests/s", "rate at which requests were due, on average"),
		column("achieved", results.Number, "requests/s", "rate at which they were sent, on average"),
		column("cpu_s", results.Number, "s", "processor time of the generator"),
	}, measured()...))
	for i, text := range []string{r.Target, string(r.Stopped), string(r.Bottleneck)} {
		t.Data[i].Text = append(t.Data[i].Text, text)
	}
	for i, v := range []float64{r.Elapsed, r.Rate.Asked, r.Rate.Achieved, r.Generator.CPU} {
		t.Data[3+i].Number = append(t.Data[3+i].Number, v)
	}
	appendTally(t, 7, r.Whole)
	return t
}

// ErrorTable is a table with a row for each step and kind of failure that happened.
func (r Report) ErrorTable() *results.Table {
	t := results.NewTable("errors", results.Schema{
		column("step", results.Text, "", "name of the step"),
		column("kind", results.Text, "", "kind of failure"),
		column("count", results.Integer, "requests", "requests that failed so"),
	})
	for _, s := range r.Steps {
		kinds := make([]string, 0, len(s.Errors))
		for kind := range s.Errors {
			kinds = append(kinds, kind)
		}
		sort.Strings(kinds)
		for _, kind := range kinds {
			t.Data[0].Text = append(t.Data[0].Text, s.Name)
			t.Data[1].Text = append(t.Data[1].Text, kind)
			t.Data[2].Integer = append(t.Data[2].Integer, s.Errors[kind])
		}
	}
	return t
}

// Tables are all the tables of a report: summary, steps, seconds, errors.
func (r Report) Tables() []*results.Table {
	return []*results.Table{r.Summary(), r.StepTable(), r.Seconds(), r.ErrorTable()}
}
