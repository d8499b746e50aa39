package scenarios

import (
	"testing"

	"github.com/stretchr/testify/require"

	"flywheel/models"
)

func TestSet(t *testing.T) {
	for set, holds := range map[string]func(m *models.Model) bool{
		"platforms.A.fee=0.3":          func(m *models.Model) bool { return m.Platforms[0].Fee == 0.3 },
		"platforms[1].fee=0.3":         func(m *models.Model) bool { return m.Platforms[1].Fee == 0.3 },
		"platforms.B.cost.fixed=7/day": func(m *models.Model) bool { return m.Platforms[1].Cost.Fixed == models.MoneyOf(49) },
		"platforms.B.price.merchants=4": func(m *models.Model) bool {
			return m.Platforms[1].Price["merchants"] == 4 && m.Platforms[1].Price["consumers"] == 2
		},
		"platforms.B={fee: 0.5, cash: 3}": func(m *models.Model) bool { return m.Platforms[1].Fee == 0.5 && m.Platforms[1].Price["consumers"] == 2 },
		"platforms=[{name: C}]":           func(m *models.Model) bool { return len(m.Platforms) == 3 && m.Segments[1].Value[2] == models.Number(0) },
		"segments.students.value.*=9":     func(m *models.Model) bool { return m.Segments[0].Value[0] == models.Number(1) },
		"segments.kitchens.value.B=9": func(m *models.Model) bool {
			return m.Segments[1].Value[1] == models.Number(9) && m.Segments[1].Value[0] == models.Number(0)
		},
		"segments.students.cross.exponent=0.7": func(m *models.Model) bool { return m.Segments[0].Cross.Exponent == 0.7 },
		"segments.students.cross={form: log}": func(m *models.Model) bool {
			return m.Segments[0].Cross.Strength.Mean == 2.5 && m.Segments[0].Cross.Exponent == 0
		},
		"segments.students.cross=0":                func(m *models.Model) bool { return m.Segments[0].Cross == (models.Effect{Form: models.FormLinear}) },
		"segments.kitchens.aware={p: 0.1, q: 0}":   func(m *models.Model) bool { return m.Segments[1].Aware.P == 0.1 },
		"segments.students.start.A=0.5":            func(m *models.Model) bool { return m.Segments[0].Start[0].Share == 0.5 },
		"policies.launch.shape.ramp.from=6":        func(m *models.Model) bool { return m.Policies[0].Shape == models.Ramp{From: 6, To: 0, Over: 26} },
		"policies.launch.shape={constant: 6}":      func(m *models.Model) bool { return m.Policies[0].Shape == models.Constant{Amount: 6} },
		"policies=[{name: forever, remove: true}]": func(m *models.Model) bool { return len(m.Policies) == 2 },
		"noise=none":   func(m *models.Model) bool { return m.Noise == models.Noise{Kind: models.NoiseNone} },
		"name=renamed": func(m *models.Model) bool { return m.Name == "renamed" },
	} {
		t.Run(set, func(t *testing.T) {
			s, err := Load("testdata/good/everything.yaml", Options{Set: []string{set}})
			require.NoError(t, err)
			require.True(t, holds(s.Model), "%s", s.Resolved())
		})
	}
}

// What is set leads somewhere, and a fault in it is told by the flag and the place in its text.
func TestSetFaults(t *testing.T) {
	for set, want := range map[string]string{
		"platforms.A.fee=7":                   "--set platforms.A.fee:1:17: platforms.A.fee: 7 is out of range; give a number from 0 to 1",
		"platforms.A.fee=much":                `--set platforms.A.fee:1:17: platforms.A.fee: "much" is not a number; write a decimal number, such as 12, 0.25 or 3e6`,
		"platforms.A.fee=":                    "--set platforms.A.fee:1:17: platforms.A.fee: is set to nothing; write a value after the =",
		"platforms.A.fee":                     "--set platforms.A.fee:1:1: names no value; write --set PATH=VALUE, such as --set platforms.A.fee=0.2",
		".=[0]":                               "--set .:1:1: names no path; write --set PATH=VALUE, such as --set platforms.A.fee=0.2",
		"=5":                                  "--set :1:1: names no path; write --set PATH=VALUE, such as --set platforms.A.fee=0.2",
		"platforms.A.fees=0.1":                "--set platforms.A.fees:1:1: platforms.A.fees: there is no key fees; did you mean fee?",
		"platforms.C.fee=0.1":                 `--set platforms.C.fee:1:1: platforms.C.fee: there is no platform "C"; use one of: A, B`,
		"platforms[2].fee=0.1":                `--set platforms[2].fee:1:1: platforms[2].fee: there is no platform "[2]"; use one of: A, B`,
		"platforms.A=0.1":                     "--set platforms.A:1:1: platforms.A: a platform is more than one value; name one of its keys",
		"platforms.A.name=C":                  "--set platforms.A.name:1:1: platforms.A.name: a name cannot be changed, for things are found by it; write a file that extends this one",
		"platforms.A={name: C}":               "--set platforms.A:1:1: platforms.A: a name cannot be changed, for things are found by it; write a file that extends this one",
		"platforms.A.fee.x=0.1":               "--set platforms.A.fee.x:1:1: platforms.A.fee.x: there is no x, for the value is 0.18; set the whole value",
		"platforms.A={fe: 0.1}":               "--set platforms.A:1:14: platforms.A.fe: unknown key; did you mean fee?",
		"platforms=[{name: C, remove: true}]": `--set platforms:1:19: platforms[0].name: there is no platform "C" to remove; use one of: A, B`,
		"policies.launch.shape.constant=5":    "--set policies.launch.shape.constant:1:1: policies.launch.shape.constant: there is no constant beside ramp; set the whole value",
		"segments.kitchens.aware.p=0.1":       "--set segments.kitchens.aware.p:1:1: segments.kitchens.aware.p: there is no p, for the value is all; set the whole value",
		"segments.kitchens.start.C=0.1":       `--set segments.kitchens.start.C:1:1: segments.kitchens.start.C: no platform is called "C"; use one of: A, B`,
		"segments.students.value.B.mean=1":    "--set segments.students.value.B.mean:1:1: segments.students.value.B.mean: there is no key mean; use one of: normal, classes",
		"study.band.[2]=0.1":                  "--set study.band.[2]:1:1: study.band.[2]: there is no [2]; set the whole value",
		"extends=x":                           "--set extends:1:1: extends: extends cannot be set; write a file that extends this one",
		"variants.steady.policies=[]":         "--set variants.steady.policies:1:1: variants.steady.policies: variants cannot be set; write a file that extends this one",
		"horizon=[1":                          "--set horizon:2:1: horizon: is not YAML: did not find expected ',' or ']' while parsing a flow sequence that begins in line 1; put a text that holds a bracket, a brace or a comma in quotes, and close what was opened",
	} {
		t.Run(set, func(t *testing.T) {
			_, err := Load("testdata/good/everything.yaml", Options{Set: []string{set}})
			require.EqualError(t, err, want)
		})
	}
}

