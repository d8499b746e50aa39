package files_test

import (
	"bytes"
	"encoding/csv"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"flywheel/results"
	"flywheel/results/files"
)

func TestReadCSVInfersKinds(t *testing.T) {
	table, err := files.ReadCSV(strings.NewReader("\ufeffday,users,share,city,zip,gap,word,plus\r\n"+
		"1,10,0.5,\"York, New\",01234,,nan,+1\r\n"+
		"\r\n"+
		"2,11,1e3,Łódź,00000,,inf,-2\r\n"), "data.csv", nil)
	require.NoError(t, err)
	kinds := make([]results.Kind, len(table.Schema))
	for i, c := range table.Schema {
		kinds[i] = c.Kind
	}
	require.Equal(t, []results.Kind{results.Integer, results.Integer, results.Number, results.Text, results.Text,
		results.Text, results.Text, results.Integer}, kinds, "codes with leading zeros, empty columns and words are text")
	require.Equal(t, []string{"York, New", "Łódź"}, table.Texts("city"))
	require.Equal(t, []float64{0.5, 1000}, table.Numbers("share"))

	table, err = files.ReadCSV(strings.NewReader("a,b\n1,\n,2.5"), "data.csv", nil)
	require.NoError(t, err)
	require.Equal(t, []float64{1}, table.Numbers("a")[:1])
	require.True(t, math.IsNaN(table.Numbers("a")[1]), "whole numbers with a gap are numbers")
	require.Equal(t, 2.5, table.Numbers("b")[1])
}

func TestReadCSVNamesEveryFault(t *testing.T) {
	schema := results.Schema{{Name: "city", Kind: results.Text}, {Name: "day", Kind: results.Integer}, {Name: "users", Kind: results.Number}}
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"empty", "", []string{"data.csv: is empty; the first line must name the columns"}},
		{"blank", "\n\n", []string{"data.csv: is empty; the first line must name the columns"}},
		{"columns", "city,users\n", []string{"data.csv:1: the columns are city, users where city, day, users are wanted"}},
		{"values", "city,day,users\na,1.5,x\nb,,0x10\n\"c\nd\",9223372036854775808,1_0\ne,1,1e999\n", []string{
			`data.csv:2: column day: "1.5" is not a whole number of 64 bits`,
			`data.csv:3: column day: "" is not a whole number of 64 bits`,
			`data.csv:4: column day: "9223372036854775808" is not a whole number of 64 bits`,
			`data.csv:2: column users: "x" is not a number; leave the field empty where there is none`,
			`data.csv:3: column users: "0x10" is not a number`,
			`data.csv:4: column users: "1_0" is not a number`,
			`data.csv:6: column users: "1e999" is not a number`}},
		{"lengths", "city,day,users\na,1\nb,1,2,3\n", []string{
			"data.csv:2: 2 fields where the header has 3", "data.csv:3: 4 fields where the header has 3"}},
		{"open quote", "city,day,users\na,1,2\n\"b,1\n", []string{"data.csv:3: a quoted field is never closed"}},
		{"text after a quote", "city,day,users\n\"a\"b,1,2\n", []string{`data.csv:2: 'b' after the closing quote of a field; a quote inside quoted text must be doubled`}},
		{"quote in the middle", "city,day,users\na\"b,1,2\n", []string{`data.csv:2: a quote inside the unquoted field "a\"b"; quote the whole field and double the quote`}},
		{"broken header", "city,\"day", []string{"data.csv:1: a quoted field is never closed"}},
		{"encoding", "city,day,users\ncaf\xe9,1,2\n", []string{`data.csv:2: column city: "caf\xe9" is not valid UTF-8; save the file as UTF-8`}},
		{"many", "city,day,users\n" + strings.Repeat("a,x,1\n", 25), []string{"data.csv:21: ", "and 5 more faults"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := files.ReadCSV(strings.NewReader(c.text), "data.csv", schema)
			require.Error(t, err)
			for _, text := range c.want {
				require.ErrorContains(t, err, text)
			}
		})
	}
	_, err := files.ReadCSV(strings.NewReader("a,a\n1,2\n"), "data.csv", nil)
	require.ErrorContains(t, err, "column a stands twice")
}

