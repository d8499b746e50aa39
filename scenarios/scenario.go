package scenarios

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"slices"
	"strings"

	"flywheel/loadtest/plan"
	"flywheel/models"
	"flywheel/sim/study"
)

// Scenario is a file as values: the market, its variants, the runs asked for and what is
// claimed of them. Everything in it is valid; nothing in it is to be changed.
type Scenario struct {
	Name     string
	About    string // free text of the file
	Model    *models.Model
	Variants []Variant // in the order of the file
	Settings study.Settings
	Start    string // date of the first period, as the file writes it; empty when it says none
	Claims   []study.Claim
	Levers   []Lever    // as stated
	Load     *plan.Plan // what meets the event's deployment, without a curve; nil: the scenario does not say
	Observed *Observed  // nil: nothing

	Digest       string // SHA-256 of the resolved scenario, in hexadecimal
	SourceDigest string // SHA-256 of the file as it was read, in hexadecimal

	resolved []byte
	tree     *node
}

// Variant is a named change to a scenario, resolved and valid.
type Variant struct {
	Name  string
	Model *models.Model
	tree  *node
}

// Options say what the command line adds to a scenario; the zero value adds nothing.
type Options struct {
	Set          []string // changes as PATH=VALUE, made in order after everything the file extends
	Engine       string   // overrides engine
	Seed         *uint64  // overrides study.seed
	Replications int      // overrides study.replications when not 0
	Engines      []string // engines there are; empty accepts any name
}

// Load reads the scenario of a file or of the library, with everything it extends, and makes
// the changes that the options ask for. The error is a *NotFoundError when there is no such
// scenario and Problems, all of them, when it is faulty.
func Load(source string, o Options) (*Scenario, error) {
	name := source
	if !isPath(source) && !slices.Contains(Library(), source) {
		if _, err := os.Stat(source); err == nil {
			name = "./" + source
		}
	}
	text, file, err := open(name, "")
	if err != nil {
		return nil, err
	}
	return Read(file, text, o)
}

// Read is Load for a text that is in memory already; file is the name that problems quote,
// and its folder is where relative paths begin.
func Read(file string, text []byte, o Options) (*Scenario, error) {
	var r report
	form := whole()
	tree, complete := chain(&r, form, text, file)
	if !complete {
		return nil, r.err()
	}
	for _, f := range o.flags(&r) {
		tree = f.apply(&r, form, tree)
	}
	s := &Scenario{SourceDigest: digest(text)}
	s.resolve(&r, form, tree, o.Engines)
	if err := r.err(); err != nil {
		return nil, err
	}
	s.resolved = emit(s.tree)
	s.Digest = digest(s.resolved)
	return s, nil
}

// Resolved is the whole scenario as one canonical YAML document: what it extends merged,
// every default written in, every change of the options made, each variant as its
// difference. Read again it gives the same values and the same bytes.
func (s *Scenario) Resolved() []byte { return bytes.Clone(s.resolved) }

