package scenarios

import (
	"path/filepath"
	"strings"
	"time"

	"flywheel/loadtest/plan"
)

// PlanOptions say what the command line adds to a plan; the zero value adds nothing.
type PlanOptions struct {
	Target string     // takes the place of the plan's target
	Curve  plan.Curve // takes the place of the plan's curve

	// Files gives the content of a file that the plan names; nil looks for it in the plan's folder and then in
	// the working directory.
	Files func(name string) ([]byte, error)
}

// LoadPlan reads the plan of a load test from a file and makes the changes that the options
// ask for; the plan is sound, its defaults in their places. The error is a *NotFoundError
// when there is no such file and Problems, all of them, when it is faulty.
func LoadPlan(path string, o PlanOptions) (*plan.Plan, error) {
	text, err := openFile(path)
	if err != nil {
		return nil, err
	}
	return ReadPlan(path, text, o)
}

// ReadPlan is LoadPlan for a text that is in memory already; file is the name that problems
// quote.
func ReadPlan(file string, text []byte, o PlanOptions) (*plan.Plan, error) {
	r := report{files: []string{file, "--target", "--curve"}, least: "say at least target, curve and journeys"}
	raw := parse(&r, place{file: file}, text)
	if raw == nil {
		return nil, r.err()
	}
	form := planForm()
	tree := form.fill(&r, form.read(&r, raw), raw.at)
	b := planner{&r, filepath.Dir(file), o.Files}
	p := b.plan(tree)
	if o.Target != "" {
		p.Target = o.Target
	}
	if o.Curve != nil {
		p.Curve = o.Curve
	}
	o.locate(&r, tree, p.Validate())
	if err := r.err(); err != nil {
		return nil, err
	}
	return p, nil
}

// planner turns a filled tree into a plan. What was lost reads as zero; a problem has been
// reported for it already.
type planner struct {
	report *report
	folder string                            // beside which files are looked for
	files  func(name string) ([]byte, error) // where they are looked for instead; nil where they are not
}

func (b planner) plan(root *node) *plan.Plan {
	p := &plan.Plan{Target: textOf(root.get("target"))}
	p.Curve = b.curve(root.get("curve"))
	p.Arrivals = plan.Arrivals(textOf(root.get("arrivals")))
	for _, n := range items(root.get("feeders")) {
		p.Feeders = append(p.Feeders, b.feeder(n))
	}
	p.Wire = b.wire(root)
	p.Auth = auth(root.get("auth"))
	for _, n := range items(root.get("journeys")) {
		j := plan.Journey{Name: textOf(n.get("name")), Weight: int(clamp(whole64(n.get("weight"))))}
		atLeastOne(b.report, n.get("weight"), "1 or more")
		for _, s := range items(n.get("steps")) {
			j.Steps = append(j.Steps, b.step(s))
		}
		p.Journeys = append(p.Journeys, j)
	}
	for _, n := range items(root.get("thresholds")) {
		t, _ := plan.ParseThreshold(textOf(n))
		p.Thresholds = append(p.Thresholds, t)
	}
	p.WarmUp = span(root.get("warm_up"))
	p.Limits = b.limits(root.get("limits"))
	return p
}

func (b planner) limits(n *node) plan.Limits {
	l := plan.Limits{Workers: int(clamp(whole64(n.get("workers")))), Connections: int(clamp(whole64(n.get("connections")))), Timeout: span(n.get("timeout"))}
	for _, key := range []string{"workers", "connections"} {
		atLeastOne(b.report, n.get(key), "1 or more")
	}
	if v := n.get("timeout"); v != nil && v.kind == scalar && l.Timeout == 0 {
		b.report.add(v.at, "write a time such as 5s", "%s is no time to wait", v.text)
	}
	l.Rate, _ = plan.ParseRate(textOf(n.get("rate")))
	l.Abort, _ = plan.ParseAbort(textOf(n.get("abort")))
	for _, host := range items(n.get("hosts")) {
		l.Hosts = append(l.Hosts, textOf(host))
	}
	return l.Filled()
}

func span(n *node) time.Duration {
	d, _ := plan.ParseDuration(textOf(n))
	return d
}

// locate turns the faults that a plan finds in itself into problems at the places where
// their values were said. What follows from a value that was lost already is left out.
func (o PlanOptions) locate(r *report, root *node, faults plan.Faults) {
	for _, f := range faults {
		n, at := whereabouts(root, f.Path)
		switch first := steps(f.Path)[0]; {
		case first == "target" && o.Target != "":
			n, at = nil, place{file: "--target", path: f.Path}
		case first == "curve" && o.Curve != nil:
			n, at = nil, place{file: "--curve", path: f.Path}
		case (first == "thresholds" || strings.HasSuffix(f.Path, ".abort")) && !root.get("journeys").intact():
			continue // a step it names may be the one that was lost
		}
		follows := n != nil && n.at == at && !n.intact() && !strings.HasSuffix(f.Path, ".steps") // how many steps there are is known
		if follows || n != nil && n.kind == lost {
			continue
		}
		r.add(at, f.Remedy, "%s", f.Problem)
	}
}
