package loadtest

import (
	"container/heap"
	"sync"
	"time"

	"flywheel/loadtest/plan"
)

// task is one request that is due: a step of a journey that has begun.
type task struct {
	session *session // nil when the journey is one step that remembers nothing
	number  int64    // of the journey's start
	step    int      // index into the plan's steps
	due     time.Duration
}

// agenda knows what is due when. The starts of journeys come from the schedule;
// the later steps of a journey come in as the steps before them end. Tasks are
// taken in the order in which they are due, by any goroutine.
type agenda struct {
	schedule *plan.Schedule
	turns    plan.Turns // which of its starts are made here
	script   *script
	patience time.Duration // how long after the last due time tasks may still be taken
	alarm    *alarm        // rung when something becomes due earlier than was known

	mu      sync.Mutex
	next    int64         // start that has not been taken
	nextDue time.Duration // when it is due
	later   tasks
	open    int64 // journeys of which a step is under way that may be followed by another
	last    time.Duration
	ended   bool
}

func newAgenda(s *plan.Schedule, turns plan.Turns, sc *script, patience time.Duration, a *alarm) *agenda {
	g := &agenda{schedule: s, turns: turns, script: sc, patience: patience, alarm: a, next: turns.Next(0), last: s.Due(s.Total() - 1)}
	if g.next < s.Total() {
		g.nextDue = s.Due(g.next)
	}
	return g
}

// Most of what an open load costs a processor is waking up, so that starts which are
// due within a moment are sent at one waking, when the last of them is due. Where a
// moment holds only one or two, four of them make one: at 5,000/s that takes a third off
// the processor time per request, and makes the middle one a third of a millisecond
// late. Evenly spaced starts below 3,333/s are each sent when they are due.
const (
	moment = 250 * time.Microsecond
	four   = 600 * time.Microsecond // the longest that four starts may make of it
	sparse = 300 * time.Microsecond // between two of the four, at most
	dense  = 150 * time.Microsecond // between two of the four, at least: more would make a moment by themselves
)

// waking is when the starts from the next one on are sent at one waking.
func (a *agenda) waking() time.Duration {
	first, last := a.nextDue, a.nextDue
	for n, more := a.turns.Next(a.next+1), 1; n < a.schedule.Total(); n, more = a.turns.Next(n+1), more+1 {
		due := a.schedule.Due(n)
		gap, wait := due-last, due-first
		if wait > moment && (more >= 4 || wait > four || gap < dense || gap > sparse) {
			break
		}
		last = due
	}
	return last
}

// earliest is when the next task is to be sent: at its due time or, as long as that
// has not come, with the starts that are due soon after it. When no task is known,
// more says whether one may still come.
func (a *agenda) earliest(now time.Duration) (due time.Duration, known, more bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.ended {
		return 0, false, false
	}
	due, known = a.nextDue, a.next < a.schedule.Total()
	if known && due > now {
		due = a.waking()
	}
	if len(a.later) > 0 && (!known || a.later[0].due < due) {
		due, known = a.later[0].due, true
	}
	return due, known, known || a.open > 0
}

// take gives the task that is due first, if one is due by now and patience with
// the queue has not run out.
func (a *agenda) take(now time.Duration) (task, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.ended || now > a.last+a.patience {
		return task{}, false
	}
	starts := a.next < a.schedule.Total()
	if len(a.later) > 0 && (!starts || a.later[0].due < a.nextDue) {
		if a.later[0].due > now {
			return task{}, false
		}
		a.open++
		return heap.Pop(&a.later).(task), true
	}
	if !starts || a.nextDue > now {
		return task{}, false
	}
	t := a.script.begin(a.next, a.nextDue)
	if t.session != nil {
		a.open++
	}
	if a.next = a.turns.Next(a.next + 1); a.next < a.schedule.Total() {
		a.nextDue = a.schedule.Due(a.next)
	}
	return t, true
}

// ran notes that a task has ended, and what follows it.
func (a *agenda) ran(t task, follow *task) {
	if t.session == nil {
		return
	}
	a.mu.Lock()
	a.open--
	if follow != nil {
		heap.Push(&a.later, *follow)
		a.last = max(a.last, follow.due)
	}
	wake := a.open == 0 || follow != nil && a.later[0].due == follow.due
	a.mu.Unlock()
	if wake {
		a.alarm.ring()
	}
}

// until is when patience with the queue runs out, as far as is known.
func (a *agenda) until() time.Duration {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.last + a.patience
}

// stop ends the agenda: nothing can be taken any more.
func (a *agenda) stop() {
	a.mu.Lock()
	a.ended = true
	a.mu.Unlock()
	a.alarm.ring()
}

// tasks is a heap, by due time and then by start.
type tasks []task

func (h tasks) Len() int { return len(h) }
func (h tasks) Less(i, j int) bool {
	return h[i].due < h[j].due || h[i].due == h[j].due && h[i].number < h[j].number
}
func (h tasks) Swap(i, j int) { h[i], h[j] = h[j], h[i] }

// Push adds a task, for package heap.
func (h *tasks) Push(t any) { *h = append(*h, t.(task)) }

// Pop takes the last task, for package heap.
func (h *tasks) Pop() any {
	old := *h
	t := old[len(old)-1]
	old[len(old)-1] = task{}
	*h = old[:len(old)-1]
	return t
}
