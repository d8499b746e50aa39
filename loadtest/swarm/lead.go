package swarm

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nuid"

	"flywheel/loadtest"
	"flywheel/loadtest/plan"
)

// Load is what a lead has workers press.
type Load struct {
	Name    string                  // for people
	Build   string                  // of the program; only workers of the same build take part
	Content []byte                  // what a worker has to know; Worker.Open understands it
	Plan    plan.Plan               // the same, sound
	Seed    uint64                  // of the run
	Workers int                     // that have to be there before it starts; 0 means as many as come within two seconds of the first
	Watch   func(loadtest.Snapshot) // called about once a second, never twice at once; must be quick; may be nil
	Note    func(text string)       // is told what a person at the lead should know, one line at a time; may be nil
	// Patience is for how long a worker may be silent before it is given up; 0 means 10 s.
	Patience time.Duration
}

// Refused says that a worker cannot take part, so that nothing was sent.
type Refused struct {
	Worker string
	Why    string
	Host   bool // because of the host that it would press
}

// Error names the worker and what it says.
func (e *Refused) Error() string { return fmt.Sprintf("worker %s: %s", e.Worker, e.Why) }

// Run has workers press a load together and reports what happened, as loadtest.Run does. It waits for
// workers for as long as ctx lets it.
//
// When ctx is cancelled or the plan's abort condition holds for all of them together,
// every worker stops, and the report of the run so far is returned without an error. The error is
// a *Refused when a worker cannot take part, ctx's own when that was cancelled before the start was
// announced, and otherwise says what is wrong with the connection; nothing has been sent then.
func Run(ctx context.Context, nc *nats.Conn, load Load) (loadtest.Report, error) {
	if load.Patience <= 0 {
		load.Patience = patience
	}
	l := &lead{load: load, nc: nc, session: nuid.Next(), clock: newTimepiece(), hands: map[string]*hand{}, noted: map[string]bool{}, moved: make(chan struct{}, 1)}
	hear := map[string]nats.MsgHandler{reportsTo(l.session): l.answer, contentOf(l.session): l.tell, clockOf(l.session): l.time}
	inbox := nats.NewInbox()
	hear[inbox] = l.greet
	for subject, handler := range hear {
		s, err := nc.Subscribe(subject, handler)
		if err != nil {
			return loadtest.Report{}, fmt.Errorf("cannot listen to workers: %w", err)
		}
		defer func() { _ = s.Unsubscribe() }()
	}
	report, err := l.run(ctx, inbox)
	l.finish("the load is over")
	return report, err
}

// lead is a load while it goes on.
type lead struct {
	load    Load
	nc      *nats.Conn
	session string
	clock   timepiece
	moved   chan struct{} // says that something has changed

	mu     sync.Mutex
	hands  map[string]*hand // by id
	cast   bool             // every hand has its share
	start  int64            // by the clock; 0 before it is known
	end    string           // why it is over
	merger *loadtest.Merger // from the start on
	noted  map[string]bool
}

// changed lets whoever waits look again.
func (l *lead) changed() {
	select {
	case l.moved <- struct{}{}:
	default:
	}
}

// note tells something, once.
func (l *lead) note(text string) {
	if !l.noted[text] && l.load.Note != nil {
		l.load.Note(text)
	}
	l.noted[text] = true
}

// greet tells who is there and cannot follow.
func (l *lead) greet(m *nats.Msg) {
	var p presence
	if json.Unmarshal(m.Data, &p) != nil {
		return
	}
	if refusal := refused(p.Worker, p.Protocol, p.Build, l.load.Build); refusal != "" {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.note(refusal)
	}
}

// answer answers a report.
func (l *lead) answer(m *nats.Msg) {
	r, err := readReport(m.Data)
	if err != nil {
		return
	}
	text, _ := json.Marshal(l.hear(r))
	_ = m.Respond(text) // the worker asks again
}

// tell answers with the content from a place on.
func (l *lead) tell(m *nats.Msg) {
	from, err := strconv.Atoi(string(m.Data))
	if err != nil || from < 0 || from > len(l.load.Content) {
		return
	}
	a := nats.NewMsg(m.Reply)
	a.Header.Set(headSize, strconv.Itoa(len(l.load.Content)))
	a.Data = l.load.Content[from:min(from+chunk, len(l.load.Content))]
	_ = m.RespondMsg(a) // the worker asks again
}

// headSize is the header of a piece of the content that holds the size of the whole.
const headSize = "Flywheel-Size"

// time answers what time it is.
func (l *lead) time(m *nats.Msg) {
	t := told{Received: l.clock.now()}
	t.Sent = l.clock.now()
	text, _ := json.Marshal(t)
	_ = m.Respond(text) // the worker asks again
}

// call tells all hands what has changed.
func (l *lead) call() {
	l.mu.Lock()
	text, _ := json.Marshal(orders{Start: l.start, End: l.end})
	l.mu.Unlock()
	_ = l.nc.Publish(ordersFrom(l.session), text) // it stands in every answer, too
	_ = l.nc.FlushTimeout(answered)
}

// finish ends it for all hands.
func (l *lead) finish(why string) {
	l.mu.Lock()
	if l.end == "" {
		l.end = why
	}
	l.mu.Unlock()
	l.call()
}

