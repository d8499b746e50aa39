package scenarios

import (
	"testing"

	"github.com/stretchr/testify/require"

	"flywheel/models"
	"flywheel/sim/study"
)

// What a builder makes of a value is what --set makes of it, whatever it is set to.
func TestABuilderChangesWhatSetChanges(t *testing.T) {
	const file = "testdata/good/everything.yaml"
	base := load(t, file, Options{})
	for _, set := range [][2]string{
		{"platforms.A.fee", "0.3"}, {"platforms[1].fee", "0.3"}, {"platforms.B.cost.fixed", "7/day"}, {"platforms.B.price.merchants", "4"},
		{"platforms.B", "{fee: 0.5, cash: 3}"}, {"segments.students.value.*", "9"}, {"segments.kitchens.value.B", "9"},
		{"segments.students.cross.exponent", "0.7"}, {"segments.students.cross", "{form: log}"}, {"segments.students.cross", "0"},
		{"segments.kitchens.aware", "{p: 0.1, q: 0}"}, {"segments.students.size", "77"}, {"segments.students.start.A", "0.5"},
		{"policies.launch.shape.ramp.from", "6"}, {"policies.launch.shape", "{constant: 6}"},
		{"noise", "none"}, {"noise.scale", "2"}, {"clock.kind", "async"}, {"horizon.unit", "week"}, {"study.seed", "9"}, {"engine", "cohorts"},
	} {
		t.Run(set[0]+"="+set[1], func(t *testing.T) {
			want, err := Load(file, Options{Set: []string{set[0] + "=" + set[1]}})
			require.NoError(t, err)
			b, err := base.Builder("", set[0])
			require.NoError(t, err)
			m, settings, err := b.Build([]string{set[1]})
			require.NoError(t, err)
			require.Equal(t, want.Model, m)
			require.Equal(t, want.Settings, settings)
			again, _, err := b.Build([]string{set[1]})
			require.NoError(t, err)
			require.Equal(t, m, again, "building changes nothing that the next build sees")

			overlay, err := b.Overlay([]string{set[1]})
			require.NoError(t, err)
			extended, err := Read("testdata/good/overlay.yaml", append([]byte("name: overlay\nextends: ./everything.yaml\n"), overlay...), Options{})
			require.NoError(t, err, "%s", overlay)
			extended.Model.Name = m.Name
			require.Equal(t, m, extended.Model, "%s", overlay)
		})
	}
}

// A builder of a variant starts from the variant.
func TestABuilderOfAVariant(t *testing.T) {
	s := load(t, "food-delivery-launch", Options{})
	b, err := s.Builder("no-subsidy", "platforms.A.fee", "platforms.B.fee")
	require.NoError(t, err)
	m, _, err := b.Build([]string{"0.2", "0.3"})
	require.NoError(t, err)
	require.Empty(t, m.Policies)
	policies, err := s.Builder("", "policies")
	require.NoError(t, err)
	none, _, err := policies.Build([]string{"[]"})
	require.NoError(t, err)
	require.Empty(t, none.Policies)
	require.Equal(t, []float64{0.2, 0.3}, []float64{m.Platforms[0].Fee, m.Platforms[1].Fee})
	_, err = s.Builder("no-subsidies")
	require.EqualError(t, err, `food-delivery-launch has no variant "no-subsidies"`)
}

// Faults of a path are told when the builder is made, faults of a value when it is built.
func TestABuilderTellsFaults(t *testing.T) {
	s := load(t, "food-delivery-launch", Options{})
	_, err := s.Builder("", "platforms.A.fees", "platforms.C.fee", "platforms.A.fee", "platforms.A.fee", "platforms", "study.replications")
	require.EqualError(t, err, `--vary platforms.A.fees:1:1: platforms.A.fees: there is no key fees; did you mean fee?
--vary platforms.C.fee:1:1: platforms.C.fee: there is no platform "C"; use one of: A, B
--vary platforms.A.fee:1:1: platforms.A.fee: is varied twice; say it once, with all its values
--vary platforms:1:1: platforms: is more than one value; name one value in it, such as platforms.A.fee
--vary study.replications:1:1: study.replications: a study runs every point equally often; give --replications`)
	b, err := s.Builder("", "platforms.A.fee", "horizon.periods", "segments.students.size")
	require.NoError(t, err)
	_, _, err = b.Build([]string{"7", "100", "many"})
	require.EqualError(t, err, `--vary platforms.A.fee:1:1: platforms.A.fee: 7 is out of range; give a number from 0 to 1
--vary horizon.periods:1:1: horizon.periods: a horizon of 100 periods leaves periods outside, up to 182: 1 in study.at; add --set 'study.at=[]' or change them
--vary segments.students.size:1:1: segments.students.size: "many" is not a number; write a whole number, such as 12`)
}

