package swarm

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nuid"

	"flywheel/loadtest"
	"flywheel/loadtest/plan"
)

// Worker takes part in whatever loads of its build there are, one at a time.
type Worker struct {
	Name   string // tells it from other workers
	Build  string // of the program
	Weight int64  // its share, as against those of other workers; 0 means 1
	// Open understands the content of a load: the plan, and the options to press it with on
	// this machine, of which Share is not looked at. Its error is the lead's.
	Open func(content []byte) (plan.Plan, loadtest.Options, error)
	// Busy is told before a load is prepared and after it has ended, so that other work can keep out
	// of its way; may be nil.
	Busy func(bool)
	Note func(text string) // is told what a person at the worker should know, one line at a time; may be nil
	// Patience is for how long a lead may be silent before the worker stops; 0 means 10 s.
	Patience time.Duration
}

// Serve works until the context ends, whose cause is the error then. A share that is being
// pressed is stopped, and what was measured is still told.
func (w Worker) Serve(ctx context.Context, nc *nats.Conn) error {
	if w.Patience <= 0 {
		w.Patience = patience
	}
	w.Weight = max(w.Weight, 1)
	h := &helper{Worker: w, nc: nc, declined: map[string]bool{}, noted: map[string]bool{}, calls: make(chan announcement, 1)}
	s, err := nc.Subscribe(announcements, h.hear)
	if err != nil {
		return fmt.Errorf("cannot listen to leads: %w", err)
	}
	defer func() { _ = s.Unsubscribe() }()
	for {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case a := <-h.calls:
			h.join(ctx, a)
		}
	}
}

// helper is a worker at work.
type helper struct {
	Worker
	nc    *nats.Conn
	calls chan announcement

	mu       sync.Mutex
	declined map[string]bool // sessions that are over for this worker
	noted    map[string]bool
}

// note tells something, once.
func (h *helper) note(text string) {
	h.mu.Lock()
	before := h.noted[text]
	h.noted[text] = true
	h.mu.Unlock()
	if !before && h.Note != nil {
		h.Note(text)
	}
}

// hear takes an announcement in.
func (h *helper) hear(m *nats.Msg) {
	var a announcement
	if json.Unmarshal(m.Data, &a) != nil {
		return
	}
	if a.Protocol != Protocol || a.Build != h.Build {
		h.note(fmt.Sprintf("load %s is refused: it is of version %d of the protocol and build %q, and this worker of version %d and build %q; run the same program on both", a.Name, a.Protocol, a.Build, Protocol, h.Build))
		say, _ := json.Marshal(presence{Protocol, h.Build, h.Name})
		_ = m.Respond(say) // the lead asks again
		return
	}
	h.mu.Lock()
	declined := h.declined[a.Session]
	h.mu.Unlock()
	if declined {
		return
	}
	select {
	case h.calls <- a:
	default: // busy
	}
}

// join takes part in a load from beginning to end.
func (h *helper) join(ctx context.Context, a announcement) {
	h.mu.Lock()
	before := h.declined[a.Session]
	h.declined[a.Session] = true
	h.mu.Unlock()
	if before {
		return // announced again meanwhile
	}
	if h.Busy != nil {
		h.Busy(true)
		defer h.Busy(false)
	}
	own, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	t := &turn{helper: h, name: a.Name, session: a.Session, dealt: make(chan plan.Share, 1), start: make(chan int64, 1), stop: stop}
	t.courier = newCourier(h.nc, a.Session, report{ID: nuid.Next(), Worker: h.Name, Weight: h.Weight, Stage: joining}, h.Patience, t.heed)
	calls, err := h.nc.Subscribe(ordersFrom(a.Session), t.called)
	if err != nil {
		h.note(fmt.Sprintf("load %s: cannot listen to its lead: %v", a.Name, err))
		return
	}
	defer func() { _ = calls.Unsubscribe() }()
	// What was measured is told even when this worker is stopped.
	reporting, hush := context.WithCancel(context.WithoutCancel(ctx))
	var tasks sync.WaitGroup
	tasks.Go(func() {
		if err := t.courier.run(reporting); errors.Is(err, errSilent) {
			stop(err)
		}
	})
	pressed, err := t.work(own)
	if !pressed { // nothing is to be told but why
		if err != nil && own.Err() == nil {
			t.courier.say(func(r *report) {
				var host *loadtest.HostRefused
				r.Stage, r.Error, r.Refused = failed, err.Error(), errors.As(err, &host)
			})
			h.note(fmt.Sprintf("load %s is refused: %v", a.Name, err))
			<-own.Done() // the lead ends it
		}
		hush()
	} else {
		firm := time.AfterFunc(farewell+h.Patience, hush)
		defer firm.Stop()
	}
	tasks.Wait()
	hush()
}