// run goes from stage to stage.
func (l *lead) run(ctx context.Context, inbox string) (loadtest.Report, error) {
	say, _ := json.Marshal(announcement{Protocol, l.load.Build, l.session, l.load.Name})
	if err := l.await(ctx, func() (bool, error) { return l.gathered() }, func() {
		_ = l.nc.PublishRequest(announcements, inbox, say) // said again soon
	}); err != nil {
		return loadtest.Report{}, err
	}
	if err := l.await(ctx, l.prepared, nil); err != nil {
		return loadtest.Report{}, err
	}
	start, err := l.begin()
	if err != nil {
		return loadtest.Report{}, err
	}
	stopped := l.press(ctx, start)
	l.mu.Lock()
	defer l.mu.Unlock()
	elapsed := l.merger.Over()
	if elapsed <= 0 {
		elapsed = max(time.Since(start), 1)
	}
	return l.merger.Report(start, elapsed, stopped), nil
}

// await looks whenever something has changed, and every now and then, whether it may go on.
func (l *lead) await(ctx context.Context, done func() (bool, error), meanwhile func()) error {
	tick := time.NewTicker(announceEvery / 4)
	defer tick.Stop()
	connected := time.Now()
	for round := 0; ; round++ {
		if meanwhile != nil && round%4 == 0 {
			meanwhile()
		}
		if !l.nc.IsConnected() {
			connected = time.Now()
		}
		l.mu.Lock()
		l.silent(time.Now(), connected)
		over, err := done()
		l.mu.Unlock()
		if err != nil || over {
			return err
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-l.moved:
			round--
		case <-tick.C:
		}
		if l.nc.IsClosed() {
			return errors.New("the connection to the server is closed")
		}
	}
}

// gathered deals the shares once all workers are there.
func (l *lead) gathered() (bool, error) {
	n := len(l.hands)
	var first time.Time
	for _, h := range l.hands {
		if first.IsZero() || h.joined.Before(first) {
			first = h.joined
		}
	}
	switch wanted := l.load.Workers; {
	case n == 0 && time.Since(l.clock.base) > 2*announceEvery:
		l.note(fmt.Sprintf("waits for a worker of this build (%s); start one with flywheel worker --nats %s", l.load.Build, l.nc.ConnectedUrlRedacted()))
		return false, nil
	case n == 0, wanted == 0 && time.Since(first) < gathering:
		return false, nil
	case n < wanted:
		if time.Since(first) > gathering {
			l.note(fmt.Sprintf("%d of %d workers are here; waits for the others", n, wanted))
		}
		return false, nil
	}
	return true, l.deal()
}

// prepared reports whether every hand is ready.
func (l *lead) prepared() (bool, error) {
	for _, h := range l.crew() {
		switch {
		case h.stage == failed:
			return false, &Refused{h.name, h.err, h.refused}
		case h.lost != "":
			return false, &Refused{Worker: h.name, Why: h.lost}
		}
	}
	return l.all(func(h *hand) bool { return h.stage == ready && h.offset != nil }), nil
}

// begin sets the start and tells it.
func (l *lead) begin() (time.Time, error) {
	l.mu.Lock()
	var members []loadtest.Member
	var clocks []string
	for _, h := range l.crew() {
		members = append(members, loadtest.Member{Name: h.name, Share: *h.share, Offset: float64(h.offset.Ahead) / 1e6, OffsetError: float64(h.offset.Error) / 1e6})
		clocks = append(clocks, fmt.Sprintf("%s %s", h.name, h.offset))
	}
	var err error
	l.merger, err = loadtest.NewMerger(l.load.Plan, l.load.Seed, members)
	l.start = l.clock.now() + int64(runUp)
	start := l.clock.at(l.start)
	if err == nil {
		l.note(fmt.Sprintf("starts in %v; the lead's clock is ahead of the workers' by: %s", runUp, strings.Join(clocks, ", ")))
	}
	l.mu.Unlock()
	if err == nil {
		l.call()
	}
	return start, err
}

// press listens until every hand has told its last part or is lost.
func (l *lead) press(ctx context.Context, start time.Time) (stopped loadtest.Stopped) {
	const late = 200 * time.Millisecond // a part takes a moment to come
	tick := time.NewTicker(max(time.Until(start)+time.Second+late, 1))
	often := time.NewTicker(late)
	defer tick.Stop()
	defer often.Stop()
	connected, cancelled := time.Now(), ctx.Done()
	var deadline time.Time
	stop := func(why loadtest.Stopped, text string) {
		if stopped == "" {
			stopped, deadline = why, time.Now().Add(farewell)
			l.finish(text)
		}
	}
	for aligned := false; ; {
		l.mu.Lock()
		over := l.all(func(h *hand) bool { return h.over })
		l.mu.Unlock()
		if over {
			return stopped
		}
		select {
		case <-cancelled:
			cancelled = nil
			stop(loadtest.ByCaller, "the lead was interrupted")
		case <-l.moved:
		case <-often.C:
			now := time.Now()
			if !l.nc.IsConnected() {
				connected = now
			}
			l.mu.Lock()
			l.silent(now, connected)
			if !deadline.IsZero() && now.After(deadline) {
				for _, h := range l.crew() {
					if !h.over && h.lost == "" {
						l.lose(h, "it has not said what it measured")
					}
				}
			}
			l.mu.Unlock()
		case <-tick.C:
			if !aligned {
				aligned = true
				tick.Reset(time.Second)
			}
			l.mu.Lock()
			snapshot, sick := l.merger.Tick(time.Since(start))
			l.mu.Unlock()
			if l.load.Watch != nil {
				l.load.Watch(snapshot)
			}
			if sick {
				stop(loadtest.ByAbort, "the abort condition holds")
			}
		}
	}
}
