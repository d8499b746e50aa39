package study_test

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"flywheel/models"
	"flywheel/results"
	"flywheel/sim/study"
)

// sizes is a market of two segments whose sizes are the inputs, so that what was built can be
// read back from what was measured: nobody moves and everybody begins on the platform.
func sizes(a, b int64) (*models.Law, error) {
	segment := func(side string, size int64) models.Segment {
		return models.Segment{Side: side, Name: side, Region: "here", Size: size, Value: []models.Value{models.Number(0)},
			Start: []models.Begin{{Homing: 1, Share: 1}}}
	}
	return models.Compile(&models.Model{
		Name: "sizes", Horizon: models.Horizon{Periods: 1, Unit: "day"}, Clock: models.Clock{Kind: models.ClockSync, Revision: 0},
		Noise: models.Noise{Kind: models.NoiseAnnealed, Scale: 1}, Platforms: []models.Platform{{Name: "A"}},
		Segments: []models.Segment{segment("left", a), segment("right", b)},
	})
}

// In every row of both tables the values of the inputs are those that the row's numbers were
// made with, in whatever order the inputs were given and whatever failed beside them.
func TestInputsAndMeasuresNeverPart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		paths := rapid.Permutation([]string{"left.size", "right.size", "word"}).Draw(t, "paths")
		var inputs []study.Input
		for _, path := range paths {
			if path == "word" {
				inputs = append(inputs, study.Input{Path: path, Levels: []string{"fine", "fail"}})
				continue
			}
			lo := float64(rapid.IntRange(1, 50).Draw(t, path))
			inputs = append(inputs, study.Input{Path: path, Lo: lo, Hi: lo + float64(rapid.IntRange(0, 9).Draw(t, path+" range")), Steps: 3, Whole: true})
		}
		design, err := study.Grid(inputs)
		require.NoError(t, err)
		base, err := sizes(1, 1)
		require.NoError(t, err)
		settings := study.Settings{Engine: "agents", Replications: 2, Seed: 1, Band: [2]float64{0.05, 0.95}}
		value := func(values []string, path string) string { return values[slices.Index(paths, path)] }
		build := func(values []string) (*models.Law, study.Settings, error) {
			if value(values, "word") == "fail" {
				return nil, settings, fmt.Errorf("asked to\nfail")
			}
			a, _ := strconv.ParseInt(value(values, "left.size"), 10, 64)
			b, _ := strconv.ParseInt(value(values, "right.size"), 10, 64)
			law, err := sizes(a, b)
			return law, settings, err
		}
		w := study.NewSweep(design, base, settings, build, rapid.Bool().Draw(t, "segments"), nil)
		trials, points := results.NewTable("trials", w.TrialSchema()), results.NewTable("points", w.PointSchema())
		n, err := study.ExecutePoints(context.Background(), w.Points(), study.PointExecution{Engine: engineNamed, Threads: 3,
			Deliver: func(point int, runs []study.Measured) error {
				w.AppendTrials(trials, point, runs)
				w.AppendPoints(points, w.Rows(point, runs))
				return nil
			}})
		require.NoError(t, err)
		require.Equal(t, design.Count, n)
		seen := map[int64]bool{}
		for _, table := range []*results.Table{trials, points} {
			require.NoError(t, table.Check())
			measured := table.Schema.Index("participants")
			if measured < 0 {
				measured = table.Schema.Index("mean")
			}
			for row := range table.Rows() {
				at := table.Integers("point")[row]
				seen[at] = true
				for i, path := range paths {
					require.Equal(t, design.At(int(at))[i], table.Cell(row, table.Schema.Index(path)), path)
				}
				x := table.Data[measured].Number[row]
				if table.Texts("word")[row] == "fail" {
					require.True(t, math.IsNaN(x))
					require.Equal(t, "asked to | fail", table.Texts("error")[row])
					continue
				}
				require.Empty(t, table.Texts("error")[row])
				side := table.Texts("side")[row]
				isCount := table.Schema.Index("metric") < 0 || table.Texts("metric")[row] == "participants"
				if side != "*" && isCount {
					require.Equal(t, table.Numbers(side + ".size")[row], x)
				}
			}
		}
		require.Len(t, seen, design.Count, "no point is missing")

		lines, err := w.ReadPoints(points)
		require.NoError(t, err)
		again := results.NewTable("points", w.PointSchema())
		w.AppendPoints(again, lines)
		require.Equal(t, fmt.Sprint(points), fmt.Sprint(again), "the table of points reads back as it was")
		_, err = w.ReadPoints(trials)
		require.Error(t, err)
	})
}

// Columns of numbers with one unit of time are numbers with that unit; mixed ones are texts.
func TestInputColumns(t *testing.T) {
	base, err := sizes(1, 1)
	require.NoError(t, err)
	design, err := study.Zip([]study.Input{
		{Path: "a", Levels: []string{"1/day", "2.5/day"}}, {Path: "b", Levels: []string{"3w", "4d"}}, {Path: "c", Levels: []string{"1", "none"}}, {Path: "d", Levels: []string{"1e3", "-.5"}},
	})
	require.NoError(t, err)
	schema := study.NewSweep(design, base, study.Settings{}, nil, false, nil).TrialSchema()
	var got []string
	for _, c := range schema[1:5] {
		got = append(got, fmt.Sprint(c.Name, c.Kind, c.Unit))
	}
	require.Equal(t, []string{"anumber1/day", "btext", "ctext", "dnumber"}, got)
}

// What is kept of a run reads back as it was, NaN and failures included.
func TestMeasuredSurvivesItsBytes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := study.Measured{Values: append(rapid.SliceOf(rapid.Float64()).Draw(t, "values"), math.NaN(), math.Inf(-1))}
		if rapid.Bool().Draw(t, "failed") {
			m = study.Measured{Failed: fmt.Errorf("%s", rapid.String().Draw(t, "why"))}
		}
		point, replication := rapid.IntRange(0, 1<<40).Draw(t, "point"), rapid.IntRange(0, 1<<20).Draw(t, "replication")
		b := m.Encode(point, replication)
		p, r, got, err := study.Decode(b)
		require.NoError(t, err)
		require.Equal(t, []int{point, replication}, []int{p, r})
		require.Equal(t, fmt.Sprint(m), fmt.Sprint(got))
	})
	for _, bad := range [][]byte{nil, {0}, {0, 0}, {0, 0, 0, 1}, {0, 0, 7}} {
		_, _, _, err := study.Decode(bad)
		require.Error(t, err, "%v", bad)
	}
}
