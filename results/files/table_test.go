package files_test

import (
	"bytes"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"flywheel/results"
	"flywheel/results/files"
)

// formats are the two ways of writing a table, with the way back.
var formats = []struct {
	name string
	open func(out *bytes.Buffer, schema results.Schema) (files.Writer, error)
	read func(data []byte, schema results.Schema) (*results.Table, error)
}{
	{"csv",
		func(out *bytes.Buffer, schema results.Schema) (files.Writer, error) {
			return files.NewCSV(out, "t", schema)
		},
		func(data []byte, schema results.Schema) (*results.Table, error) {
			return files.ReadCSV(bytes.NewReader(data), "t", schema)
		}},
	{"parquet",
		func(out *bytes.Buffer, schema results.Schema) (files.Writer, error) {
			return files.NewParquet(out, "t", schema)
		},
		func(data []byte, _ results.Schema) (*results.Table, error) {
			return files.ReadParquet(bytes.NewReader(data), int64(len(data)))
		}},
}

// anyTable draws tables with every kind of value that a file could spoil.
func anyTable() *rapid.Generator[*results.Table] {
	text := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{
		"", " ", "a,b", `say "so"`, `"`, "two\nlines", "two\r\nlines", "\r", "\n", "żółć 食べ物 🍜", "\x00", "NaN", "007", "=1+1"}))
	integer := rapid.OneOf(rapid.Int64(), rapid.SampledFrom([]int64{math.MinInt64, math.MaxInt64, 0, -1}))
	number := rapid.OneOf(rapid.Float64(), rapid.SampledFrom([]float64{
		math.NaN(), math.Inf(1), math.Inf(-1), 0, math.Copysign(0, -1), 1e15, -1e15, 1e15 - 1, 0.1,
		math.MaxFloat64, math.SmallestNonzeroFloat64, 1 << 53, 1<<63 + 4096}))
	name := rapid.OneOf(rapid.StringMatching(`[a-z_]{1,8}`), rapid.SampledFrom([]string{"a,b", `q"`, "line\nend", "z.z", "é"}))
	return rapid.Custom(func(t *rapid.T) *results.Table {
		var schema results.Schema
		for _, name := range rapid.SliceOfNDistinct(name, 1, 6, rapid.ID).Draw(t, "names") {
			kind := rapid.SampledFrom([]results.Kind{results.Text, results.Integer, results.Number}).Draw(t, "kind")
			schema = append(schema, results.Column{Name: name, Kind: kind, Unit: "1", About: "Drawn."})
		}
		table := results.NewTable("t", schema)
		rows := rapid.IntRange(0, 30).Draw(t, "rows")
		for i, c := range schema {
			switch c.Kind {
			case results.Text:
				table.Data[i].Text = rapid.SliceOfN(text, rows, rows).Draw(t, "text")
			case results.Integer:
				table.Data[i].Integer = rapid.SliceOfN(integer, rows, rows).Draw(t, "integer")
			default:
				table.Data[i].Number = rapid.SliceOfN(number, rows, rows).Draw(t, "number")
			}
		}
		return table
	})
}

// requireSame compares tables bit for bit, except that any NaN equals any other.
func requireSame(t require.TestingT, want, got *results.Table) {
	require.Equal(t, want.Schema, got.Schema)
	require.Equal(t, want.Rows(), got.Rows())
	for i, c := range want.Schema {
		for row := range want.Rows() {
			require.Equal(t, want.Cell(row, i), got.Cell(row, i), "row %d of %q", row, c.Name)
			if c.Kind == results.Number && !math.IsNaN(want.Data[i].Number[row]) {
				require.Equal(t, math.Float64bits(want.Data[i].Number[row]), math.Float64bits(got.Data[i].Number[row]))
			}
		}
	}
}

func TestWhatIsWrittenReadsBack(t *testing.T) {
	for _, format := range formats {
		t.Run(format.name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				table := anyTable().Draw(t, "table")
				var out bytes.Buffer
				w, err := format.open(&out, table.Schema)
				require.NoError(t, err)
				require.NoError(t, w.Write(table))
				require.NoError(t, w.Close())
				read, err := format.read(out.Bytes(), table.Schema)
				require.NoError(t, err)
				requireSame(t, table, read)
			})
		})
	}
}

// However the rows are cut into tables, and however often it is done, the bytes are the same.
func TestBytesDependOnTheRowsAlone(t *testing.T) {
	for _, format := range formats {
		t.Run(format.name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				table := anyTable().Draw(t, "table")
				cut := rapid.IntRange(0, table.Rows()).Draw(t, "cut")
				requireSameBytes(t, format.open, table, cut)
			})
			// More than a row group of 131,072 rows, cut beside page boundaries of 16,384; one column of
			// each kind and one that never applies.
			all := forecast(140_000, 4)
			few := &results.Table{Name: all.Name}
			for _, i := range []int{6, 3, 9, 11} {
				few.Schema, few.Data = append(few.Schema, all.Schema[i]), append(few.Data, all.Data[i])
			}
			requireSameBytes(t, format.open, few, 50_001, 16_383, 1, 65_000)
		})
	}
}