// A horizon shortened by a flag is told once, at the flag, with what to say beside it; what a
// flag says itself is told for itself.
func TestAHorizonCutByAFlag(t *testing.T) {
	const cut = "--set horizon.periods:1:17: horizon.periods: a horizon of 20 periods leaves periods outside, up to 365: "
	for name, c := range map[string]struct {
		set  []string
		want string
	}{
		"all": {[]string{"horizon.periods=20"}, cut + "2 in study.at, 8 in expect; add --set 'study.at=[]' --set 'expect=[]' or change them"},
		"one": {[]string{"horizon.periods=20", "study.at=[]"}, cut + "8 in expect; add --set 'expect=[]' or change them"},
		"own": {[]string{"study.at=[30]", "horizon.periods=20", "expect=[]"},
			"--set horizon.periods:1:17: horizon.periods: a horizon of 20 periods leaves periods outside, up to 30: 1 in study.at; add --set 'study.at=[]' or change them"},
		"later": {[]string{"horizon.periods=20", "study.at=[30]", "expect=[]"}, "--set study.at:1:11: study.at[0]: period 30 is outside the horizon; give periods from 0 to 20"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Load("food-delivery-launch", Options{Set: c.set})
			require.EqualError(t, err, c.want)
		})
	}
	_, err := Load("food-delivery-launch", Options{Set: []string{"horizon.periods=20", "study.at=[]", "expect=[]"}})
	require.NoError(t, err, "the remedy works")

	_, err = Load("campus-friday-noon-coupon", Options{Set: []string{"horizon.periods=20", "study.at=[]", "expect=[]"}})
	require.EqualError(t, err, "--set horizon.periods:1:17: horizon.periods: a horizon of 20 periods leaves periods outside, up to 26: "+
		"policies[0].from, event.period; move policies[0].from and event.period to 1 to 20")
}

// A flag that leads into what is faulty already adds nothing to it.
func TestAFlagOntoAFault(t *testing.T) {
	text := "name: x\nhorizon: {periods: 10}\nplatforms: [{name: A.1}, 5]\nsegments: [{side: s, name: p, size: 1}]\nstudy: [1, 2]\n"
	_, err := Read("x.yaml", []byte(text), Options{Replications: 2, Set: []string{"platforms.A.fee=0.1", "study.seed=2"}})
	require.EqualError(t, err, `x.yaml:3:20: platforms[0].name: "A.1" cannot be a name; use letters, digits, _ and - (not - first, nor the words none or all)
x.yaml:3:26: platforms[1]: "5" cannot stand here; write {name, fee, capacity, price, location, cash, cost}
x.yaml:5:8: study: a list cannot stand here; write {replications, band, seed, population, welfare, at}`)
}

// Where there is no platform at all, no name of one is wrong.
func TestNamesAgainstAnEmptyList(t *testing.T) {
	_, err := Load("food-delivery-launch", Options{Set: []string{"platforms=[]"}})
	require.EqualError(t, err, "--set platforms:1:11: platforms: there is none; declare at least one, such as {name: A}")
}

func TestOptionFaults(t *testing.T) {
	_, err := Load("testdata/good/minimum.yaml", Options{Engine: "cohort", Engines: engines, Replications: -3, Set: []string{"horizon.periods=0"}})
	require.EqualError(t, err, `--set horizon.periods:1:17: horizon.periods: a forecast cannot run 0 periods; give a whole number from 1 to 1000000
--engine:1:1: engine: no engine is called "cohort"; did you mean cohorts?
--replications:1:1: study.replications: a study cannot have -3 runs; give a whole number from 1 to 1000000`)
}
