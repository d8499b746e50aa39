package study

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"flywheel/models"
	"flywheel/results"
	"flywheel/sim"
)

// Sweep is a parameter study: the points of a design, each run with several replications and read
// into two tables. A value of an input and a measure of it stand in one row from the start, so
// that no column can be taken for another.
type Sweep struct {
	design   Design
	settings Settings
	build    func(values []string) (*models.Law, Settings, error)
	headline []string // metrics of the table of points
	last     int      // the scenario's own last period
	metrics  results.Schema

	inputs results.Schema // one column for each path
	frame  []scope        // the rows of one period, in the order of a timeline
	kept   []int          // of them, those that are kept
}

// NewSweep prepares a sweep over a design. The law is that of the scenario as it is, whose
// platforms and sides the points share; build makes the market of a point. Segments are kept
// beside the sides where wanted. The table of points has the given metrics, by default those of
// Headline.
func NewSweep(d Design, law *models.Law, s Settings, build func(values []string) (*models.Law, Settings, error), segments bool, metrics []string) *Sweep {
	w := &Sweep{design: d, settings: s, build: build, headline: metrics, metrics: sim.Recorded(law), last: law.Model.Horizon.Periods, inputs: inputColumns(d)}
	if len(metrics) == 0 {
		w.headline = Headline()
	}
	w.frame = frameOf(sim.NewLayout(law, "", "", []int{0}).Recorder(0).Table)
	for i, s := range w.frame {
		if segments || s.Segment == sim.Total && s.Region == sim.Total {
			w.kept = append(w.kept, i)
		}
	}
	return w
}

// Headline are the metrics that a table of points has when nobody says: how far platforms grew and
// what it cost.
func Headline() []string {
	return []string{"participants", "share", "orders", "gmv", "subsidy_to_date", "revenue", "cash"}
}

// frameOf are the scopes of one period's rows.
func frameOf(t *results.Table) []scope {
	rows := make([]scope, t.Rows())
	platform, side, segment, region := t.Texts("platform"), t.Texts("side"), t.Texts("segment"), t.Texts("region")
	for i := range rows {
		rows[i] = scope{platform[i], side[i], segment[i], region[i]}
	}
	return rows
}

// withUnit is a number with a unit of time behind it.
var withUnit = regexp.MustCompile(`^([-+]?[0-9.]+(?:[eE][-+]?[0-9]+)?)\s*(/?\s*[a-z]+)?$`)

// inputColumns are the columns of a design's paths: numbers where all values of a path are
// numbers with the same unit of time or none, and texts otherwise.
func inputColumns(d Design) results.Schema {
	columns := make(results.Schema, len(d.Paths))
	for i, path := range d.Paths {
		columns[i] = results.Column{Name: path, Kind: results.Number, About: "Value of the input " + path + "."}
	}
	for p := range d.Count {
		for i, value := range d.At(p) {
			_, unit, ok := splitUnit(value)
			switch c := &columns[i]; {
			case c.Kind == results.Text:
			case !ok || p > 0 && unit != c.Unit:
				c.Kind, c.Unit = results.Text, ""
			default:
				c.Unit = unit
			}
		}
	}
	return columns
}

// splitUnit reads a number with its unit of time.
func splitUnit(value string) (x float64, unit results.Unit, ok bool) {
	m := withUnit.FindStringSubmatch(strings.TrimSpace(value))
	if m == nil {
		return 0, "", false
	}
	x, err := strconv.ParseFloat(m[1], 64)
	unit = results.Unit(strings.TrimSpace(m[2]))
	if per, found := strings.CutPrefix(string(unit), "/"); found {
		unit = results.Unit("1/" + strings.TrimSpace(per))
	}
	return x, unit, err == nil
}

// Points is the sweep as a study of points.
func (w *Sweep) Points() Points {
	return Points{
		Count: w.design.Count, Replications: w.settings.Replications,
		Build:   func(point int) (*models.Law, Settings, error) { return w.build(w.design.At(point)) },
		Periods: w.periods, Measure: w.measure,
	}
}

