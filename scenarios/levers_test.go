package scenarios

import (
	"testing"

	"github.com/stretchr/testify/require"

	"flywheel/sim/study"
)

func TestLeversAsStated(t *testing.T) {
	s := load(t, "testdata/good/levers.yaml", Options{})
	require.Equal(t, []Lever{
		{Name: "gift", About: "What joining pays at first.", Unit: "yuan per newcomer", Step: 0.5, Value: 4,
			Input: study.Input{Path: "policies.gift.shape.ramp.from", Lo: 0, Hi: 10}},
		{Name: "how long", Step: 0.03, Value: 2, Input: study.Input{Path: "policies.gift.shape.ramp.over", Lo: 1, Hi: 4, Suffix: "w"}},
		{Name: "users", Step: 10, Value: 100, Input: study.Input{Path: "segments.people.size", Lo: 10, Hi: 1000, Whole: true}},
	}, s.Levers)
	require.Equal(t, s.Levers, s.Offered())
}

// Without any, those of policies and take rates: the gift's amount and budget up to twice as
// much, and the take rate of 0.2 up to 0.4.
func TestLeversThatAreOffered(t *testing.T) {
	s := load(t, "testdata/good/levers.yaml", Options{Set: []string{"levers=[]"}})
	require.Empty(t, s.Levers)
	var got []string
	for _, l := range s.Offered() {
		got = append(got, l.Input.Path)
		require.Equal(t, 2*l.Value, l.Input.Hi)
		b, err := s.Builder("", l.Input.Path)
		require.NoError(t, err)
		_, _, err = b.Build([]string{l.Input.Text(l.Input.Hi)})
		require.NoError(t, err, l.Input.Path)
	}
	require.Equal(t, []string{"policies.gift.shape.ramp.from", "policies.gift.budget", "platforms.A.fee"}, got)
}
