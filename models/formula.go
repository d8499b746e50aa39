package models

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/vm"
)

// The bounds of a formula: what it costs grows with its size and with nothing else.
const (
	maxFormula = 2000 // characters
	maxNodes   = 500  // numbers, names and operators
)

// Formula is an expression over the numbers of a Sight that has been understood: arithmetic,
// comparisons, `and`, `or`, `not`, `condition ? this : that`, and the functions of Functions.
// It has no loops, reads nothing but its numbers and changes nothing. It is safe to share
// between goroutines.
type Formula struct {
	program *vm.Program
	used    []string // the names it reads
}

// Functions lists what a formula may call.
func Functions() []string {
	return []string{"abs", "ceil", "exp", "floor", "log", "max", "min", "round", "sqrt"}
}

// operators are those a formula may use; the others work on texts, lists and ranges.
var operators = []string{"+", "-", "*", "/", "**", "^", "<", "<=", ">", ">=", "==", "!=", "and", "&&", "or", "||", "not", "!"}

// formulaFault is what is wrong with a formula, and where in its text.
type formulaFault struct {
	at              int // characters into the text
	problem, remedy string
	name            string   // unknown, or empty
	known           []string // what would have been understood
}

// report adds the fault at a path, with its place in the text.
func (f *formulaFault) report(path string, faults *Faults) {
	*faults = append(*faults, Fault{Path: path, Problem: f.problem, Remedy: f.remedy, Name: f.name, Known: f.known, Within: f.at})
	if f.name != "" {
		(*faults)[len(*faults)-1].Remedy = "use one of: " + strings.Join(f.known, ", ")
	}
}

// compileFormula understands a formula that gives a number, or a condition that holds or not.
func compileFormula(text string, condition bool) (*Formula, *formulaFault) {
	if strings.TrimSpace(text) == "" {
		return nil, &formulaFault{problem: "is empty", remedy: "write an expression, such as 2 * (0.3 - share)"}
	}
	if len(text) > maxFormula {
		return nil, &formulaFault{problem: fmt.Sprintf("has %d characters", len(text)), remedy: fmt.Sprintf("write at most %d", maxFormula)}
	}
	tree, err := parser.Parse(text)
	if err != nil {
		return nil, misunderstood(err)
	}
	v := &visitor{}
	ast.Walk(&tree.Node, v)
	if v.fault != nil {
		return nil, v.fault
	}
	if v.nodes > maxNodes {
		return nil, &formulaFault{problem: fmt.Sprintf("has %d numbers, names and operators", v.nodes), remedy: fmt.Sprintf("use at most %d", maxNodes)}
	}
	result := expr.AsFloat64()
	if condition {
		result = expr.AsBool()
	}
	real := func(name string, f func(float64) float64) expr.Option {
		return expr.Function(name, func(args ...any) (any, error) { return f(asFloat(args[0])), nil }, f, func(int) float64 { return 0 })
	}
	program, err := expr.Compile(text, expr.Env(environment(&Sight{})), expr.MaxNodes(maxNodes), result,
		real("exp", math.Exp), real("log", math.Log), real("sqrt", math.Sqrt))
	if err != nil {
		return nil, misunderstood(err)
	}
	return &Formula{program, v.names}, nil
}

func asFloat(x any) float64 {
	switch x := x.(type) {
	case int:
		return float64(x)
	case float64:
		return x
	}
	return math.NaN()
}

// misunderstood turns an error of the library into a fault: its first line, at its place.
func misunderstood(err error) *formulaFault {
	fault := &formulaFault{problem: err.Error(), remedy: "use numbers, names, " + strings.Join(operators, " ") + " ?: and " + strings.Join(Functions(), ", ")}
	if e, ok := err.(*file.Error); ok {
		fault.problem, fault.at = strings.ToLower(e.Message), e.From
	}
	fault.problem, _, _ = strings.Cut(fault.problem, "\n")
	switch {
	case strings.HasPrefix(fault.problem, "expected float64"):
		fault.problem, fault.remedy = "is a condition where an amount belongs", "write condition ? amount : other amount"
	case strings.HasPrefix(fault.problem, "expected bool"):
		fault.problem, fault.remedy = "is a number where a condition belongs", "compare it, as in share > 0.3"
	case strings.Contains(fault.problem, "token eof"):
		fault.problem = "ends in the middle"
	}
	return fault
}

// visitor counts the nodes of a formula and refuses what is not plain arithmetic.
type visitor struct {
	nodes int
	names []string
	fault *formulaFault
}

// Visit looks at one node; children come before their parents, so that the first fault kept
// is the one furthest to the left of those at the bottom.
func (v *visitor) Visit(node *ast.Node) {
	v.nodes++
	at := (*node).Location().From
	refuse := func(problem, remedy string) {
		if v.fault == nil || at < v.fault.at {
			v.fault = &formulaFault{at: at, problem: problem, remedy: remedy}
		}
	}
	unknown := func(thing, name string, known []string) {
		if v.fault == nil || at < v.fault.at {
			v.fault = &formulaFault{at: at, problem: fmt.Sprintf("no %s is called %q", thing, name), name: name, known: known}
		}
	}
	switch n := (*node).(type) {
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.ConditionalNode:
	case *ast.UnaryNode:
		if !slices.Contains(operators, n.Operator) {
			refuse(fmt.Sprintf("the operator %s has no place in a formula", n.Operator), "use "+strings.Join(operators, " "))
		}
	case *ast.BinaryNode:
		if !slices.Contains(operators, n.Operator) {
			refuse(fmt.Sprintf("the operator %s has no place in a formula", n.Operator), "use "+strings.Join(operators, " "))
		}
	case *ast.IdentifierNode:
		v.names = append(v.names, n.Value)
		if !slices.Contains(variableNames(), n.Value) && !slices.Contains(Functions(), n.Value) {
			unknown("variable", n.Value, variableNames())
		}
	case *ast.BuiltinNode:
		if !slices.Contains(Functions(), n.Name) {
			unknown("function", n.Name, Functions())
		}
	case *ast.CallNode:
		name, ok := n.Callee.(*ast.IdentifierNode)
		switch {
		case !ok:
			refuse("calls what is no function", "call one of "+strings.Join(Functions(), ", "))
		case !slices.Contains(Functions(), name.Value):
			v.fault = nil // the name was taken for a variable
			unknown("function", name.Value, Functions())
		}
	case *ast.PredicateNode, *ast.PointerNode:
		refuse("loops over a list", "use numbers, names and operators only")
	default:
		refuse("a text, a list or a definition has no place in a formula", "use numbers, names and operators only")
	}
}

// environment writes a sight under the names that formulas read.
func environment(s *Sight) map[string]any {
	names := make(map[string]any, variables)
	for i, v := range Variables() {
		names[v.Name] = s[i]
	}
	return names
}

// Number is what the formula comes to: money, or whatever its policy offers; not a number
// where it divides zero by zero, and infinite where it divides by zero.
func (f *Formula) Number(s *Sight) float64 {
	out, err := vm.Run(f.program, environment(s))
	if err != nil {
		return math.NaN()
	}
	x, ok := out.(float64)
	if !ok {
		return math.NaN()
	}
	return x
}

// Holds tells whether the condition is met.
func (f *Formula) Holds(s *Sight) bool {
	out, err := vm.Run(f.program, environment(s))
	met, ok := out.(bool)
	return err == nil && ok && met
}

// names tells whether the formula reads a number; no formula reads none.
func (f *Formula) names(variable string) bool { return f != nil && slices.Contains(f.used, variable) }
