package loadtest

import (
	"context"
	"math"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"flywheel/loadtest/plan"
	"flywheel/results"
)

func columnOf(t *testing.T, table *results.Table, name string) results.Data {
	for i, c := range table.Schema {
		if c.Name == name {
			return table.Data[i]
		}
	}
	require.Fail(t, "no column", name)
	return results.Data{}
}

func sumOf(ns []int64) (sum int64) {
	for _, n := range ns {
		sum += n
	}
	return sum
}

// The rows by second and the rows by step both add to the one row of the whole.
func TestTablesAddUp(t *testing.T) {
	t.Parallel()
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/b" {
			w.WriteHeader(500)
		}
	})
	p := steady(url, 100, 1100*time.Millisecond)
	p.Journeys = append(p.Journeys, plan.Journey{Steps: []plan.Step{{Get: "/b"}}})
	r := press(t, context.Background(), p, Options{})
	tables := r.Tables()
	for _, table := range tables {
		require.NoError(t, table.Check())
	}
	require.Equal(t, []int{1, 2, 2, 4, 1}, []int{tables[0].Rows(), tables[1].Rows(), tables[2].Rows(), tables[3].Rows(), tables[4].Rows()}, "two seconds of two steps")
	for _, name := range []string{"due", "sent", "not_sent", "ok", "failed", "bytes"} {
		whole := columnOf(t, tables[0], name).Integer[0]
		require.Equal(t, whole, sumOf(columnOf(t, tables[1], name).Integer), name)
		require.Equal(t, whole, sumOf(columnOf(t, tables[3], name).Integer), name)
	}
	require.Equal(t, []int64{55}, columnOf(t, tables[4], "count").Integer)
	require.Equal(t, "status_5xx", columnOf(t, tables[4], "kind").Text[0])
	require.Equal(t, r.Latency.P99, columnOf(t, tables[0], "latency_p99").Number[0])
}

// A percentile of nothing is missing, not 0.
func TestARowWithoutRequestsHasNoPercentile(t *testing.T) {
	r := Report{Timeline: &Timeline{Width: time.Second, steps: 1}, Steps: []StepReport{{Name: "a"}}}
	r.Timeline.at(0, 0).Due++
	table := r.Seconds()
	require.NoError(t, table.Check())
	require.True(t, math.IsNaN(columnOf(t, table, "latency_p99").Number[0]))
	require.Equal(t, int64(1), columnOf(t, table, "not_sent").Integer[0])
}
