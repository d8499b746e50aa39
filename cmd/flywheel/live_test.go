package main

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"flywheel/loadtest"
)

// screen is a small terminal: it knows the few things that the live view asks of one.
type screen struct {
	columns, rows int
	lines         [][]rune // from the first that was ever shown; the last rows of them are visible
	row, column   int      // of the cursor, in lines
	wrapped       bool
}

func newScreen(columns, rows int) *screen {
	return &screen{columns: columns, rows: rows, lines: [][]rune{nil}}
}

func (s *screen) top() int { return max(0, len(s.lines)-s.rows) }

func (s *screen) Write(p []byte) (int, error) {
	text := []rune(string(p))
	for i := 0; i < len(text); i++ {
		switch r := text[i]; r {
		case '\r':
			s.column = 0
		case '\n':
			s.row, s.column = s.row+1, 0
			if s.row == len(s.lines) {
				s.lines = append(s.lines, nil)
			}
		case '\x1b':
			n, command := 0, ' '
			for i += 2; ; i++ {
				if text[i] < '0' || text[i] > '9' {
					command = text[i]
					break
				}
				n = 10*n + int(text[i]-'0')
			}
			switch command {
			case 'A': // the cursor cannot leave the screen
				s.row = max(s.row-max(n, 1), s.top())
			case 'K':
				s.lines[s.row] = s.lines[s.row][:min(s.column, len(s.lines[s.row]))]
			case 'J':
				s.lines[s.row] = s.lines[s.row][:min(s.column, len(s.lines[s.row]))]
				for below := s.row + 1; below < len(s.lines); below++ {
					s.lines[below] = nil
				}
			default:
				panic(fmt.Sprintf("an escape that this terminal does not know: %c", command))
			}
		default:
			if s.column >= s.columns {
				s.wrapped = true
			}
			for len(s.lines[s.row]) <= s.column {
				s.lines[s.row] = append(s.lines[s.row], ' ')
			}
			s.lines[s.row][s.column] = r
			s.column++
		}
	}
	return len(p), nil
}

// text is everything that was ever shown and not erased.
func (s *screen) text() string {
	var b strings.Builder
	for _, line := range s.lines {
		b.WriteString(strings.TrimRight(string(line), " ") + "\n")
	}
	return strings.TrimRight(b.String(), "\n")
}

func snapshotAt(second int) loadtest.Snapshot {
	p := loadtest.Percentiles{P50: 0.61, P90: 1, P99: float64(second), Max: 2345}
	return loadtest.Snapshot{
		At: time.Duration(second) * time.Second, Length: 100 * time.Second, Asked: 1000, Achieved: 998, InFlight: 3,
		Requests: loadtest.Requests{Due: 12000, Sent: 11998, NotSent: 2, OK: 11990, Failed: 5},
		Workers:  40, Latency: p, Last: p, LastLateness: p, Errors: map[string]int64{"timeout": 1, "status_5xx": 4},
	}
}

// Whatever the size of the terminal and wherever the cursor stands, the last second stands
// where the one before it stood, what was there before stays, and nothing is left at the end.
func TestLiveViewIsDrawnInPlace(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := newScreen(rapid.IntRange(1, 120).Draw(t, "columns"), rapid.IntRange(1, 30).Draw(t, "rows"))
		before := strings.Repeat("$\n", rapid.IntRange(0, 40).Draw(t, "lines before"))
		fmt.Fprint(s, before)
		v := &live{name: "lunch", out: s, size: func() (int, int) { return s.columns, s.rows }}
		for second := range rapid.IntRange(1, 70).Draw(t, "seconds") {
			v.show(snapshotAt(second))
			var want []string
			for _, line := range v.block(snapshotAt(second)) {
				want = append(want, strings.TrimRight(cut(line, s.columns-1), " "))
			}
			want = want[:min(len(want), s.rows-1)]
			require.Equal(t, strings.TrimRight(before+strings.Join(want, "\n"), "\n"), s.text())
			require.False(t, s.wrapped)
		}
		v.clear()
		require.Equal(t, strings.TrimRight(before, "\n"), s.text())
		fmt.Fprint(s, "report")
		require.Equal(t, before+"report", s.text(), "the report begins where the view began")
	})
}

// The block as it is read.
func TestLiveViewSaysHowItGoes(t *testing.T) {
	s := newScreen(80, 17)
	v := &live{name: "lunch", out: s, size: func() (int, int) { return s.columns, s.rows }}
	v.show(snapshotAt(25))
	v.show(snapshotAt(50))
	require.Equal(t, `lunch ━━━━━━━━━━━━──────────── 50s of 1m40s
  rate      1,000/s asked, 998/s sent
  workers   3 of 40 busy
  requests  12,000 due, 2 waiting, 3 in flight, 11,990 ok, 5 failed
  errors    4 status_5xx, 1 timeout
  ms                           p50       p90       p99       max
  latency, last second        0.61      1.00      50.0     2,345
  latency, so far             0.61      1.00      50.0     2,345
  lateness, last second       0.61      1.00      50.0     2,345
  p99 by second  ▅█  top 50.0 ms`, s.text())

	tall := newScreen(80, 24)
	v = &live{name: "lunch", out: tall, size: func() (int, int) { return tall.columns, tall.rows }}
	v.show(snapshotAt(25))
	v.show(snapshotAt(50))
	require.Contains(t, tall.text(), "p99 (line) and p50 (•) by second, ms\n 50 ┤")
	require.False(t, tall.wrapped)

	v.show(loadtest.Snapshot{At: 2 * time.Minute, Length: 100 * time.Second, Requests: loadtest.Requests{NotSent: 7}})
	require.Contains(t, tall.text(), "lunch ━━━━━━━━━━━━━━━━━━━━━━━━ curve over, 7 in the queue")
	require.Contains(t, tall.text(), "errors    none")
	require.Regexp(t, `latency, last second +– +– +– +–\n`, tall.text(), "nothing ended in that second")
}

// Where nothing can be drawn in place, one line every three seconds says the same.
func TestPlainLinesAreFew(t *testing.T) {
	var out bytes.Buffer
	v := &live{name: "lunch", out: &out}
	for second := range 10 {
		v.show(snapshotAt(second))
	}
	frozen := snapshotAt(12)
	frozen.Last, frozen.LastLateness = loadtest.Percentiles{}, loadtest.Percentiles{}
	v.show(frozen)
	v.clear()
	line := func(second, p99 string) string {
		return "lunch: " + second + " of 1m40s, 998/s of 1,000/s, latency p50 0.61 p99 " + p99 + " ms, lateness p99 " + p99 +
			" ms, 3 in flight, 2 waiting, failed: 4 status_5xx, 1 timeout\n"
	}
	require.Equal(t, line("3s", "3.00")+line("6s", "6.00")+line("9s", "9.00")+
		"lunch: 12s of 1m40s, 998/s of 1,000/s, no answer in the last second, 3 in flight, 2 waiting, failed: 4 status_5xx, 1 timeout\n", out.String())
}

func TestMilliseconds(t *testing.T) {
	for v, want := range map[float64]string{0: "0.00", 0.0051: "0.01", 9.994: "9.99", 9.995: "10.0", 99.94: "99.9", 99.95: "100", 999.6: "1,000", 1234567: "1,234,567"} {
		require.Equal(t, want, milli(v))
	}
}
