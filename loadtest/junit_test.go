package loadtest

import (
	"encoding/xml"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestVerdictsForMachines(t *testing.T) {
	slow := 312.5
	r := Report{
		Started: time.Date(2026, 3, 6, 12, 0, 0, 0, time.UTC), Elapsed: 61.25, Stopped: ByAbort, Abort: "failed > 20% for 5s",
		Thresholds: []Judgement{
			{Expression: "failed < 1%", Measure: "failed", Holds: true, Value: new(float64), Unit: "share"},
			{Expression: "latency.p99 < 250ms in every 10s", Measure: "latency.p99", Value: &slow, Unit: "ms", From: 30, Windows: &Windows{Every: 10, Judged: 3, Broken: 2, Worst: 40}},
			{Expression: "pay.failed == 0", Measure: "failed", Unit: "share"},
		},
	}
	var got struct {
		Tests    int `xml:"tests,attr"`
		Failures int `xml:"failures,attr"`
		Suite    struct {
			Name  string `xml:"name,attr"`
			Stamp string `xml:"timestamp,attr"`
			Cases []struct {
				Name    string `xml:"name,attr"`
				Failure *struct {
					Message string `xml:"message,attr"`
				} `xml:"failure"`
			} `xml:"testcase"`
		} `xml:"testsuite"`
	}
	require.NoError(t, xml.Unmarshal(r.JUnit("friday <&> night"), &got))
	require.Equal(t, 4, got.Tests)
	require.Equal(t, 3, got.Failures)
	require.Equal(t, "friday <&> night", got.Suite.Name)
	require.Equal(t, "2026-03-06T12:00:00", got.Suite.Stamp)
	require.Nil(t, got.Suite.Cases[0].Failure)
	require.Equal(t, "latency.p99 was 312.5 ms from 40s on; 2 of 3 windows are broken; the first 30s were not looked at", got.Suite.Cases[1].Failure.Message)
	require.Equal(t, "failed: no request ended", got.Suite.Cases[2].Failure.Message)
	require.Equal(t, "the run was aborted after 61.2s", got.Suite.Cases[3].Failure.Message)

	require.Equal(t, []string{
		"::error file=a%3Ab.yaml,title=latency.p99 < 250ms in every 10s::latency.p99 was 312.5 ms from 40s on; 2 of 3 windows are broken; the first 30s were not looked at",
		"::error file=a%3Ab.yaml,title=pay.failed == 0::failed: no request ended",
		"::error file=a%3Ab.yaml,title=abort%3A failed > 20%25 for 5s::the run was aborted after 61.2s",
	}, r.Annotations("a:b.yaml"))
}
