package plan

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestParseThreshold(t *testing.T) {
	for text, want := range map[string]Threshold{
		"latency.p99 < 250ms":              {Measure: "latency.p99", Comparison: "<", Value: 250, Unit: Milliseconds},
		"failed < 0.5%":                    {Measure: "failed", Comparison: "<", Value: 0.005, Unit: ShareOf},
		"failed == 0":                      {Measure: "failed", Comparison: "==", Value: 0, Unit: ShareOf},
		"checkout.latency.p95 < 400ms":     {Step: "checkout", Measure: "latency.p95", Comparison: "<", Value: 400, Unit: Milliseconds},
		"not_sent == 0":                    {Measure: "not_sent", Comparison: "==", Value: 0, Unit: Count},
		"not_sent<=1%":                     {Measure: "not_sent", Comparison: "<=", Value: 0.01, Unit: ShareOf},
		"rate.achieved >= 5700/m":          {Measure: "rate.achieved", Comparison: ">=", Value: 95, Unit: PerSecondOf},
		"service.max != 1.5s":              {Measure: "service.max", Comparison: "!=", Value: 1500, Unit: Milliseconds},
		"pay.failed > 0%":                  {Step: "pay", Measure: "failed", Comparison: ">", Value: 0, Unit: ShareOf},
		"first_byte.p90 < 80ms":            {Measure: "first_byte.p90", Comparison: "<", Value: 80, Unit: Milliseconds},
		"lateness.mean < 1ms":              {Measure: "lateness.mean", Comparison: "<", Value: 1, Unit: Milliseconds},
		"pay.rate.ok > 1/s":                {Step: "pay", Measure: "rate.ok", Comparison: ">", Value: 1, Unit: PerSecondOf},
		"failed.timeout < 1%":              {Measure: "failed.timeout", Comparison: "<", Value: 0.01, Unit: ShareOf},
		"latency.p99 < 250ms after 30s":    {Measure: "latency.p99", Comparison: "<", Value: 250, Unit: Milliseconds, After: 30 * time.Second},
		"a.failed == 0 in every 1m":        {Step: "a", Measure: "failed", Comparison: "==", Unit: ShareOf, Every: time.Minute},
		"not_sent==0 in every 5s after 1m": {Measure: "not_sent", Comparison: "==", Unit: Count, Every: 5 * time.Second, After: time.Minute},
	} {
		got, err := ParseThreshold(text)
		require.NoError(t, err, text)
		want.Expression = text
		require.Equal(t, want, got, text)
	}
	for text, why := range map[string]string{
		"":                                 "no comparison",
		"latency.p99":                      "no comparison",
		"latency.p99 = 5ms":                `"=" is no comparison`,
		"latency.p99 <":                    "the value is missing",
		"latency.p98 < 5ms":                "after latency comes one of p50, p90",
		"latency < 5ms":                    "after latency comes one of",
		"latency.p99 < 5":                  "is no time such as 250ms",
		"latency.p99 < -5ms":               "is no time such as 250ms",
		"errors < 1%":                      `"errors" is not one of connect, failed, first_byte, latency`,
		"failed < 5":                       "has no %",
		"failed < 500%":                    "more than 100%",
		"not_sent.p99 < 5":                 `not_sent takes no "p99"`,
		"not_sent < 1.5":                   "is no number of requests",
		"rate.achieved > 95":               "is no rate such as 95/s",
		"a b.failed < 1%":                  "is no name of a step",
		"failed > 20% for 5s":              "a condition with for stops a run",
		"failed < 1% in every 500ms":       "whole seconds",
		"failed < 1% after lunch":          "a number is missing",
		"failed < 1% after 5s in every 5s": "is no unit of time",
		"failed.sadness < 1%":              "after failed comes one of timeout,",
		"rate < 1/s":                       "after rate comes one of achieved, ok",
		".failed < 1%":                     "is no name of a step",
		"a.b.failed < 1%":                  "is not one of",
	} {
		_, err := ParseThreshold(text)
		require.ErrorContains(t, err, why, text)
		require.ErrorContains(t, err, "write a condition", "the remedy")
	}
}

func TestThresholdHolds(t *testing.T) {
	for comparison, holds := range map[string][3]bool{ // at 1, 2 and 3 against the value 2
		"<": {true, false, false}, "<=": {true, true, false}, ">": {false, false, true},
		">=": {false, true, true}, "==": {false, true, false}, "!=": {true, false, true},
	} {
		th := Threshold{Comparison: comparison, Value: 2}
		require.Equal(t, holds, [3]bool{th.Holds(1), th.Holds(2), th.Holds(3)}, comparison)
		require.False(t, th.Holds(math.NaN()), "nothing is known of a run without requests")
	}
}

func TestParseAbort(t *testing.T) {
	a, err := ParseAbort("failed > 20% for 5s")
	require.NoError(t, err)
	require.Equal(t, 5*time.Second, a.For)
	require.Equal(t, 0.2, a.Condition.Value)
	require.Equal(t, "failed > 20% for 5s", a.String())
	require.False(t, Abort{}.Set())
	a, err = ParseAbort("failed > 20% for 5s after 30s")
	require.NoError(t, err)
	require.Equal(t, 30*time.Second, a.After)
	require.Equal(t, "failed > 20% for 5s after 30s", a.String())
	a, err = ParseAbort(" never")
	require.NoError(t, err)
	require.False(t, a.Set())
	require.Equal(t, "never", a.String())
	require.Equal(t, a, Limits{Abort: a}.Filled().Abort)
	require.True(t, Limits{}.Filled().Abort.Set(), "a sick target stops a run that says nothing")
	for text, why := range map[string]string{
		"failed > 20%":                   "the time after the word for is missing",
		"failed > 20 for 5s":             "has no %",
		"failed > 20% for 500ms":         "whole seconds",
		"failed > 20% for ever":          "a number is missing",
		"not_sent > 1 for 5s":            "known only when the run is over",
		"rate.achieved<1/s for 1s":       "known only when the run is over",
		"failed > 1% in every 2s for 1s": "belong to thresholds",
		"failed > 1% after 2s for 1s":    "is no unit of time",
		"failed > 1% for 1s after 1ms":   "whole seconds",
	} {
		_, err := ParseAbort(text)
		require.ErrorContains(t, err, why, text)
	}
}

func FuzzParseThreshold(f *testing.F) {
	for _, s := range []string{"latency.p99 < 250ms", "failed<1%", "a.not_sent!=3", "failed == 0 in every 5s after 1m", "rate.achieved >= 1/s", "....<", "=!<>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		th, err := ParseThreshold(text)
		if err != nil {
			return
		}
		again, err := ParseThreshold(th.Expression)
		require.NoError(t, err)
		require.Equal(t, th, again)
		th.Holds(1)
	})
}

func FuzzParseAbort(f *testing.F) {
	for _, s := range []string{"failed > 20% for 5s", " for  for 1s", "failed > 1% for 3s after 9s", "never", "latency.p50 > 1s for 1h"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		a, err := ParseAbort(text)
		if err != nil {
			return
		}
		again, err := ParseAbort(a.String())
		require.NoError(t, err)
		require.Equal(t, a, again)
	})
}
