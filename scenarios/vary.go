package scenarios

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"flywheel/models"
	"flywheel/sim/study"
)

// Builder makes markets from one scenario with some of its values changed, thousands of times:
// no file is read again and nothing that stays the same is worked out again. It is safe to use
// from several goroutines at once.
type Builder struct {
	paths []string
	steps [][]string
	form  *record
	tree  *node // filled: the scenario, or one of its variants
}

// Builder prepares to change the values at the given paths, each as --set addresses it, of the
// scenario or of one of its variants; "" and study.Base mean the scenario itself. Paths that
// lead nowhere, stand twice or name what a study cannot vary are Problems, all of them.
func (s *Scenario) Builder(variant string, paths ...string) (*Builder, error) {
	tree := s.tree
	if variant != "" && variant != study.Base {
		i := slices.IndexFunc(s.Variants, func(v Variant) bool { return v.Name == variant })
		if i < 0 {
			return nil, fmt.Errorf("%s has no variant %q", s.Name, variant)
		}
		tree = s.Variants[i].tree
	}
	b := &Builder{form: whole(), tree: tree.without("variants", "expect")}
	var r report
	for _, path := range paths {
		at := place{file: "--vary " + path, path: path}
		r.files = append(r.files, at.file)
		own := steps(path)
		switch {
		case slices.Contains(b.paths, path):
			r.add(at, "say it once, with all its values", "is varied twice")
			continue
		case len(own) == 0:
			r.add(at, "write a path such as platforms.A.fee", "names no value")
			continue
		case len(own) == 1 && slices.Contains([]string{"platforms", "segments", "horizon", "study", "name", "about", "expect"}, own[0]):
			r.add(at, "name one value in it, such as platforms.A.fee", "is more than one value")
			continue
		case path == "study.replications":
			r.add(at, "give --replications", "a study runs every point equally often")
			continue
		}
		w := wrapper{report: &r, at: at}
		w.wrap(b.tree, own, &node{kind: mapping, at: at}) // may stand for a whole thing, too
		b.paths, b.steps = append(b.paths, path), append(b.steps, own)
	}
	if err := r.err(); err != nil {
		return nil, err
	}
	return b, nil
}

// Paths are what the builder changes, in the order in which Build takes their values.
func (b *Builder) Paths() []string { return slices.Clone(b.paths) }

// Build is the market and the settings with the values, written as in a scenario file, in the
// place of what the scenario says at the builder's paths, in order. Values that cannot stand
// there are Problems, all of them, and so are the faults of the market that comes of them.
func (b *Builder) Build(values []string) (*models.Model, study.Settings, error) {
	var r report
	tree := b.changed(&r, values)
	c := builder{report: &r, cut: cutBy(&r, tree)}
	m, s := c.model(tree), c.settings(tree)
	locate(&r, tree, m.Validate(), c.cut)
	c.cut.tell()
	return m, s, r.err()
}

// Overlay is a document that makes the same changes: what a scenario that extends this one has
// to say, without its name. Values that cannot stand at their paths are Problems.
func (b *Builder) Overlay(values []string) ([]byte, error) {
	var r report
	diff := difference(b.tree, b.changed(&r, values))
	if err := r.err(); err != nil || diff == nil {
		return nil, err
	}
	return emit(diff), nil
}

// changed is the filled tree with values at the builder's paths.
func (b *Builder) changed(r *report, values []string) *node {
	if len(values) != len(b.paths) {
		panic(fmt.Sprintf("bug: %d values for %d paths", len(values), len(b.paths)))
	}
	tree := b.tree
	for i, text := range values {
		at := place{file: "--vary " + b.paths[i], line: 1, column: 1, path: b.paths[i]}
		r.files = append(r.files, at.file)
		value := valueNode(r, at, text)
		if value == nil {
			continue
		}
		w := wrapper{report: r, at: at}
		change := w.wrap(tree, b.steps[i], value)
		if change == nil {
			continue
		}
		change = b.form.read(r, change)
		tree = merge(r, tree, change)
		for _, e := range change.entries { // only what changed can lack a value now
			if f := b.form.field(e.key); f != nil && tree.get(e.key) != nil {
				tree = tree.with(entry{e.key, e.at, f.form.fill(r, tree.get(e.key), tree.at)})
			}
		}
	}
	return tree
}

// valueNode reads a value as --set does; plain numbers need no reader of YAML.
func valueNode(r *report, at place, text string) *node {
	text = strings.TrimSpace(text)
	switch {
	case text == "":
		r.add(at, "write a value", "is set to nothing")
		return nil
	case text == "null" || text == "~":
		return &node{kind: absent, at: at}
	case decimal.MatchString(text):
		return &node{text: text, at: at}
	}
	return parse(r, at, []byte(text))
}

