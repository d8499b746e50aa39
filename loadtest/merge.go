package loadtest

import (
	"fmt"
	"slices"
	"time"

	"flywheel/loadtest/plan"
)

// Merger adds the parts of all the generators of a run, and judges and reports the
// whole. It is not safe for concurrent use.
type Merger struct {
	plan     plan.Plan
	limits   plan.Limits
	schedule *plan.Schedule
	mix      plan.Mix
	names    []string // of the steps
	several  bool     // some journey has several steps
	members  []*member
	swarm    bool // there is a report of each
	timeline *Timeline
	whole    []Tally  // by step
	visits   []Visits // by journey
	skipped  []int64  // by step
	lastDue  time.Duration
	lastSent time.Duration
	late     int64
	jurors   []*juror

	seconds map[int][]Tally // by step: requests that ended in a second that has not been judged
	judged  int             // seconds below this are
	last    []Tally         // of the second that was judged last
	row     time.Duration   // for how long the abort condition has held
	sent    int64           // at the last tick
}

// member is one generator of a run.
type member struct {
	Member
	whole  Tally
	at     time.Duration // of its last part
	heard  time.Duration // the same, without what was counted for it later
	next   time.Duration
	sent   int64
	counts int64          // starts of its share below this are counted as due
	open   map[spot]int64 // requests that were due and have not ended
	end    *Final
	ghost  *gatherer // counts what is due of a generator that was lost
}

// NewMerger prepares to add the parts of generators that have the shares of a sound plan among
// them, each with its Name and Share. Its error is the Faults of the curve.
func NewMerger(p plan.Plan, seed uint64, members []Member) (*Merger, error) {
	schedule, err := p.Schedule(seed)
	if err != nil {
		return nil, err
	}
	m := newMerger(p, limitsOf(p), schedule, plan.NewMix(p.Journeys, seed), members)
	m.swarm = true
	return m, nil
}

func newMerger(p plan.Plan, limits plan.Limits, schedule *plan.Schedule, mix plan.Mix, members []Member) *Merger {
	steps := p.Steps()
	m := &Merger{
		plan: p, limits: limits, schedule: schedule, mix: mix, seconds: map[int][]Tally{},
		whole: make([]Tally, len(steps)), visits: make([]Visits, len(p.Journeys)), skipped: make([]int64, len(steps)), last: make([]Tally, len(steps)),
		timeline: &Timeline{Width: widthOf(p, schedule), steps: len(steps)},
	}
	for _, s := range steps {
		m.names = append(m.names, s.Name)
	}
	m.several = slices.ContainsFunc(p.Journeys, func(j plan.Journey) bool { return len(j.Steps) > 1 })
	m.timeline.inOrder = m.several
	for _, s := range sightsOf(p, schedule, limits) {
		m.jurors = append(m.jurors, newJuror(s))
	}
	for _, about := range members {
		m.members = append(m.members, &member{Member: about, open: map[spot]int64{}})
	}
	return m
}

// Add adds a part of a generator, by its place among the shares. Its error says that the
// part cannot be of this run, or that the generator was given up; nothing is added then.
func (m *Merger) Add(n int, p Part) error {
	if m.members[n].ghost != nil {
		return fmt.Errorf("the generator was given up")
	}
	if err := p.fits(m); err != nil {
		return err
	}
	for _, c := range p.Cells {
		if c.Sent > 0 && m.timeline.closed(c.Stretch, c.Step) {
			return fmt.Errorf("a request ended in stretch %d, which was closed", c.Stretch)
		}
	}
	m.add(m.members[n], p)
	m.members[n].heard = p.At
	return nil
}

func (m *Merger) add(g *member, p Part) {
	second := int(p.At / time.Second)
	for _, c := range p.Cells {
		m.whole[c.Step].Add(c.Tally)
		m.timeline.add(c)
		g.whole.Add(c.Tally)
		at := spot{c.Stretch, c.Step}
		if g.open[at] += c.Due - c.Sent; g.open[at] == 0 {
			delete(g.open, at)
		}
		if second >= m.judged && c.Sent > 0 {
			if m.seconds[second] == nil {
				m.seconds[second] = make([]Tally, len(m.names))
			}
			m.seconds[second][c.Step].Add(c.Tally)
		}
	}
	for _, w := range p.Windows {
		m.jurors[w.Threshold].add(w.Window, w.Tally)
	}
	for i, v := range p.Visits {
		m.visits[i].add(v)
	}
	for i, n := range p.Skipped {
		m.skipped[i] += n
	}
	m.late += p.Late
	m.lastDue, m.lastSent = max(m.lastDue, p.LastDue), max(m.lastSent, p.LastSent)
	g.at, g.next, g.counts, g.sent = p.At, p.Next, p.Counted, max(g.sent, p.Sent)
	if p.End != nil {
		g.end = p.End
	}
}

