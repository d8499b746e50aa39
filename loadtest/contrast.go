package loadtest

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"

	"flywheel/results"
)

// Contrast is one measure of two load tests, before and after, held against each
// other.
type Contrast struct {
	Step   string       `json:"step"`
	Metric string       `json:"metric"` // such as latency_p99
	Unit   results.Unit `json:"unit"`
	Before float64      `json:"before"` // mean over the seconds that both have
	After  float64      `json:"after"`
	Mean   float64      `json:"mean"` // after minus before
	Lo     float64      `json:"lo"`   // interval of the difference
	Hi     float64      `json:"hi"`
	Shown  bool         `json:"shown"` // whether the interval excludes 0
	Blocks int          `json:"blocks"`
}

// ContrastMethod names what Contrasts does, for whoever prints its rows.
const ContrastMethod = "batch means of per-second differences at the same point of the curve, Student's t over 10 blocks of time, Bonferroni over the measures of a step"

// contrastBlocks is the number of batches: enough for a t interval, few enough that a
// batch of a minute's run is longer than what one second remembers of the one before
// (Schmeiser 1982, Operations Research 30(3), 556-568, finds 10 to 30 best).
const contrastBlocks = 10

// Contrasts compares two load tests of one curve by their tables of seconds, so that all
// intervals of a step hold at once with the confidence, such as 0.95. Second t
// of one is paired with second t of the other, so that the curve's own shape cancels;
// the differences of neighbouring seconds resemble each other, so they are averaged in
// ten blocks, and the means of the blocks, nearly independent, give the interval (the
// method of batch means; Law and Kelton, Simulation Modeling and Analysis).
//
// It sees only how a run varies within itself. Two runs also differ by the hour at
// which they were made, which no interval from two runs can tell: repeat both when it
// matters. The error says why the runs cannot be compared: another curve, other steps,
// or fewer than twenty seconds in common.
func Contrasts(before, after *results.Table, confidence float64) ([]Contrast, error) {
	a, err := secondsByStep(before)
	if err != nil {
		return nil, fmt.Errorf("before: %w", err)
	}
	b, err := secondsByStep(after)
	if err != nil {
		return nil, fmt.Errorf("after: %w", err)
	}
	var out []Contrast
	for _, step := range a.steps {
		if !slices.Contains(b.steps, step) {
			return nil, fmt.Errorf("step %s is not in the second run; compare runs of one plan", step)
		}
		x, y := a.rows[step], b.rows[step]
		n := min(len(x), len(y))
		if n < 2*contrastBlocks {
			return nil, fmt.Errorf("step %s: the runs have %d seconds in common, and %d are needed", step, n, 2*contrastBlocks)
		}
		askedA, askedB := stat.Mean(pick(x[:n], 0), nil), stat.Mean(pick(y[:n], 0), nil)
		if math.Abs(askedA-askedB) > 0.02*max(askedA, askedB) {
			return nil, fmt.Errorf("step %s was asked %.4g/s before and %.4g/s after; compare runs of one curve", step, askedA, askedB)
		}
		for i, m := range contrasted() {
			if i == 0 {
				continue
			}
			if c, ok := contrast(pick(x[:n], i), pick(y[:n], i), results.Together(confidence, len(contrasted())-1)); ok {
				c.Step, c.Metric, c.Unit = step, m.name, m.unit
				out = append(out, c)
			}
		}
	}
	return out, nil
}

type contrastMeasure struct {
	name string
	unit results.Unit
}

// contrasted are the measures that are compared; the first one says what was asked.
func contrasted() []contrastMeasure {
	return []contrastMeasure{{"asked", "requests/s"}, {"latency_p50", "ms"}, {"latency_p90", "ms"}, {"latency_p99", "ms"}, {"latency_mean", "ms"}, {"failed_share", "share"}}
}

// bySecond are the rows of a table of seconds: by step, in order of time.
type bySecond struct {
	steps []string
	rows  map[string][][]float64
}

func secondsByStep(t *results.Table) (bySecond, error) {
	at := map[string]int{}
	for i, c := range t.Schema {
		at[c.Name] = i
	}
	for _, name := range []string{"step", "asked", "sent", "failed", "latency_p50", "latency_p90", "latency_p99", "latency_mean"} {
		if _, known := at[name]; !known {
			return bySecond{}, fmt.Errorf("table %s has no column %s; give the seconds of a load test", t.Name, name)
		}
	}
	s := bySecond{rows: map[string][][]float64{}}
	number := func(name string, row int) float64 { return t.Data[at[name]].Number[row] }
	for row := range t.Rows() {
		step := t.Data[at["step"]].Text[row]
		if s.rows[step] == nil {
			s.steps = append(s.steps, step)
		}
		sent, failed := t.Data[at["sent"]].Integer[row], t.Data[at["failed"]].Integer[row]
		share := math.NaN()
		if sent > 0 {
			share = float64(failed) / float64(sent)
		}
		s.rows[step] = append(s.rows[step], []float64{number("asked", row), number("latency_p50", row), number("latency_p90", row),
			number("latency_p99", row), number("latency_mean", row), share})
	}
	return s, nil
}

func pick(rows [][]float64, i int) []float64 {
	out := make([]float64, len(rows))
	for r := range rows {
		out[r] = rows[r][i]
	}
	return out
}

// contrast compares two series second by second; ok is false where too few seconds
// have both.
func contrast(x, y []float64, confidence float64) (c Contrast, ok bool) {
	var before, after, d []float64
	for i := range x {
		if !math.IsNaN(x[i]) && !math.IsNaN(y[i]) {
			before, after, d = append(before, x[i]), append(after, y[i]), append(d, y[i]-x[i])
		}
	}
	if len(d) < 2*contrastBlocks {
		return c, false
	}
	means := make([]float64, contrastBlocks)
	for b := range means {
		means[b] = stat.Mean(d[b*len(d)/contrastBlocks:(b+1)*len(d)/contrastBlocks], nil)
	}
	c = Contrast{Before: stat.Mean(before, nil), After: stat.Mean(after, nil), Blocks: contrastBlocks}
	c.Mean = c.After - c.Before
	t := distuv.StudentsT{Sigma: 1, Nu: contrastBlocks - 1}.Quantile((1 + confidence) / 2)
	middle, spread := stat.MeanStdDev(means, nil)
	half := t * spread / math.Sqrt(contrastBlocks)
	c.Lo, c.Hi = middle-half, middle+half
	c.Shown = c.Lo > 0 || c.Hi < 0
	return c, true
}
