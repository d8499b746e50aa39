package theory

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Quantity is one number theory states about a model: its printed name and its value, where NaN or an
// infinity means never or undefined and is printed as null.
type Quantity struct {
	Name  string
	Value float64
}

// Params holds the parameters of a theory case by name, as a decoded file gives them: whole or
// floating-point numbers, words, and lists of numbers.
type Params map[string]any

// model is one row of the table: a name in case files, its parameters, the faults that no single
// parameter shows, and the quantities it states.
type model struct {
	name       string
	parameters []Parameter
	check      func(values) []error // nil when every parameter can be judged alone
	solve      func(values) []Quantity
}

func table() []model {
	return []model{
		bassModel(),
		logitOneSidedModel(),
		logitTwoSidedModel(),
		bundleLogitModel(),
		armstrongDuopolyModel(),
		logitPlatformsModel(),
		armstrongMonopolyModel(),
		competitiveBottleneckModel(),
		multihomingBothModel(),
		launchThresholdModel(),
		insulatingTariffModel(),
		divideAndConquerModel(),
		katzShapiroModel(),
		cobbDouglasModel(),
		uslModel(),
		ltvGeometricModel(),
		crnBernoulliModel(),
		bimatrixModel(),
		sobolModel(),
		morrisModel(),
		rochetTiroleModel(),
		mmcModel(),
		mm1kModel(),
		urnBallModel(),
		sbgModel(),
	}
}

// Models lists the names of the known models, always in the same order.
func Models() []string {
	var names []string
	for _, m := range table() {
		names = append(names, m.name)
	}
	return names
}

// Parameters lists the parameters of the model named, in the order they are best read; an unknown
// model is a [Fault] that names the nearest known one.
func Parameters(name string) ([]Parameter, error) {
	m, err := find(name)
	return m.parameters, err
}

// Solve returns every quantity theory states about the model named, in a fixed order and under names
// that depend on the parameters alone.
//
// A quantity that theory leaves undefined is returned as NaN or an infinity; only quantities that need
// a population are left out when none is given. An unknown model, an unknown or missing parameter, a
// value of the wrong kind and an impossible value are each a [Fault]; all of them are joined in one
// error, and no quantity is returned.
func Solve(name string, p Params) ([]Quantity, error) {
	m, err := find(name)
	if err != nil {
		return nil, err
	}
	v, faults := read(m, p)
	if m.check != nil {
		faults = append(faults, m.check(v)...)
	}
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	return m.solve(v), nil
}

func find(name string) (model, error) {
	for _, m := range table() {
		if m.name == name {
			return m, nil
		}
	}
	return model{}, Fault{"model", fmt.Sprintf("%q is not a known model", name), didYouMean(name, Models())}
}

// quantities gathers rows under the naming rules every model shares.
type quantities []Quantity

func (q *quantities) add(name string, value float64) { *q = append(*q, Quantity{name, value}) }

// called writes a name with its arguments, as in F(5).
func called(name string, args ...float64) string {
	words := make([]string, len(args))
	for i, a := range args {
		words[i] = numeral(a)
	}
	return name + "(" + strings.Join(words, ",") + ")"
}

// numeral writes a number as it stands inside a name.
func numeral(x float64) string {
	return fmt.Sprintf("%g", x+0) // +0 turns a negative zero into a plain one
}

// indexed writes a name with its index, as in n[0].
func indexed(name string, i int) string { return fmt.Sprintf("%s[%d]", name, i) }

// oneIf is 1 for yes and 0 for no.
func oneIf(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}

// spaced writes a name plain when there is one thing of its kind, and indexed otherwise.
func spaced(name string, i int, alone bool) string {
	if alone {
		return name
	}
	return indexed(name, i)
}

// nearest reports the known name with the fewest edits between it and the name given; the earlier
// known name wins a tie.
func nearest(name string, known []string) string {
	return slices.MinFunc(known, func(a, b string) int { return edits(name, a) - edits(name, b) })
}
