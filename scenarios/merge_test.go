package scenarios

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"flywheel/models"
)

func load(t *testing.T, file string, o Options) *Scenario {
	t.Helper()
	s, err := Load(file, o)
	require.NoError(t, err)
	return s
}

func variant(t *testing.T, s *Scenario, name string) *models.Model {
	t.Helper()
	for _, v := range s.Variants {
		if v.Name == name {
			return v.Model
		}
	}
	require.Fail(t, "no variant "+name)
	return nil
}

func platformsOf(m *models.Model) []string {
	var names []string
	for _, p := range m.Platforms {
		names = append(names, p.Name)
	}
	return names
}

// The chain extends-top -> extends-middle -> extends-base merges by the rules of the manual.
func TestAChainOfFiles(t *testing.T) {
	s := load(t, "testdata/good/extends-top.yaml", Options{})
	require.Equal(t, "extends-top", s.Name)
	require.Equal(t, models.Horizon{Periods: 50, Unit: "day"}, s.Model.Horizon, "mappings merge by key")
	require.Equal(t, []string{"A", "C"}, platformsOf(s.Model), "B is removed, C is appended by the file between")
	require.Equal(t, 0.2, s.Model.Platforms[0].Fee)
	require.Equal(t, models.Effect{Strength: models.Number(4), Form: models.FormPower, Exponent: 0.5}, s.Model.Segments[0].Cross,
		"the middle file changes the strength and keeps the form")
	require.Len(t, s.Model.Policies, 1)
	require.Equal(t, models.Constant{Amount: 1}, s.Model.Policies[0].Shape, "a constant takes the place of the ramp")
	require.False(t, s.Model.Policies[0].Limited)

	require.Equal(t, "no-subsidy", s.Variants[0].Name)
	require.Empty(t, s.Variants[0].Model.Policies, "[] empties")
	require.Len(t, s.Variants, 2, "null takes the variant lower-fee away")
	require.Equal(t, []string{"A"}, platformsOf(variant(t, s, "two-again")))
	require.Equal(t, []string{"bounded", "more"}, []string{s.Claims[0].Name, s.Claims[1].Name})
	require.Equal(t, "C", s.Claims[0].Left.Quantity.Platform, "expectations merge by name")
}

// A variant that two files speak of gets both their changes, in order.
func TestLayersOfAVariant(t *testing.T) {
	s := load(t, "testdata/good/extends-middle.yaml", Options{})
	lower := variant(t, s, "lower-fee")
	require.Equal(t, 0.1, lower.Platforms[0].Fee, "from the base")
	require.Equal(t, 0.05, lower.Platforms[1].Fee, "from the file that extends it")
	require.Equal(t, []float64{0, 0.5, 1}, []float64{lower.Platforms[0].Location, lower.Platforms[1].Location, lower.Platforms[2].Location})
}

func TestVariantsThatTakeAway(t *testing.T) {
	s := load(t, "testdata/good/start-and-null.yaml", Options{})
	alone := variant(t, s, "alone")
	require.Equal(t, []models.Value{models.Number(1)}, alone.Segments[0].Value)
	require.Equal(t, []models.Begin{{Homing: 1, Share: 0.25}}, alone.Segments[0].Start)
	again := variant(t, s, "again")
	require.Equal(t, []string{"B", "A"}, platformsOf(again), "removed and added again, A comes last")
	require.Equal(t, s.Model, variant(t, s, "same"))
	require.Contains(t, string(s.Resolved()), "same:\n    clock:\n", "a variant that changes nothing is still written")
}

func TestShortForms(t *testing.T) {
	s := load(t, "testdata/good/short-forms.yaml", Options{})
	require.Equal(t, models.NoiseNone, s.Model.Noise.Kind)
	require.Equal(t, map[string]float64{"riders": 1.5, "drivers": 1.5}, s.Model.Platforms[0].Price)
	single, many, noisy := s.Model.Segments[0], s.Model.Segments[1], s.Model.Segments[2]
	require.True(t, math.IsInf(single.Homing.Cost, 1))
	require.True(t, single.Outside.None)
	require.Equal(t, models.Value{Mean: 2, SD: 1, Classes: 5}, single.Value[2])
	require.Equal(t, models.Effect{Strength: models.Number(-1), Form: models.FormLinear}, single.Same)
	require.Equal(t, models.Multi{}, many.Homing)
	require.Equal(t, []models.Value{models.Number(1), models.Number(2), models.Number(1)}, many.Value)
	require.Equal(t, &models.Noise{Kind: models.NoiseNone}, many.Noise)
	require.Nil(t, many.Revision)
	require.Equal(t, &models.Noise{Kind: models.NoiseAnnealed, Scale: 2}, noisy.Noise)
	require.Nil(t, noisy.Aware)
	require.Nil(t, noisy.Start)
}

