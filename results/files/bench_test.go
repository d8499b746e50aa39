package files_test

import (
	"bytes"
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"flywheel/results"
	"flywheel/results/files"
)

// The target is 150,000 rows of 28 columns to both formats in under two seconds of one core.
const benchRows = 150_000

func BenchmarkWriteCSV(b *testing.B)     { benchmarkWrite(b, files.NewCSV) }
func BenchmarkWriteParquet(b *testing.B) { benchmarkWrite(b, files.NewParquet) }

func benchmarkWrite(b *testing.B, open func(io.Writer, string, results.Schema) (files.Writer, error)) {
	table := forecast(benchRows, 20)
	b.ReportAllocs()
	for b.Loop() {
		var size counter
		w, err := open(&size, "forecast", table.Schema)
		require.NoError(b, err)
		const replication = 7300 // A forecast arrives one replication at a time.
		for from := 0; from < benchRows; from += replication {
			require.NoError(b, w.Write(table.Slice(from, min(from+replication, benchRows))))
		}
		require.NoError(b, w.Close())
		b.ReportMetric(float64(size), "bytes/file")
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/benchRows, "ns/row")
}

func BenchmarkReadCSV(b *testing.B)     { benchmarkRead(b, 0) }
func BenchmarkReadParquet(b *testing.B) { benchmarkRead(b, 1) }

func benchmarkRead(b *testing.B, format int) {
	table := forecast(benchRows, 20)
	var out bytes.Buffer
	w, err := formats[format].open(&out, table.Schema)
	require.NoError(b, err)
	require.NoError(b, w.Write(table))
	require.NoError(b, w.Close())
	b.ReportAllocs()
	for b.Loop() {
		_, err := formats[format].read(out.Bytes(), table.Schema)
		require.NoError(b, err)
	}
}

type counter int64

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}