// periods are those that a sweep keeps of a run: the settings' own within the horizon, and the last.
func (w *Sweep) periods(l *models.Law) []int {
	last := l.Model.Horizon.Periods
	list := []int{last}
	for _, at := range w.settings.At {
		if at < last {
			list = append(list, at)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// measure is a run as numbers: for each kept period the period, then row after row the metrics.
func (w *Sweep) measure(_ int, _ *models.Law, timeline *results.Table) ([]float64, error) {
	if timeline.Rows()%len(w.frame) != 0 || !slices.Equal(frameOf(timeline.Slice(0, len(w.frame))), w.frame) {
		return nil, errors.New("the point has other platforms, sides, segments or regions than the scenario; vary what leaves them alone")
	}
	periods := timeline.Integers("period")
	values := make([]float64, 0, timeline.Rows()/len(w.frame)*w.width())
	columns := make([][]float64, len(w.metrics))
	for m := range w.metrics {
		if timeline.Schema.Index(w.metrics[m].Name) >= 0 { // a point may speak of less than the scenario
			columns[m] = timeline.Numbers(w.metrics[m].Name)
		}
	}
	for from := 0; from < timeline.Rows(); from += len(w.frame) {
		values = append(values, float64(periods[from]))
		for _, row := range w.kept {
			for m := range columns {
				x := math.NaN()
				if columns[m] != nil {
					x = columns[m][from+row]
				}
				values = append(values, x)
			}
		}
	}
	return values, nil
}

// TrialSchema are the columns of the table of runs: which run it is, the inputs' values, what a
// timeline measures, and why a run failed.
func (w *Sweep) TrialSchema() results.Schema {
	s := append(results.Schema{
		{Name: "point", Kind: results.Integer, Unit: "1", About: "Point of the design, from 0, in the order of the plan."},
	}, w.inputs...)
	s = append(s, results.Schema(results.Identity())[2:]...)
	return append(append(s, w.metrics...),
		results.Column{Name: "error", Kind: results.Text, About: "Why the run failed; empty when it did not. A failed run has one row without measures."})
}

// PointSchema are the columns of the table of points: bands over the replications of each.
func (w *Sweep) PointSchema() results.Schema {
	s := append(results.Schema{
		{Name: "point", Kind: results.Integer, Unit: "1", About: "Point of the design, from 0, in the order of the plan."},
	}, w.inputs...)
	s = append(s, SummarySchema()[1:]...)
	return append(s,
		results.Column{Name: "failed", Kind: results.Integer, Unit: "1", About: "Replications that failed."},
		results.Column{Name: "error", Kind: results.Text, About: "Why the first of them failed; a point without a finished run has one row without measures."})
}

// head appends the cells that every row of a point begins with.
func (w *Sweep) head(t *results.Table, point int, values []string) {
	t.Data[0].Integer = append(t.Data[0].Integer, int64(point))
	for i, value := range values {
		d := &t.Data[1+i]
		if w.inputs[i].Kind == results.Number {
			x, _, _ := splitUnit(value)
			d.Number = append(d.Number, x)
			continue
		}
		d.Text = append(d.Text, value)
	}
}

// texts appends one cell to each of some columns.
func texts(columns []results.Data, cells ...string) {
	for i, cell := range cells {
		columns[i].Text = append(columns[i].Text, cell)
	}
}

// AppendTrials adds the rows of one point's runs to a table of TrialSchema.
func (w *Sweep) AppendTrials(t *results.Table, point int, runs []Measured) {
	values := w.design.At(point)
	own := t.Data[1+len(values):]
	add := func(replication int, period int, s scope, measures []float64, failed string) {
		w.head(t, point, values)
		own[0].Integer = append(own[0].Integer, int64(replication))
		own[1].Integer = append(own[1].Integer, int64(period))
		texts(own[2:], s.Platform, s.Side, s.Segment, s.Region)
		for m := range w.metrics {
			x := math.NaN()
			if measures != nil {
				x = measures[m]
			}
			d := &own[6+m]
			d.Number = append(d.Number, x)
		}
		texts(own[6+len(w.metrics):], failed)
	}
	for r, run := range runs {
		if run.Failed != nil {
			add(r, w.last, scope{sim.Total, sim.Total, sim.Total, sim.Total}, nil, oneLine(run.Failed))
			continue
		}
		for k := range w.blocks(run) {
			period, rows := w.block(run, k)
			for i, row := range w.kept {
				add(r, period, w.frame[row], rows[i], "")
			}
		}
	}
}

// blocks is how many periods are kept of a run.
func (w *Sweep) blocks(m Measured) int { return len(m.Values) / w.width() }

func (w *Sweep) width() int { return 1 + len(w.kept)*len(w.metrics) }

// block is one kept period of a run: its rows of metrics.
func (w *Sweep) block(m Measured, k int) (period int, rows [][]float64) {
	values := m.Values[k*w.width() : (k+1)*w.width()]
	rows = make([][]float64, 0, len(w.kept))
	for from := 1; from < len(values); from += len(w.metrics) {
		rows = append(rows, values[from:from+len(w.metrics)])
	}
	return int(values[0]), rows
}

// PointRow is a line of the table of points: a metric of a scope, with its band over the
// replications of the point that did not fail.
type PointRow struct {
	Entry
	Point  int
	Values []string // of the inputs, in the order of the design's paths
	Failed int      // replications that failed
	Error  string   // of the first of them
}

// Rows are the lines of one point, for every kept period, metric and scope to which the metric
// applies. A point of which no run has finished has one line without a metric.
func (w *Sweep) Rows(point int, runs []Measured) []PointRow {
	line := PointRow{Point: point, Values: w.design.At(point)}
	var done []Measured
	for _, run := range runs {
		if run.Failed == nil {
			done = append(done, run)
		} else if line.Failed++; line.Error == "" {
			line.Error = oneLine(run.Failed)
		}
	}
	if len(done) == 0 {
		nan := math.NaN()
		line.Entry = Entry{Platform: sim.Total, Side: sim.Total, Segment: sim.Total, Region: sim.Total, Period: w.last, Band: results.Band{Mean: nan, Lo: nan, Hi: nan}}
		return []PointRow{line}
	}
	var list []PointRow
	values := make([]float64, len(done))
	for k := range w.blocks(done[0]) {
		var period int
		blocks := make([][][]float64, len(done))
		for r := range done {
			period, blocks[r] = w.block(done[r], k)
		}
		for _, name := range w.headline {
			m := w.metrics.Index(name)
			if m < 0 {
				continue
			}
			for i, row := range w.kept {
				applies := false
				for r := range done {
					values[r] = blocks[r][i][m]
					applies = applies || !math.IsNaN(values[r])
				}
				if !applies {
					continue
				}
				s := w.frame[row]
				band, _ := results.BandOf(values, w.settings.Band[0], w.settings.Band[1])
				line.Entry = Entry{Metric: name, Platform: s.Platform, Side: s.Side, Segment: s.Segment, Region: s.Region,
					Period: period, Unit: w.metrics[m].Unit, Band: band}
				list = append(list, line)
			}
		}
	}
	return list
}

// oneLine is an error as a cell of a table.
func oneLine(err error) string { return strings.ReplaceAll(err.Error(), "\n", " | ") }

// AppendPoints adds the lines of points to a table of PointSchema.
func (w *Sweep) AppendPoints(t *results.Table, rows []PointRow) {
	for _, r := range rows {
		w.head(t, r.Point, r.Values)
		own := t.Data[1+len(r.Values):]
		texts(own, r.Metric, r.Platform, r.Side, r.Segment, r.Region)
		own[5].Integer = append(own[5].Integer, int64(r.Period))
		texts(own[6:], string(r.Unit))
		for i, x := range [...]float64{r.Band.Mean, r.Band.Lo, r.Band.Hi} {
			own[7+i].Number = append(own[7+i].Number, x)
		}
		own[10].Integer = append(own[10].Integer, int64(r.Band.N))
		own[11].Integer = append(own[11].Integer, int64(r.Failed))
		texts(own[12:], r.Error)
	}
}

// ReadPoints are the lines of a table that AppendPoints has made of this sweep; a table of other columns or
// points is an error.
func (w *Sweep) ReadPoints(t *results.Table) ([]PointRow, error) {
	if schema := w.PointSchema(); !t.Schema.Equal(schema) {
		return nil, fmt.Errorf("the table of points has the columns %s, where this sweep has %s", strings.Join(t.Schema.Names(), ", "), strings.Join(schema.Names(), ", "))
	}
	point, own := t.Data[0].Integer, t.Data[1+len(w.inputs):]
	list := make([]PointRow, t.Rows())
	for i := range list {
		if point[i] < 0 || point[i] >= int64(w.design.Count) {
			return nil, fmt.Errorf("the table of points has point %d, where this sweep has %d", point[i], w.design.Count)
		}
		list[i] = PointRow{
			Entry: Entry{
				Metric: own[0].Text[i], Platform: own[1].Text[i], Side: own[2].Text[i], Segment: own[3].Text[i], Region: own[4].Text[i],
				Period: int(own[5].Integer[i]), Unit: results.Unit(own[6].Text[i]),
				Band: results.Band{Mean: own[7].Number[i], Lo: own[8].Number[i], Hi: own[9].Number[i], N: int(own[10].Integer[i])},
			},
			Point: int(point[i]), Values: w.design.At(int(point[i])), Failed: int(own[11].Integer[i]), Error: own[12].Text[i],
		}
	}
	return list, nil
}

// Encode writes what was kept of a run as bytes, with the run's place in the study.
func (m Measured) Encode(point, replication int) []byte {
	b := binary.AppendUvarint(nil, uint64(point))
	b = binary.AppendUvarint(b, uint64(replication))
	if m.Failed != nil {
		return append(append(b, 1), m.Failed.Error()...)
	}
	b = append(b, 0)
	for _, x := range m.Values {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(x))
	}
	return b
}

// Decode reads what Encode wrote; an error says that the bytes are not such a record.
func Decode(b []byte) (point, replication int, m Measured, err error) {
	p, n := binary.Uvarint(b)
	r, k := binary.Uvarint(b[max(n, 0):])
	if n <= 0 || k <= 0 || len(b) < n+k+1 {
		return 0, 0, m, fmt.Errorf("%d bytes are no record of a run", len(b))
	}
	rest := b[n+k+1:]
	if b[n+k] == 1 {
		return int(p), int(r), Measured{Failed: errors.New(string(rest))}, nil
	}
	if b[n+k] != 0 || len(rest)%8 != 0 {
		return 0, 0, m, fmt.Errorf("%d bytes are no record of a run", len(b))
	}
	m.Values = make([]float64, len(rest)/8)
	for i := range m.Values {
		m.Values[i] = math.Float64frombits(binary.LittleEndian.Uint64(rest[8*i:]))
	}
	return int(p), int(r), m, nil
}