// Lose gives a generator up: whatever is still due of its share counts as due and never
// sent, and so does what it sent since its last part. Why stands in the report.
func (m *Merger) Lose(n int, why string) {
	g := m.members[n]
	if g.ghost != nil {
		return
	}
	g.Lost = why
	g.ghost = newGatherer(m.schedule, g.Share, m.mix, m.plan, m.limits)
	g.ghost.next, g.ghost.part.LastDue, g.ghost.part.Next = g.ghost.turns.Next(g.counts), m.lastDue, g.next
	for at, n := range g.open {
		m.timeline.giveUp(at, n)
	}
	clear(g.open)
	g.sent = g.whole.Sent
}

// haunt counts what has become due of generators that were lost; by the end of the run, all of it.
func (m *Merger) haunt(now time.Duration, over bool) {
	for _, g := range m.members {
		if g.ghost == nil {
			continue
		}
		if g.ghost.dueBy(now); over {
			g.ghost.dueAll()
		}
		p := g.ghost.take(now, g.sent)
		m.add(g, p)
		for at, n := range g.open {
			m.timeline.giveUp(at, n)
		}
		clear(g.open)
	}
}

// grace is for how long a second waits to be judged for the part of a generator that
// says nothing.
const grace = 3 * time.Second

// Tick settles what no part can change any more, and looks at every second of which all
// the parts are there, or that is three seconds past. It returns the state of the run, and
// whether the plan's abort condition has now held for as long as it must. It is called
// about once a second.
func (m *Merger) Tick(now time.Duration) (s Snapshot, aborted bool) {
	m.haunt(now, false)
	m.settle(now)
	for ; m.judged <= int(now/time.Second) && (m.complete(m.judged) || now >= time.Duration(m.judged)*time.Second+grace); m.judged++ {
		m.last = m.seconds[m.judged]
		delete(m.seconds, m.judged)
		if m.last == nil {
			m.last = make([]Tally, len(m.names))
		}
		aborted = m.sick(time.Duration(m.judged)*time.Second) || aborted
	}
	var released int64
	for _, g := range m.members {
		released += g.sent
	}
	s = m.snapshot(now, released)
	m.sent = released
	return s, aborted
}

// complete reports whether no generator still owes the part that ends a second.
func (m *Merger) complete(second int) bool {
	return !slices.ContainsFunc(m.members, func(g *member) bool {
		return g.ghost == nil && g.end == nil && g.at < time.Duration(second)*time.Second
	})
}

// settle closes the stretches and windows in which nothing more will end.
func (m *Merger) settle(now time.Duration) {
	next := m.members[0].next
	for _, g := range m.members {
		next = min(next, g.next)
	}
	m.timeline.settle(next)
	next = min(next, now)
	if m.several { // or when a request that has not ended was due, at the earliest
		next = min(next, time.Duration(m.timeline.settled)*m.timeline.Width)
	}
	for _, j := range m.jurors {
		j.settle(next)
	}
}

// sick holds the second that ended at an instant against the abort condition.
func (m *Merger) sick(now time.Duration) bool {
	abort := m.limits.Abort
	if !abort.Set() || now-time.Second < abort.After {
		return false
	}
	t := ofStep(m.last, m.names, abort.Condition.Step)
	if value, known := measure(abort.Condition, t, time.Second); known {
		if abort.Condition.Holds(value) {
			m.row += time.Second
		} else {
			m.row = 0
		}
	}
	return m.row >= abort.For
}

// ofStep is the tally of the named step, or of all steps when the name is empty.
func ofStep(tallies []Tally, names []string, name string) Tally {
	if name == "" {
		return total(tallies)
	}
	for i, n := range names {
		if n == name {
			return tallies[i]
		}
	}
	panic("bug: step " + name + " reached a verdict without validation")
}