// merged is the canonical text of one document laid over another.
func merged(t *testing.T, base, over string) (string, error) {
	t.Helper()
	var r report
	form := whole()
	tree := form.read(&r, parse(&r, place{file: "base"}, []byte(base)))
	tree = merge(&r, merge(&r, nil, tree), form.read(&r, parse(&r, place{file: "over"}, []byte(over))))
	return string(emit(tree)), r.err()
}

func TestMerging(t *testing.T) {
	for name, c := range map[string]struct{ base, over, want string }{
		"mappings merge by key":        {"clock: {kind: sync}", "clock: {revision: 0.5}", "clock:\n  kind: sync\n  revision: 0.5\n"},
		"numbers are replaced":         {"engine: a", "engine: b", "engine: b\n"},
		"other lists replace":          {"study: {at: [1, 2]}", "study: {at: [3]}", "study:\n  at: [3]\n"},
		"things merge by name":         {"platforms: [{name: A, fee: 0.1, cash: 5}]", "platforms: [{name: A, fee: 0.2}]", "platforms:\n  - name: A\n    fee: 0.2\n    cash: 5\n"},
		"new names append":             {"platforms: [{name: A}]", "platforms: [{name: B}]", "platforms:\n  - name: A\n  - name: B\n"},
		"remove takes away":            {"platforms: [{name: A}, {name: B}]", "platforms: [{name: A, remove: true}]", "platforms:\n  - name: B\n"},
		"an empty list empties":        {"platforms: [{name: A}]", "platforms: []", "platforms: []\n"},
		"a short form says all":        {"segments: [{name: s, cross: {strength: 3, form: log}}]", "segments: [{name: s, cross: 2}]", "segments:\n  - name: s\n    cross:\n      strength: 2\n"},
		"a long form changes a short":  {"segments: [{name: s, cross: 3}]", "segments: [{name: s, cross: {form: log}}]", "segments:\n  - name: s\n    cross:\n      strength: 3\n      form: log\n"},
		"a shape replaces a shape":     {"policies: [{name: p, shape: {constant: 2}}]", "policies: [{name: p, shape: {pulse: {for: 2}}}]", "policies:\n  - name: p\n    shape:\n      pulse:\n        for: 2\n"},
		"a shape of one kind merges":   {"policies: [{name: p, shape: {pulse: {for: 2, amount: 1}}}]", "policies: [{name: p, shape: {pulse: {for: 3}}}]", "policies:\n  - name: p\n    shape:\n      pulse:\n        for: 3\n        amount: 1\n"},
		"classes give way to a number": {"segments: [{name: s, same: {normal: [1, 2], classes: 3, form: log}}]", "segments: [{name: s, same: {strength: 1}}]", "segments:\n  - name: s\n    same:\n      form: log\n      strength: 1\n"},
		"a form takes its exponent":    {"segments: [{name: s, same: {form: power, exponent: 2}}]", "segments: [{name: s, same: {form: log}}]", "segments:\n  - name: s\n    same:\n      form: log\n"},
		"no noise has no scale":        {"noise: {kind: annealed, scale: 2}", "noise: {kind: none}", "noise:\n  kind: none\n"},
		"one side's price":             {"platforms: [{name: A, price: 5}]", "platforms: [{name: A, price: {riders: 3}}]", "platforms:\n  - name: A\n    price:\n      \"*\": 5\n      riders: 3\n"},
		"bundles have one writing":     {"segments: [{name: s, start: {A+B: 0.1}}]", "segments: [{name: s, start: {B+A: 0.2}}]", "segments:\n  - name: s\n    start:\n      A+B: 0.2\n"},
		"a word replaces a mapping":    {"segments: [{name: s, aware: {p: 0.1, q: 0}}]", "segments: [{name: s, aware: all}]", "segments:\n  - name: s\n    aware: all\n"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := merged(t, c.base, c.over)
			require.NoError(t, err)
			require.Equal(t, c.want, got)
		})
	}
}

// The difference of two markets, laid over the first, gives the second: the law by which a
// resolved scenario keeps its variants.
func TestDifferenceUndoesItself(t *testing.T) {
	form := whole()
	rapid.Check(t, func(t *rapid.T) {
		from, to := drawMarket(t, "from"), drawMarket(t, "to")
		over := difference(from, to)
		if over == nil {
			require.True(t, same(from, to))
			return
		}
		var r report
		back := form.read(&r, parse(&r, place{file: "difference"}, emit(over)))
		got := form.fill(&r, merge(&r, from, back), place{file: "difference"})
		require.NoError(t, r.err(), "%s", emit(over))
		require.Equal(t, string(emit(to)), string(emit(got.without("variants"))), "%s", emit(over))
	})
}
