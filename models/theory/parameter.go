package theory

import (
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
)

// Kind says what a parameter's value looks like in a case file.
type Kind string

// The kinds of parameter.
const (
	Number  Kind = "number"                    // 0.5
	Count   Kind = "whole number"              // 1000
	Numbers Kind = "number or list of numbers" // 0.2 or [0.1, 0.2]
	Pair    Kind = "pair of numbers"           // [0.5, 0.5]
	Counts  Kind = "pair of whole numbers"     // [1000, 200]
	Word    Kind = "word"                      // async
	Flag    Kind = "true or false"             // true
	Matrix  Kind = "matrix"                    // [[3, 0], [5, 1]], one list per row
)

// Parameter describes one parameter of a model in a case file.
type Parameter struct {
	Name     string
	Kind     Kind
	Required bool
	Default  any    // nil, float64, []float64, string or bool: what stands in when the parameter is absent
	Doc      string // one line: what it is, with its unit

	limit     limit
	words     []string
	otherwise string // remedy for a word that is not among words; empty for the nearest one
}

// limit is what a number must satisfy beyond its kind; the zero value asks for a finite number.
type limit struct {
	ok   func(float64) bool
	says string
}

var (
	aboveZero    = limit{func(x float64) bool { return x >= 1e-100 && x <= 1e100 }, "a number above 0, from 1e-100 to 1e100"}
	zeroOrMore   = limit{func(x float64) bool { return x >= 0 && !math.IsInf(x, 1) }, "a finite number of at least 0"}
	fraction     = limit{func(x float64) bool { return x >= 0 && x <= 1 }, "a number from 0 to 1"}
	probability  = limit{func(x float64) bool { return x > 0 && x <= 1 }, "a number above 0 and at most 1"}
	finite       = limit{func(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }, "a finite number"}
	finiteOrMore = limit{func(x float64) bool { return x > math.Inf(-1) }, "a finite number or .inf"}
	population   = limit{func(x float64) bool { return x >= 1 && x <= 1<<53 }, "a whole number of at least 1"}
	twoOrMore    = limit{func(x float64) bool { return x >= 2 && x <= 1<<53 }, "a whole number of at least 2"}
	headcount    = limit{func(x float64) bool { return x >= 0 && x <= 1<<53 }, "a whole number of at least 0"}
)

// Fault is one thing wrong with a case.
type Fault struct {
	Path    string // the parameter, or "model"
	Problem string // what is wrong, with the value
	Remedy  string // what to write instead
}

// Error writes the fault as path, problem and remedy on one line.
func (f Fault) Error() string { return f.Path + ": " + f.Problem + "; " + f.Remedy }

// values holds the parameters of a case that were read without fault, defaults filled in.
type values struct {
	numbers  map[string][]float64
	words    map[string]string
	flags    map[string]bool
	matrices map[string][][]float64
	given    map[string]bool // whether the case itself named the parameter, rightly or wrongly
}

func noValues() values {
	return values{map[string][]float64{}, map[string]string{}, map[string]bool{}, map[string][][]float64{}, map[string]bool{}}
}

func (v values) has(name string) bool { return v.numbers[name] != nil }

func (v values) list(name string) []float64 { return v.numbers[name] }

// listOr is the list named, or another when it is absent.
func (v values) listOr(name string, otherwise []float64) []float64 {
	if !v.has(name) {
		return otherwise
	}
	return v.list(name)
}

func (v values) number(name string) float64 { return v.numbers[name][0] }

func (v values) pair(name string) [2]float64 { return [2]float64(v.numbers[name]) }

func (v values) word(name string) string { return v.words[name] }

func (v values) flag(name string) bool { return v.flags[name] }

func (v values) matrix(name string) [][]float64 { return v.matrices[name] }

// count is the whole number named, 0 when it is absent.
func (v values) count(name string) int {
	if !v.has(name) {
		return 0
	}
	return int(v.number(name))
}