// snapshot describes the run at an instant; released is the number of requests sent so
// far.
func (m *Merger) snapshot(now time.Duration, released int64) Snapshot {
	whole, last := total(m.whole), total(m.last)
	released = max(released, whole.Sent)
	return Snapshot{
		At: now, Length: m.schedule.Length(),
		Asked: m.schedule.Rate(now), Achieved: float64(max(0, released-m.sent)),
		Requests: Requests{Due: whole.Due, Sent: released, NotSent: max(0, whole.Due-released), OK: whole.OK, Failed: whole.Failed()},
		InFlight: released - whole.Sent,
		Latency:  PercentilesOf(whole.Latency), Last: PercentilesOf(last.Latency), LastLateness: PercentilesOf(last.Lateness),
		LastFailed: last.Failed(), Errors: errorsOf(whole), Workers: m.limits.Workers, Steps: stepsSoFar(m.names, m.whole),
	}
}

// Report is everything that the run found out, once every generator that was not lost has told its
// last part: from start on, the instant from which due times count, for a time, and why it was stopped, if it was.
func (m *Merger) Report(start time.Time, elapsed time.Duration, stopped Stopped) Report {
	m.haunt(elapsed, stopped == "")
	length := m.schedule.Length()
	if stopped != "" {
		length = min(length, elapsed)
	}
	length = max(length, m.lastDue) // journeys may go on after the curve
	m.timeline.close()
	whole := total(m.whole)
	g, behind := m.generator()
	rep := Report{
		Target: m.plan.Target, Started: start, Elapsed: elapsed.Seconds(), Stopped: stopped, WarmUp: m.plan.WarmUp.Seconds(),
		Requests: requestsOf(whole), Errors: errorsOf(whole),
		Rate:     Rates{Asked: float64(whole.Due) / length.Seconds(), Achieved: float64(whole.Sent) / max(length, m.lastSent).Seconds()},
		Lateness: PercentilesOf(whole.Lateness), Latency: PercentilesOf(whole.Latency), Service: PercentilesOf(whole.Service),
		Connect: PercentilesOf(whole.Connect), TLS: PercentilesOf(whole.TLS), FirstByte: PercentilesOf(whole.FirstByte),
		Thresholds: []Judgement{}, Generator: g, Timeline: m.timeline, Whole: whole, Schedule: m.schedule,
	}
	for i, s := range m.plan.Steps() {
		rep.Steps = append(rep.Steps, stepReport(s, m.whole[i], m.skipped[i]))
	}
	for i, j := range m.plan.Journeys {
		rep.Journeys = append(rep.Journeys, journeyReport(j, m.visits[i]))
	}
	if stopped == ByAbort {
		rep.Abort = m.limits.Abort.String()
	}
	for _, j := range m.jurors {
		rep.Thresholds = append(rep.Thresholds, j.close(max(length, m.lastSent)))
	}
	if m.swarm {
		for _, g := range m.members {
			rep.Swarm = append(rep.Swarm, g.report())
		}
	}
	rep.Bottleneck, rep.Evidence = rep.finding(m.limits, behind)
	return rep
}

// Over is when the last of the generators that have told their last part had done so, since the run
// began; 0 when none has.
func (m *Merger) Over() time.Duration {
	var last time.Duration
	for _, g := range m.members {
		if g.end != nil {
			last = max(last, g.at)
		}
	}
	return last
}

// report is what a generator is and measured.
func (g *member) report() Member {
	r := g.Member
	r.Fraction, r.Heard = g.Share.String(), g.heard.Seconds()
	r.Requests, r.Lateness, r.Latency = requestsOf(g.whole), PercentilesOf(g.whole.Lateness), PercentilesOf(g.whole.Latency)
	if g.end != nil {
		r.CPU, r.CPUShare = g.end.Generator.CPU, g.end.Generator.CPUShare
	}
	return r
}

// generator is what all generators took together: sums of what can be added, and
// otherwise that of the one that had it worst.
func (m *Merger) generator() (sum Generator, behind bool) {
	for _, g := range m.members {
		if g.end == nil {
			continue
		}
		o := g.end.Generator
		sum.CPU += o.CPU
		sum.LateForWorkers += o.LateForWorkers
		sum.CPUShare = max(sum.CPUShare, o.CPUShare)
		sum.PauseMax = max(sum.PauseMax, o.PauseMax)
		sum.SchedulingP99 = max(sum.SchedulingP99, o.SchedulingP99)
		sum.WorkersBusy = max(sum.WorkersBusy, o.WorkersBusy)
		behind = behind || g.end.Behind
	}
	sum.Late = m.late // also of those that were lost
	return sum, behind
}