func digest(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// resolve fills a merged tree and turns it into values; problems go to the report.
func (s *Scenario) resolve(r *report, form *record, tree *node, engines []string) {
	s.tree = form.fill(r, tree, tree.at)
	b := builder{report: r, cut: cutBy(r, s.tree)}
	s.Name, s.About = textOf(s.tree.get("name")), textOf(s.tree.get("about"))
	s.Model = b.model(s.tree)
	s.Settings = b.settings(s.tree)
	s.Start = textOf(s.tree.get("horizon").get("start"))
	locate(r, s.tree, s.Model.Validate(), b.cut)
	if e := s.tree.get("engine"); len(engines) > 0 && e.intact() && !slices.Contains(engines, e.text) {
		r.add(e.at, meant(e.text, engines), "no engine is called %q", clip(e.text))
	}
	s.vary(r, form, tree, b.cut)
	s.claim(r, b.cut)
	s.levers(r)
	s.load(r)
	s.observe(r)
	b.cut.tell()
}

// vary resolves every variant and writes it into the tree as its difference.
func (s *Scenario) vary(r *report, form *record, tree *node, cut *cut) {
	all := tree.get("variants")
	if all == nil || all.kind != mapping {
		return
	}
	written := &node{kind: mapping, at: all.at, form: all.form}
	bare := tree.without("variants")
	for _, e := range all.entries {
		if e.value.kind != layers {
			continue
		}
		own := report{}
		changed := bare
		for _, layer := range e.value.items {
			if layer.kind == mapping {
				changed = merge(&own, changed, layer.over(bare.at, form))
			}
		}
		v := Variant{Name: e.key, tree: form.fill(&own, changed, changed.at)}
		b := builder{report: &own}
		v.Model = b.model(v.tree)
		locate(&own, v.tree, v.Model.Validate(), cut)
		own.tell(r, e.key)
		s.Variants = append(s.Variants, v)
		diff := difference(s.tree.without("variants"), v.tree.without("variants"))
		if diff == nil {
			// An empty variant would be refused: one that changes nothing says so by
			// repeating a value of the scenario.
			diff = &node{kind: mapping, entries: []entry{{key: "clock", value: s.tree.get("clock")}}}
		}
		written.entries = append(written.entries, entry{e.key, e.at, diff})
	}
	s.tree = s.tree.with(entry{"variants", all.at, written})
}

// over is a layer of a variant as a document of the whole form, placed where the scenario
// is: a value missing from a variant is missing from the scenario.
func (n *node) over(at place, form *record) *node {
	layer := *n
	layer.at, layer.form = at, form
	return &layer
}

// tell passes a variant's problems on: what the scenario itself has told is not told again,
// and what lies outside the variant is said to be its doing.
func (r *report) tell(to *report, variant string) {
	for _, p := range r.found {
		if to.seen[p] {
			continue
		}
		if inside := "variants." + variant; p.Path != inside && !strings.HasPrefix(p.Path, inside+".") {
			p.Text = fmt.Sprintf("in variant %s: %s", variant, p.Text)
			p.Remedy += ", or change it in the variant too (null takes a key away)"
		}
		to.note(p)
	}
}

// claim parses the expectations.
func (s *Scenario) claim(r *report, cut *cut) {
	scopeOf := func(m *models.Model, tree *node) *scope {
		sc := newScope(m)
		sc.welfare, sc.began = s.Settings.Welfare, textOf(tree.get("horizon").get("start"))
		sc.intact = namesIntact(tree) && tree.get("horizon").intact() && m.Horizon.Periods > 0 &&
			len(m.Platforms) > 0 && len(m.Segments) > 0
		return sc
	}
	scopes := map[string]*scope{"": scopeOf(s.Model, s.tree)}
	var variants []string
	for _, v := range s.Variants {
		variants = append(variants, v.Name)
		scopes[v.Name] = scopeOf(v.Model, v.tree)
	}
	for _, n := range items(s.tree.get("expect")) {
		that := n.get("that")
		if n.kind != mapping || !that.intact() || that == nil {
			continue
		}
		claim, faults := parseClaim(that.text, scopes, variants)
		for _, f := range faults {
			if f.beyond > 0 && cut.takes("expect", that.at, f.beyond) {
				continue
			}
			r.add(that.at, f.remedy, "at character %d: %s", f.at, f.problem)
		}
		claim.Name, claim.Kind, claim.Known = textOf(n.get("name")), study.ClaimKind(textOf(n.get("kind"))), textOf(n.get("known"))
		if known := n.get("known"); claim.Known != "" && claim.Kind == study.Plain {
			r.add(known.at, "say kind: fit or kind: predict, or take it out", "theory has no known exceptions")
		}
		for _, b := range benchmarked() {
			v := n.get("benchmarks").get(b[0])
			if v == nil || !v.intact() {
				continue
			}
			if len(faults) == 0 && !claim.Numbers() {
				r.add(v.at, "compare with plain numbers, such as between 0.5 and 0.64, or take the benchmarks out", "nothing tells whether a benchmark would hold")
				break
			}
			claim.Naive = append(claim.Naive, study.Said{Model: strings.ReplaceAll(b[0], "_", " "), Value: number(v)})
		}
		s.Claims = append(s.Claims, claim)
	}
}
