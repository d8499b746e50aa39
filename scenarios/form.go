package scenarios

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"flywheel/models"
)

// form is what a place in a scenario may hold.
type form interface {
	// read brings what a document says at this place into its one canonical writing and
	// reports what is wrong with it; a value that cannot be understood comes back lost.
	read(r *report, n *node) *node
	// fill adds what was left out. The place is the nearest one that was said.
	fill(r *report, n *node, near place) *node
	// what says in a few words what the place may hold.
	what() string
}

// word is a form of one scalar.
type word struct {
	about string
	also  []string // words that may stand instead
	text  bool     // wants text, where others want a number
	bare  bool     // text that YAML may take for something else when it stands without quotes
	words []string // the only ones understood; nil for any
	parse func(text string) (canonical, problem, remedy string)
}

func (w *word) what() string {
	if len(w.also) == 0 {
		return w.about
	}
	return w.about + ", or " + strings.Join(w.also, " or ")
}

func (w *word) read(r *report, n *node) *node {
	switch n.kind {
	case lost:
		return n
	case absent:
		return r.add(n.at, "write "+w.what()+", or leave the key out", "is empty")
	case mapping:
		return r.add(n.at, "write "+w.what(), "a mapping stands where %s belongs", w.about)
	case list:
		return r.add(n.at, "write "+w.what(), "a list stands where %s belongs", w.about)
	}
	if alone := strings.ToLower(strings.TrimPrefix(n.text, "+")); alone == infinite && slices.Contains(w.also, infinite) {
		return &node{text: infinite, at: n.at, form: w, source: n.source}
	}
	switch {
	case slices.Contains(w.also, n.text):
		return &node{text: n.text, isText: true, at: n.at, form: w, source: n.source}
	case w.text && !n.isText && w.words == nil && !w.bare:
		return r.add(n.at, "put it in quotes if it is meant as text", "%s stands where %s belongs", clip(n.text), w.about)
	case !w.text && n.isText && decimal.MatchString(n.text):
		return r.add(n.at, "write it without quotes", "%q in quotes is text, not %s", clip(n.text), w.about)
	}
	canonical, problem, remedy := w.parse(strings.TrimSpace(n.text))
	if problem != "" {
		if len(w.also) > 0 && n.isText && !strings.ContainsAny(n.text, "0123456789") {
			problem, remedy = fmt.Sprintf("%q is not %s", clip(n.text), w.about), "write "+w.what()
			if near := nearest(n.text, w.also); near != "" && near != infinite {
				remedy = "did you mean " + near + "?"
			}
		}
		return r.add(n.at, remedy, "%s", problem)
	}
	return &node{text: canonical, isText: w.text, at: n.at, form: w, source: n.source}
}

func (w *word) fill(_ *report, n *node, _ place) *node { return n }

// or is the same form with words that may stand instead.
func (w *word) or(also ...string) *word {
	wider := *w
	wider.also = append(slices.Clone(w.also), also...)
	return &wider
}

// The scalar forms.
var (
	aNumber = &word{about: "a number", parse: func(text string) (string, string, string) {
		x, problem, remedy := parseDecimal(text)
		return formatNumber(x), problem, remedy
	}}
	aWhole = &word{about: "a whole number", parse: parseWhole}
	aSeed  = &word{about: "a whole number of at least 0", parse: func(text string) (string, string, string) {
		n, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			return "", fmt.Sprintf("%q is not a seed", clip(text)), "write a whole number from 0 to 18446744073709551615"
		}
		return strconv.FormatUint(n, 10), "", ""
	}}
	anAmount = &word{about: "an amount of money", parse: func(text string) (string, string, string) {
		x, problem, _ := parseDecimal(text)
		switch {
		case problem != "":
			return "", fmt.Sprintf("%q is not an amount of money", clip(text)), "write a number without a unit, such as 3e6 or 4.00"
		case x < -models.MaxMoney || x > models.MaxMoney:
			return "", fmt.Sprintf("%s is out of range", clip(text)), fmt.Sprintf("give an amount of at most %g", float64(models.MaxMoney))
		}
		if tiny(x) {
			return "", clip(text) + " is " + tinyProblem, tinyRemedy
		}
		return formatNumber(x), "", ""
	}}
	aRate = &word{about: "a rate", parse: func(text string) (string, string, string) {
		a, problem, remedy := parseRate(text)
		return formatRate(a), problem, remedy
	}}
	aLength = &word{about: "a length of time", parse: func(text string) (string, string, string) {
		a, problem, remedy := parseLength(text)
		return formatLength(a), problem, remedy
	}}
	aPeriod = &word{about: "a period", parse: func(text string) (string, string, string) {
		if isDate(text) {
			return text, "", ""
		}
		a, problem, remedy := parseLength(text)
		if problem == "" && a.unit == "" {
			return parseWhole(text)
		}
		return formatLength(a), problem, remedy
	}}
	aText = &word{about: "text", text: true, parse: func(text string) (string, string, string) {
		if text == "" {
			return "", "is empty", "write something, or leave the key out"
		}
		return text, "", ""
	}}
	aDate = &word{about: "a date", text: true, bare: true, parse: func(text string) (string, string, string) {
		if _, err := parseDate(text); err != nil {
			return "", fmt.Sprintf("%q is not a date", clip(text)), "write a date such as 2014-01-10, 2014-01 or 2014"
		}
		return text, "", ""
	}}
	aName = &word{about: "a name", text: true, parse: func(text string) (string, string, string) {
		if !models.IsName(text) {
			return "", fmt.Sprintf("%q cannot be a name", clip(text)), models.NameRemedy
		}
		return text, "", ""
	}}
)

// tiny tells an amount that is there and yet less than a micro-unit, the smallest that a
// ledger books: it would silently be nothing.
func tiny(amount float64) bool { return amount != 0 && math.Abs(amount) < 1.0/models.MicroUnits }

// The problem of a tiny amount, and what to do about it.
const (
	tinyProblem = "less than a millionth, the smallest amount that is booked"
	tinyRemedy  = "give 0, or at least 0.000001; or count in a smaller unit of money"
)

// oneOf is a form of some words and nothing else.
func oneOf(words ...string) *word {
	return &word{about: strings.Join(words, " or "), text: true, words: words, parse: func(text string) (string, string, string) {
		if slices.Contains(words, text) {
			return text, "", ""
		}
		return "", fmt.Sprintf("%q is not understood", clip(text)), meant(text, words)
	}}
}