func requireSameBytes(t require.TestingT, open func(*bytes.Buffer, results.Schema) (files.Writer, error), table *results.Table, cuts ...int) {
	var whole, parts bytes.Buffer
	w, err := open(&whole, table.Schema)
	require.NoError(t, err)
	require.NoError(t, w.Write(table))
	require.NoError(t, w.Close())

	w, err = open(&parts, table.Schema)
	require.NoError(t, err)
	from := 0
	for _, cut := range cuts {
		require.NoError(t, w.Write(table.Slice(from, from+cut)))
		from += cut
	}
	require.NoError(t, w.Write(table.Slice(from, table.Rows())))
	require.NoError(t, w.Close())
	require.True(t, bytes.Equal(whole.Bytes(), parts.Bytes()), "%d and %d bytes", whole.Len(), parts.Len())
}

// forecast is a table of the make of a real one: eight identity columns and measures, some whole, some
// real, some that do not apply.
func forecast(rows, measures int) *results.Table {
	schema := results.Identity()
	for i := range measures {
		schema = append(schema, results.Column{Name: "measure_" + string(rune('a'+i)), Kind: results.Number, Unit: "orders", About: "A measure."})
	}
	t := results.NewTable("forecast", schema)
	texts := func(column int, names ...string) {
		t.Data[column].Text = make([]string, rows)
		for row := range rows {
			t.Data[column].Text[row] = names[row/(column+1)%len(names)]
		}
	}
	texts(0, "food-two-cities")
	texts(1, "base", "no-subsidy")
	texts(4, "A", "B", "*")
	texts(5, "consumers", "merchants", "*")
	texts(6, "students", "families", "kitchens", "*")
	texts(7, "north", "south", "*")
	for row := range rows {
		t.Data[2].Integer = append(t.Data[2].Integer, int64(row/7300))
		t.Data[3].Integer = append(t.Data[3].Integer, int64(row%7300/10))
	}
	state := uint64(1)
	for i := range measures {
		values := make([]float64, rows)
		for row := range values {
			state = state*6364136223846793005 + 1442695040888963407 // Knuth's MMIX generator.
			u := float64(state>>11) / (1 << 53)
			switch i % 4 {
			case 0:
				values[row] = math.Floor(u * 1e5) // A count.
			case 1:
				values[row] = u // A share, with all its digits.
			case 2:
				values[row] = math.Floor(u*1e6) * 0.18 // Money.
			default:
				values[row] = math.NaN() // A measure of the other side.
			}
		}
		t.Data[8+i].Number = values
	}
	return t
}

func TestWritersRefuseWhatIsNotTheirs(t *testing.T) {
	schema := results.Schema{{Name: "a", Kind: results.Text}}
	for _, format := range formats {
		t.Run(format.name, func(t *testing.T) {
			_, err := format.open(&bytes.Buffer{}, nil)
			require.EqualError(t, err, "bug: table t has no columns")
			_, err = format.open(&bytes.Buffer{}, append(schema, schema...))
			require.ErrorContains(t, err, "bug: table t: column a stands twice")

			w, err := format.open(&bytes.Buffer{}, schema)
			require.NoError(t, err)
			other := results.NewTable("other", results.Schema{{Name: "b", Kind: results.Text}})
			require.EqualError(t, w.Write(other), "bug: table other has columns b where its file has a")
			broken := results.NewTable("t", schema)
			broken.Data[0].Number = []float64{1}
			require.ErrorContains(t, w.Write(broken), "bug: table t: column a of kind text holds values of another kind")
			latin := results.NewTable("t", schema)
			require.NoError(t, latin.Append("caf\xe9"))
			require.EqualError(t, w.Write(latin), `table t: row 0: column a: "caf\xe9" is not valid UTF-8, which Parquet text must be`)
		})
	}
}

func TestTeeWritesAll(t *testing.T) {
	table := forecast(10, 20)
	var a, b bytes.Buffer
	first, err := files.NewCSV(&a, "t", table.Schema)
	require.NoError(t, err)
	second, err := files.NewCSV(&b, "t", table.Schema)
	require.NoError(t, err)
	w := files.Tee(first, second)
	require.NoError(t, w.Write(table))
	require.NoError(t, w.Close())
	require.Equal(t, a.String(), b.String())
	require.NotEmpty(t, a.String())
}
