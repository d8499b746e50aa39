package scenarios

import (
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"flywheel/models"
)

// judge stands for the theory that this package does not know: it has one model, bass, with
// parameters p, q, F0, N and t, and wants numbers of people above 0.
func judge(cases []Case) error {
	var faults models.Faults
	for i, c := range cases {
		at := fmt.Sprintf("[%d].", i)
		if c.ID == "" {
			faults = append(faults, models.Fault{Path: at + "id", Problem: "is missing"})
		}
		if c.Model != "bass" {
			faults = append(faults, models.Fault{Path: at + "model", Problem: fmt.Sprintf("%q is not a known model", c.Model), Name: c.Model, Known: []string{"bass"}})
			continue
		}
		for _, name := range slices.Sorted(func(yield func(string) bool) {
			for name := range c.Params {
				if !yield(name) {
					return
				}
			}
		}) {
			if known := []string{"p", "q", "F0", "N", "t"}; !slices.Contains(known, name) {
				faults = append(faults, models.Fault{Path: at + "params." + name, Problem: "not a parameter of bass", Name: name, Known: known})
			}
		}
		if _, said := c.Params["q"]; !said {
			faults = append(faults, models.Fault{Path: at + "params.q", Problem: "missing", Remedy: "give a number"})
		}
		for k, n := range c.Simulate.N {
			if n < 1 {
				faults = append(faults, models.Fault{Path: fmt.Sprintf("%ssimulate.N[%d]", at, k), Problem: fmt.Sprintf("%d people cannot be simulated", n), Remedy: "give 1 or more"})
			}
		}
	}
	if faults == nil {
		return nil
	}
	return faults
}

func TestCasesBecomeTheirValues(t *testing.T) {
	const file = "testdata/cases/good/every-key.yaml"
	cases, err := LoadCases(file, nil)
	require.NoError(t, err)
	require.Equal(t, []Case{
		{
			ID: "mine-1", Model: "logit-two-sided", File: file, Line: 2,
			Params: map[string]any{"V1": -2.6, "alpha1": 6.5, "mu1": int64(1), "V2": -3.2, "alpha2": 5.5, "mu2": int64(1)},
			Simulate: SimulateSettings{N: []int64{5000, 2000}, Clock: "sync", Revision: 0.2, Replications: 20, Periods: 300, BurnIn: 100,
				Start: []float64{0.1, 0.25}, Engine: "agents"},
		},
		{
			ID: "mine-2", Model: "bass", File: file, Line: 6,
			Params: map[string]any{"p": 0.03, "t": []any{int64(1), 2.5, math.Inf(1)}, "clock": "discrete", "compatible": true,
				"demand": map[string]any{"kind": "linear", "v": []any{[]any{int64(1), int64(-2)}, []any{int64(3), int64(4)}}}},
			Simulate: SimulateSettings{N: []int64{1000}, Start: []float64{0.5}},
		},
		{ID: "mine-3", Model: "launch-threshold", File: file, Line: 15, Params: map[string]any{}},
	}, cases)
}

func TestBadCasesEarnTheirMessages(t *testing.T) {
	for _, file := range corpus(t, "cases/bad") {
		t.Run(filepath.Base(file), func(t *testing.T) {
			cases, err := LoadCases(file, judge)
			require.Nil(t, cases)
			requireEarned(t, file, err)
		})
	}
}

// An error of the judge that is no list of faults is no fault of the file.
func TestAJudgeThatFails(t *testing.T) {
	broken := errors.New("broken")
	_, err := LoadCases("testdata/cases/good/every-key.yaml", func([]Case) error { return broken })
	require.Equal(t, broken, err)
}

func TestCasesThatAreNotThere(t *testing.T) {
	_, err := LoadCases("mine", nil)
	var missing *NotFoundError
	require.ErrorAs(t, err, &missing)
	require.EqualError(t, err, `there is no file "mine"`)
	_, err = LoadCases("testdata", nil)
	require.EqualError(t, err, `"testdata" is a folder; name a file`)
}

// Whatever the text, reading it ends in cases or in problems that say where they are.
func FuzzCases(f *testing.F) {
	for _, kind := range []string{"cases/good", "cases/bad"} {
		for _, file := range corpus(f, kind) {
			text, err := os.ReadFile(file)
			require.NoError(f, err)
			f.Add(string(text))
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		cases, err := ReadCases("fuzz.yaml", []byte(text), judge)
		if err == nil {
			require.NotEmpty(t, cases)
			return
		}
		for line := range strings.SplitSeq(err.Error(), "\n") {
			require.Regexp(t, problemLine, line)
		}
	})
}