// turn is a worker's part in one load.
type turn struct {
	*helper
	name, session string
	courier       *courier
	dealt         chan plan.Share
	start         chan int64
	stop          context.CancelCauseFunc
	once          struct{ dealt, start sync.Once }
}

// errEnded is why a load ends for a worker by the lead's order.
type errEnded struct{ why string }

func (e errEnded) Error() string { return e.why }

// called takes in what the lead calls out.
func (t *turn) called(m *nats.Msg) {
	var o orders
	if json.Unmarshal(m.Data, &o) == nil {
		t.heed(o)
	}
}

// heed follows orders; it may be called by several goroutines.
func (t *turn) heed(o orders) {
	if o.Share != nil {
		t.once.dealt.Do(func() { t.dealt <- *o.Share })
	}
	if o.Start != 0 {
		t.once.start.Do(func() { t.start <- o.Start })
	}
	if o.End != "" {
		t.stop(errEnded{o.End})
	}
}

// work prepares the worker's share and presses it; pressed says that it came so far, so that there is
// something to tell.
func (t *turn) work(ctx context.Context) (pressed bool, err error) {
	var share plan.Share
	select {
	case share = <-t.dealt:
	case <-ctx.Done():
		return false, context.Cause(ctx)
	}
	t.note(fmt.Sprintf("joins load %s with %s of its starts", t.name, share))
	content, err := t.fetch(ctx)
	if err != nil {
		return false, err
	}
	p, o, err := t.Open(content)
	if err != nil {
		return false, err
	}
	o.Share = share
	attack, err := loadtest.Prepare(ctx, p, o)
	if err != nil {
		return false, err
	}
	clock := newTimepiece()
	offset, err := clock.compare(ctx, t.nc, t.session)
	if err != nil {
		return false, err
	}
	t.courier.say(func(r *report) { r.Stage, r.Offset = ready, &offset })
	var start time.Time
	select {
	case at := <-t.start:
		start = clock.at(at - int64(offset.Ahead))
	case <-ctx.Done():
		return false, context.Cause(ctx)
	}
	t.courier.say(func(r *report) { r.Stage = pressing })
	var sent int64
	stopped := attack.Press(ctx, start, func(part loadtest.Part) bool {
		sent = part.Sent
		var ended errEnded
		if why := context.Cause(ctx); why != nil && !errors.As(why, &ended) {
			t.courier.say(func(r *report) { r.Left = "it was stopped where it runs: " + why.Error() })
		}
		t.courier.part(part)
		return false
	})
	text := fmt.Sprintf("load %s: sent %d requests", t.name, sent)
	if stopped {
		text += ", and stopped as " + context.Cause(ctx).Error()
	}
	t.note(text)
	return true, nil
}

// fetch asks the lead for the content of the load.
func (t *turn) fetch(ctx context.Context) ([]byte, error) {
	var content []byte
	for failures := 0; ; {
		once, stop := context.WithTimeout(ctx, answered)
		m, err := t.nc.RequestWithContext(once, contentOf(t.session), strconv.AppendInt(nil, int64(len(content)), 10))
		stop()
		size := 0
		if err == nil {
			size, err = strconv.Atoi(m.Header.Get(headSize))
		}
		switch {
		case ctx.Err() != nil:
			return nil, context.Cause(ctx)
		case err != nil && failures > 20:
			return nil, fmt.Errorf("the lead does not say what the load is: %w", err)
		case err != nil:
			failures++
			wait(ctx, askEvery)
			continue
		}
		content = append(content, m.Data...)
		if len(content) >= size {
			return content, nil
		}
	}
}