// counts is the pair of whole numbers named, zeros when it is absent.
func (v values) counts(name string) [2]int {
	if !v.has(name) {
		return [2]int{}
	}
	return [2]int{int(v.numbers[name][0]), int(v.numbers[name][1])}
}

// read judges every parameter of a case by itself and returns those without fault beside all faults:
// unknown names first, in order, then the model's parameters in the model's order.
func read(m model, p Params) (values, []error) {
	v := noValues()
	var faults []error
	var known []string
	for _, q := range m.parameters {
		known = append(known, q.Name)
	}
	for _, name := range slices.Sorted(maps.Keys(p)) {
		v.given[name] = true
		if !slices.Contains(known, name) {
			faults = append(faults, Fault{name, "not a parameter of " + m.name, didYouMean(name, known)})
		}
	}
	for _, q := range m.parameters {
		raw, given := p[q.Name]
		switch {
		case !given && q.Required:
			faults = append(faults, Fault{q.Name, "missing", "give " + q.wants() + ": " + q.Doc})
			continue
		case !given && q.Default == nil:
			continue
		case !given:
			raw = q.Default
		}
		if err := q.read(raw, v); err != nil {
			faults = append(faults, err)
		}
	}
	return v, faults
}

// read puts the value of one parameter into v, or returns its fault.
func (q Parameter) read(raw any, v values) error {
	switch q.Kind {
	case Flag:
		flag, ok := raw.(bool)
		if !ok {
			return q.fault(raw, "is neither true nor false")
		}
		v.flags[q.Name] = flag
		return nil
	case Matrix:
		return q.readMatrix(raw, v)
	case Word:
		word, ok := raw.(string)
		if !ok {
			return q.fault(raw, "is not a word")
		}
		if !slices.Contains(q.words, word) {
			remedy := q.otherwise
			if remedy == "" {
				remedy = didYouMean(word, q.words)
			}
			return Fault{q.Name, fmt.Sprintf("%q is not one of %s", word, strings.Join(q.words, ", ")), remedy}
		}
		v.words[q.Name] = word
		return nil
	}
	list, isList, ok := NumbersIn(raw)
	pair := q.Kind == Pair || q.Kind == Counts
	whole := q.Kind == Count || q.Kind == Counts
	switch {
	case !ok:
		return q.fault(raw, "is not a "+string(q.Kind))
	case isList && (q.Kind == Number || q.Kind == Count):
		return q.fault(raw, "is a list")
	case pair && len(list) != 2:
		return q.fault(raw, fmt.Sprintf("has %d of the 2 numbers, side 1 first", len(list)))
	case len(list) == 0:
		return q.fault(raw, "is an empty list")
	}
	for _, x := range list {
		if !q.within(x) || whole && x != math.Trunc(x) {
			return q.fault(raw, "is not possible here")
		}
	}
	v.numbers[q.Name] = list
	return nil
}

// readMatrix puts a list of rows of one length into v, or returns its fault.
func (q Parameter) readMatrix(raw any, v values) error {
	r := reflect.ValueOf(raw)
	if k := r.Kind(); k != reflect.Slice && k != reflect.Array {
		return q.fault(raw, "is not a matrix")
	}
	rows := make([][]float64, r.Len())
	for i := range rows {
		row, isList, ok := NumbersIn(r.Index(i).Interface())
		switch {
		case !ok || !isList:
			return q.fault(raw, fmt.Sprintf("has no list of numbers as row %d", i+1))
		case len(row) == 0:
			return q.fault(raw, fmt.Sprintf("has nothing in row %d", i+1))
		case len(row) != len(rows[0]) && i > 0:
			return q.fault(raw, fmt.Sprintf("has %d numbers in row 1 and %d in row %d", len(rows[0]), len(row), i+1))
		case !slices.ContainsFunc(row, func(x float64) bool { return !q.within(x) }):
			rows[i] = row
		default:
			return q.fault(raw, "is not possible here")
		}
	}
	if len(rows) == 0 {
		return q.fault(raw, "is an empty list")
	}
	v.matrices[q.Name] = rows
	return nil
}