func TestVary(t *testing.T) {
	s := load(t, "food-delivery-launch", Options{})
	inputs, b, err := s.Vary("", []string{
		"platforms.A.fee=0.1:0.3:5", "platforms.B.capacity=100/day, 2e3/day,.inf", "segments.chains.size=10:12",
		"policies.A-stay-live.budget=1e3:1e6:4:log", "segments.chains.cross={form: log}, {form: power, exponent: 0.5}", "segments.students.orders.rate=0.1/day:0.2/day",
	})
	require.NoError(t, err)
	require.Equal(t, []study.Input{
		{Path: "platforms.A.fee", Lo: 0.1, Hi: 0.3, Steps: 5},
		{Path: "platforms.B.capacity", Levels: []string{"100/day", "2e3/day", ".inf"}},
		{Path: "segments.chains.size", Lo: 10, Hi: 12, Whole: true},
		{Path: "policies.A-stay-live.budget", Lo: 1e3, Hi: 1e6, Steps: 4, Log: true},
		{Path: "segments.chains.cross", Levels: []string{"{form: log}", "{form: power, exponent: 0.5}"}},
		{Path: "segments.students.orders.rate", Lo: 0.1, Hi: 0.2, Suffix: "/day"},
	}, inputs)
	require.Equal(t, []string{"0.1", "0.15", "0.2", "0.25", "0.3"}, inputs[0].Values())
	require.Equal(t, []string{"1000", "10000", "100000", "1e+06"}, inputs[3].Values())
	require.Equal(t, []string{"10", "11", "12"}, []string{inputs[2].At(0.3), inputs[2].At(0.5), inputs[2].At(1)})
	require.Equal(t, []string{"100/day", "2e3/day", ".inf"}, []string{inputs[1].At(0), inputs[1].At(0.34), inputs[1].At(1)})
	require.Equal(t, []string{"0.1/day", "0.2/day"}, inputs[5].Values())
	m, _, err := b.Build([]string{"0.1", "2e3/day", "11", "1e+06", "{form: log}", "0.1/day"})
	require.NoError(t, err)
	require.Equal(t, models.FormLog, m.Segments[3].Cross.Form)

	_, _, err = s.Vary("", []string{"platforms.A.fee", "platforms.A.fee=", "=1,2", "platforms.A.fee=0.3:0.1", "platforms.A.fee=0:1:log", "platforms.A.fee=1,,2",
		"platforms.A.fee=1,1", "platforms.A.fee=0:1:0", "platforms.A.fee=0:1:1", "platforms.A.fee=a:b", "platforms.A.fee=1/day:2", "platforms.A.fee=1:2:3:4", "platform.A.fee=1"})
	const remedy = "; write PATH=a,b,c or PATH=lo:hi:n, such as platforms.A.fee=0.1:0.3:5\n"
	require.EqualError(t, err, "--vary platforms.A.fee: names no values"+remedy+
		"--vary platforms.A.fee=: names no values"+remedy+
		"--vary =1,2: names no path"+remedy+
		"--vary platforms.A.fee=0.3:0.1: goes down from 0.3 to 0.1"+remedy+
		"--vary platforms.A.fee=0:1:log: 0 has no logarithm"+remedy+
		"--vary platforms.A.fee=1,,2: value 2 is empty"+remedy+
		"--vary platforms.A.fee=1,1: lists 1 twice"+remedy+
		`--vary platforms.A.fee=0:1:0: "0" is no number of values from 1 to 1000000`+remedy+
		"--vary platforms.A.fee=0:1:1: one value cannot reach from 0 to 1"+remedy+
		`--vary platforms.A.fee=a:b: "a" is not a number`+remedy+
		`--vary platforms.A.fee=1/day:2: its ends count in "/day" and ""`+remedy+
		`--vary platforms.A.fee=1:2:3:4: "1:2:3:4" is no range`+remedy+
		"--vary platform.A.fee:1:1: platform.A.fee: there is no key platform; did you mean platforms?")
}

func BenchmarkBuild(b *testing.B) {
	s, err := Load("food-delivery-launch", Options{})
	require.NoError(b, err)
	builder, err := s.Builder("", "platforms.A.fee", "segments.students.cross.strength", "policies.B-per-order.budget")
	require.NoError(b, err)
	for b.Loop() {
		m, _, err := builder.Build([]string{"0.2", "9", "3e6"})
		require.NoError(b, err)
		_, err = models.Compile(m)
		require.NoError(b, err)
	}
}