func TestReadSaysWhatItCannotOpen(t *testing.T) {
	dir := t.TempDir()
	_, err := files.Read(filepath.Join(dir, "none.csv"))
	require.ErrorIs(t, err, os.ErrNotExist)
	require.ErrorContains(t, err, filepath.Join(dir, "none.csv")+": ")
	for name, want := range map[string]string{
		"t.xlsx":    ": tables are read from .parquet and .csv files",
		"t.parquet": ": is not a Parquet file or is cut short",
		"t.csv":     ":3: 1 fields where the header has 2",
	} {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte("a,b\n1,2\n3\n"), 0o666))
		_, err := files.Read(path)
		require.ErrorContains(t, err, path+want)
	}
	path := filepath.Join(dir, "t.csv")
	require.NoError(t, os.WriteFile(path, []byte("a,b\n1,2\n"), 0o666))
	table, err := files.Read(path)
	require.NoError(t, err)
	require.Equal(t, "t", table.Name)
	require.Equal(t, []int64{1}, table.Integers("a"))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "manifest.json"), []byte("{"), 0o666))
	_, err = files.Read(path)
	require.ErrorContains(t, err, filepath.Join(dir, "manifest.json")+": not a manifest: ")
}

// FuzzReadCSV holds the reader to three promises on any bytes: it never panics, what it accepts the
// standard library reads as the same fields (but for CR before LF inside quotes, which that one drops),
// and what it accepts survives being written and read again.
func FuzzReadCSV(f *testing.F) {
	for _, seed := range []string{"", "a\n", "a,b\n1,2\n", "a,b\r\n\"x,\"\"y\"\"\r\n\",\r\n", "\ufeffa\n\"\"\n", "a,b\n,\n", "a\n\"x\"y\n",
		"a\n\r\r\n", "n,t\n1e5,-0\nInf,NaN\n", "a,b\n1\n", "\"a\nb\",c\n1,2"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		table, err := files.ReadCSV(bytes.NewReader(data), "t", nil)
		if err != nil {
			return
		}
		if !bytes.Contains(data, []byte("\r")) {
			records, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff")))).ReadAll()
			require.NoError(t, err)
			require.Equal(t, records[0], table.Schema.Names())
			require.Len(t, records[1:], table.Rows())
			for i, c := range table.Schema {
				for row := range table.Data[i].Text {
					require.Equal(t, records[1+row][i], table.Data[i].Text[row], c.Name)
				}
			}
		}
		var out bytes.Buffer
		w, err := files.NewCSV(&out, "t", table.Schema)
		require.NoError(t, err)
		require.NoError(t, w.Write(table))
		require.NoError(t, w.Close())
		again, err := files.ReadCSV(&out, "t", table.Schema)
		require.NoError(t, err)
		requireSame(t, table, again)
	})
}

// FuzzReadParquet damages a good file at one place; the reader returns an error or a sound table.
func FuzzReadParquet(f *testing.F) {
	var good bytes.Buffer
	table := forecast(100, 4)
	w, err := files.NewParquet(&good, "t", table.Schema)
	require.NoError(f, err)
	require.NoError(f, w.Write(table))
	require.NoError(f, w.Close())
	for at := 0; at < good.Len(); at += 97 {
		f.Add(at, byte(0xff), good.Len())
	}
	f.Add(0, byte(0), 50)
	f.Add(0, byte(0), 0)
	f.Fuzz(func(t *testing.T, at int, flip byte, length int) {
		data := bytes.Clone(good.Bytes())
		if at >= 0 && at < len(data) {
			data[at] ^= flip
		}
		data = data[:max(0, min(length, len(data)))]
		read, err := files.ReadParquet(bytes.NewReader(data), int64(len(data)))
		if err == nil {
			require.NoError(t, read.Check())
		}
	})
}