func (q Parameter) fault(raw any, problem string) Fault {
	if word, ok := raw.(string); ok {
		raw = fmt.Sprintf("the word %q", word)
	}
	return Fault{q.Name, fmt.Sprintf("%v %s", raw, problem), "give " + q.wants()}
}

func (q Parameter) within(x float64) bool {
	if q.limit.ok == nil {
		return finite.ok(x)
	}
	return q.limit.ok(x)
}

// wants describes a value that would do.
func (q Parameter) wants() string {
	one := q.limit.says
	if one == "" {
		one = finite.says
	}
	switch q.Kind {
	case Word:
		return "one of " + strings.Join(q.words, ", ")
	case Pair, Counts:
		return "a list of two, each " + one
	case Numbers:
		return one + ", or a list of them"
	case Flag:
		return "true or false"
	case Matrix:
		return "a list of rows, each a list of as many numbers, each " + one
	default:
		return one
	}
}

// together faults one of two parameters that mean nothing without each other.
func together(v values, a, b string) []error {
	if v.given[a] == v.given[b] {
		return nil
	}
	if v.given[b] {
		a, b = b, a
	}
	return []error{Fault{b, "missing beside " + a, "give both or neither"}}
}

// variants faults the parameters that the word chosen needs and lacks, and those given that belong to
// another choice alone.
func variants(v values, word string, own map[string][]string) []error {
	chosen, known := own[v.word(word)]
	if !known {
		return nil // the word itself is at fault
	}
	var faults []error
	for _, name := range chosen {
		if !v.given[name] {
			faults = append(faults, Fault{name, fmt.Sprintf("missing beside %s %s", word, v.word(word)), "give it as well"})
		}
	}
	for _, other := range slices.Sorted(maps.Keys(own)) {
		for _, name := range own[other] {
			if v.given[name] && !slices.Contains(chosen, name) {
				faults = append(faults, Fault{name, fmt.Sprintf("given beside %s %s", word, v.word(word)), fmt.Sprintf("leave it out, or choose %s %s", word, other)})
			}
		}
	}
	return faults
}

// NumbersIn reads one number or a list of numbers of any numeric type, as the values of Params are
// read, and says which it was; the only words that are numbers spell infinity. It is not ok where
// something else is found.
func NumbersIn(raw any) (list []float64, isList, ok bool) {
	r := reflect.ValueOf(raw)
	if k := r.Kind(); k != reflect.Slice && k != reflect.Array {
		x, ok := numberIn(r)
		return []float64{x}, false, ok
	}
	list = make([]float64, r.Len())
	for i := range list {
		item := r.Index(i)
		if item.Kind() == reflect.Interface {
			item = item.Elem()
		}
		if list[i], ok = numberIn(item); !ok {
			return nil, true, false
		}
	}
	return list, true, true
}

func numberIn(r reflect.Value) (float64, bool) {
	switch {
	case r.CanInt():
		return float64(r.Int()), true
	case r.CanUint():
		return float64(r.Uint()), true
	case r.CanFloat():
		return r.Float(), true
	}
	// A word spelling infinity is the one number a file may carry as text.
	if r.Kind() == reflect.String {
		switch strings.ToLower(r.String()) {
		case "inf", "+inf", ".inf", "+.inf", "infinity":
			return math.Inf(1), true
		}
	}
	return 0, false
}

// edits counts the letters to change, add or drop between two names, a change of case costing nothing.
func edits(a, b string) int {
	return levenshtein.ComputeDistance(strings.ToLower(a), strings.ToLower(b))
}

func didYouMean(name string, known []string) string {
	return fmt.Sprintf("did you mean %s? known: %s", nearest(name, known), strings.Join(known, ", "))
}