// Vary reads what --vary says, one PATH=VALUES for each text, and prepares the builder of those
// values in the same order. VALUES is a list, a,b,c, of whatever may stand at the path; or a range
// of numbers, lo:hi, or lo:hi:n for n of them evenly spaced, or lo:hi:n:log evenly in the
// logarithm, or lo:hi:log; all may carry the same unit of time, as 1/day:3/day does. Everything
// wrong with the texts is told at once; values are not tried.
func (s *Scenario) Vary(variant string, texts []string) ([]study.Input, *Builder, error) {
	var inputs []study.Input
	var faults []error
	var paths []string
	for _, text := range texts {
		in, err := parseVary(text)
		if err != nil {
			faults = append(faults, err)
			continue
		}
		inputs, paths = append(inputs, in), append(paths, in.Path)
	}
	b, err := s.Builder(variant, paths...)
	if err := errors.Join(append(faults, err)...); err != nil {
		return nil, nil, err
	}
	for i := range inputs {
		inputs[i].Whole = b.whole(i) && len(inputs[i].Levels) == 0
	}
	return inputs, b, nil
}

// whole tells whether only whole numbers may stand at a path.
func (b *Builder) whole(i int) bool {
	n, left := find(b.tree, b.steps[i])
	f := n.form
	if r, ok := f.(*record); ok && len(left) == 1 && r.field(left[0]) != nil {
		f = r.field(left[0]).form
	}
	w, ok := f.(*word)
	return ok && slices.Contains([]string{aWhole.about, aSeed.about, aPeriod.about}, w.about) // a form with words beside is a copy
}

// VaryError is a text of --vary that cannot be understood.
type VaryError struct{ Text, Problem string }

// Error quotes the text and says what is wrong and what to write.
func (e *VaryError) Error() string {
	return fmt.Sprintf("--vary %s: %s; write PATH=a,b,c or PATH=lo:hi:n, such as platforms.A.fee=0.1:0.3:5", clip(e.Text), e.Problem)
}

func parseVary(text string) (study.Input, error) {
	wrong := func(problem string, args ...any) (study.Input, error) {
		return study.Input{}, &VaryError{text, fmt.Sprintf(problem, args...)}
	}
	path, values, found := strings.Cut(text, "=")
	in := study.Input{Path: strings.TrimSpace(path)}
	values = strings.TrimSpace(values)
	switch {
	case !found || values == "":
		return wrong("names no values")
	case in.Path == "":
		return wrong("names no path")
	}
	if !strings.Contains(values, ":") || strings.ContainsAny(values, "{[\"',") { // 11:30,12:00 lists hours
		in.Levels = listed(values)
		for i, v := range in.Levels {
			if v == "" {
				return wrong("value %d is empty", i+1)
			}
			if slices.Contains(in.Levels[:i], v) {
				return wrong("lists %s twice", clip(v))
			}
		}
		return in, nil
	}
	parts := strings.Split(values, ":")
	if parts[len(parts)-1] == "log" {
		in.Log, parts = true, parts[:len(parts)-1]
	}
	if len(parts) < 2 || len(parts) > 3 {
		return wrong("%q is no range", clip(values))
	}
	var suffixes [2]string
	for i, end := range []*float64{&in.Lo, &in.Hi} {
		part := strings.TrimSpace(parts[i])
		digits := strings.LastIndexAny(part, "0123456789.") + 1
		x, problem, _ := parseDecimal(part[:digits])
		if problem != "" {
			return wrong("%q is not a number", clip(part))
		}
		*end, suffixes[i] = x, strings.TrimSpace(part[digits:])
	}
	in.Suffix = suffixes[1]
	switch {
	case suffixes[0] != suffixes[1]:
		return wrong("its ends count in %q and %q", suffixes[0], suffixes[1])
	case in.Lo > in.Hi:
		return wrong("goes down from %g to %g", in.Lo, in.Hi)
	case in.Log && in.Lo <= 0:
		return wrong("%g has no logarithm", in.Lo)
	}
	if len(parts) == 3 {
		n, err := strconv.Atoi(strings.TrimSpace(parts[2]))
		if err != nil || n < 1 || n > maxSteps {
			return wrong("%q is no number of values from 1 to %d", clip(parts[2]), maxSteps)
		}
		if n == 1 && in.Lo != in.Hi {
			return wrong("one value cannot reach from %g to %g", in.Lo, in.Hi)
		}
		in.Steps = n
	}
	return in, nil
}

// maxSteps bounds how many values one range may be asked for.
const maxSteps = 1_000_000

// listed cuts a list at its commas, those inside brackets, braces and quotes left alone.
func listed(text string) []string {
	var list []string
	depth, start := 0, 0
	var quote rune
	for i, c := range text {
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '[' || c == '{':
			depth++
		case c == ']' || c == '}':
			depth--
		case c == ',' && depth == 0:
			list = append(list, strings.TrimSpace(text[start:i]))
			start = i + 1
		}
	}
	return append(list, strings.TrimSpace(text[start:]))
}
