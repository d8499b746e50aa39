package swarm

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// However long a question and its answer take, each by itself, the lead's clock is no
// further from the estimate than the estimate's error.
func TestTheOffsetIsWithinItsError(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ahead := rapid.Int64Range(-int64(time.Hour), int64(time.Hour)).Draw(t, "ahead")
		var all []exchange
		now := int64(0)
		for range rapid.IntRange(1, 30).Draw(t, "exchanges") {
			there, thinks, back := rapid.Int64Range(0, 1e9).Draw(t, "there"), rapid.Int64Range(0, 1e7).Draw(t, "thinks"), rapid.Int64Range(0, 1e9).Draw(t, "back")
			x := exchange{asked: now}
			x.received = now + there + ahead
			x.sent = x.received + thinks
			x.answered = now + there + thinks + back
			all = append(all, x)
			now = x.answered + 1e6
		}
		o := offsetOf(all)
		require.LessOrEqual(t, max(int64(o.Ahead)-ahead, ahead-int64(o.Ahead)), int64(o.Error))
		for _, x := range all {
			require.LessOrEqual(t, int64(o.Error), (x.answered-x.asked-x.sent+x.received)/2+1, "the quickest exchange is taken")
		}
	})
}

// A symmetric exchange of 4 ms with a lead 10 s ahead, by hand.
func TestTheOffsetOfOneExchange(t *testing.T) {
	o := offsetOf([]exchange{{asked: 0, received: 10_002e6, sent: 10_003e6, answered: 5e6}})
	require.Equal(t, Offset{Ahead: 10 * time.Second, Error: 2*time.Millisecond + 1}, o)
	require.Equal(t, "+10000.000 ms ± 2.000 ms", o.String())
}

// Messages that nobody of this protocol can have sent are refused.
func TestReportsAreRead(t *testing.T) {
	text, err := report{ID: "x", Worker: "a", Weight: 1, Stage: pressing, Part: 3, Piece: 1, Pieces: 2, piece: []byte("{\n}")}.encode()
	require.NoError(t, err)
	r, err := readReport(text)
	require.NoError(t, err)
	require.Equal(t, "{\n}", string(r.piece))
	require.Equal(t, 3, r.Part)
	for _, text := range []string{"", "{}", "{}\n", `{"weight":1}`, `{"weight":1,"part":1,"piece":1,"pieces":1}` + "\n", `{"weight":1,"part":-1}` + "\n", "[]\n"} {
		_, err := readReport([]byte(text))
		require.Error(t, err, text)
	}
}
