package swarm

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"flywheel/sim/study"
)

// Worker makes runs of whatever studies of its build there are.
type Worker struct {
	Name    string // tells it from other workers
	Build   string // of the program
	Threads int    // runs made at once; 0 means one
	// Open understands the content of a study. Its error is the lead's: no worker could.
	Open func(content []byte) (Work, error)
	Note func(text string) // is told what a person at the worker should know, one line at a time; may be nil
	// Patience is for how long a worker may be silent before its run is given to another; 0 means
	// 15 s. The first worker of a build decides. A run may take much longer: workers say that they are at it.
	Patience time.Duration
}

// Work makes one run of a study: of the point with the values, and a replication. A run that fails is measured
// as failed; the error is the context's when that has ended. It is called by several goroutines at once.
type Work func(ctx context.Context, values []string, replication int) (study.Measured, error)

// deaths is how many workers may be lost over one run before it is called the run's fault.
const deaths = 20

// Serve works until the context ends, whose cause is the error then. Runs under way are given back.
func (w Worker) Serve(ctx context.Context, c *Conn) error {
	if w.Patience <= 0 {
		w.Patience = patience
	}
	own, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	h := &hand{Worker: w, c: c, known: map[string]*opened{}, noted: map[string]bool{}}
	for subject, hear := range map[string]func(*nats.Msg){announcements: h.answer, endedSubject("*"): h.over} {
		s, err := c.nc.Subscribe(subject, hear)
		if err != nil {
			return fmt.Errorf("%s: cannot listen to leads: %w", c.at, err)
		}
		defer func() { _ = s.Unsubscribe() }()
	}
	queue, err := h.queue(own)
	if err != nil {
		return err
	}
	var threads sync.WaitGroup
	for range max(1, w.Threads) {
		threads.Go(func() {
			if err := h.work(own, queue); err != nil {
				stop(err)
			}
		})
	}
	threads.Wait()
	return context.Cause(own)
}

// hand is a worker at work.
type hand struct {
	Worker
	c *Conn

	mu     sync.Mutex
	known  map[string]*opened // by session
	recent []string           // of known, the latest last
	noted  map[string]bool
}

// opened is a study that the worker knows.
type opened struct {
	once   sync.Once
	work   Work
	gone   bool  // the server has it no more: its lead has ended
	away   error // why it could not be fetched
	failed error // why it cannot be understood
	over   chan struct{}
	end    func()
}

// queue is the place where the runs of this build wait.
func (h *hand) queue(ctx context.Context) (jetstream.Consumer, error) {
	var queue jetstream.Consumer
	err := h.c.insist(ctx, "join the queue", func(ctx context.Context) (err error) {
		queue, err = h.c.js.CreateConsumer(ctx, trialStream(), jetstream.ConsumerConfig{
			Durable: "workers-" + short(h.Build), Description: "workers of build " + h.Build, FilterSubject: trialsOf(h.Build) + ".>",
			AckPolicy: jetstream.AckExplicitPolicy, AckWait: h.Patience, MaxAckPending: -1, MaxDeliver: -1, MaxWaiting: 1 << 14, InactiveThreshold: forgotten,
		})
		if errors.Is(err, jetstream.ErrConsumerExists) {
			queue, err = h.c.js.Consumer(ctx, trialStream(), "workers-"+short(h.Build))
		}
		return err
	})
	return queue, err
}

// work takes run after run until the context ends or the connection is closed.
func (h *hand) work(ctx context.Context, queue jetstream.Consumer) error {
	for ctx.Err() == nil {
		m, err := next(ctx, queue)
		switch {
		case ctx.Err() != nil:
		case errors.Is(err, nats.ErrConnectionClosed):
			return fmt.Errorf("%s: %w", h.c.at, err)
		case errors.Is(err, jetstream.ErrConsumerNotFound), errors.Is(err, jetstream.ErrConsumerDeleted), errors.Is(err, nats.ErrNoResponders):
			if queue, err = h.queue(ctx); err != nil {
				return err
			}
		case err != nil:
			wait(ctx, pause) // the server is away; the connection comes back by itself
		}
		if m == nil {
			continue
		}
		if err := h.make(ctx, m); err != nil {
			return err
		}
	}
	return nil
}

// next waits for a run for a while; none without an error says that there was none.
func next(ctx context.Context, queue jetstream.Consumer) (jetstream.Msg, error) {
	ctx, stop := context.WithTimeout(ctx, 20*time.Second)
	defer stop()
	batch, err := queue.Fetch(1, jetstream.FetchContext(ctx))
	if err != nil {
		return nil, err
	}
	if m, some := <-batch.Messages(); some {
		return m, nil
	}
	if err := batch.Error(); !errors.Is(err, nats.ErrTimeout) && !errors.Is(err, context.DeadlineExceeded) {
		return nil, err
	}
	return nil, nil
}

// make makes a run, answers, and only then says that the run is done.
func (h *hand) make(ctx context.Context, m jetstream.Msg) error {
	var t trial
	if err := json.Unmarshal(m.Data(), &t); err != nil || strings.ContainsAny(t.Session, ".*> ") {
		return m.Term() // nobody could say to whom the answer goes
	}
	o := h.open(ctx, t.Session)
	switch {
	case o.away != nil:
		return errors.Join(o.away, ended(m.Nak()))
	case o.gone:
		return ended(m.Term()) // nobody waits for it
	}
	answer := nats.NewMsg(resultSubject(t.Session) + "." + t.key())
	answer.Header.Set(headWorker, h.Name)
	meta, err := m.Metadata()
	switch {
	case o.failed != nil:
		answer.Header.Set(headRefused, oneLine(o.failed))
	case err == nil && meta.NumDelivered > deaths:
		answer.Header.Set(headRefused, fmt.Sprintf("%d workers were lost over it; look whether it takes more memory than they have", deaths))
	default:
		measured, err := h.run(ctx, o, t, m)
		if err != nil {
			select {
			case <-o.over:
				return ended(m.Term()) // nobody waits for it
			default:
				return ended(m.Nak())
			}
		}
		answer.Data = measured.Encode(t.Point, t.Replication)
	}
	if err := h.send(ctx, t, answer); err != nil {
		if ctx.Err() != nil {
			return ended(m.Nak())
		}
		return err
	}
	return ended(m.Ack())
}

// ended forgives that the queue does not hear of the end of a run: the run is made again, and what comes of it
// is dropped.
func ended(err error) error {
	if errors.Is(err, nats.ErrConnectionClosed) {
		return err
	}
	return nil
}

// oneLine is an error as a header.
func oneLine(err error) string { return strings.Join(strings.Fields(err.Error()), " ") }

// run makes a run and keeps the queue informed that it is under way.
func (h *hand) run(ctx context.Context, o *opened, t trial, m jetstream.Msg) (study.Measured, error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var told sync.WaitGroup
	defer told.Wait()
	done := make(chan struct{})
	defer close(done)
	told.Go(func() {
		tick := time.NewTicker(h.Patience / 3)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				_ = m.InProgress()
			case <-o.over:
				stop()
				return
			case <-done:
				return
			}
		}
	})
	return o.work(ctx, t.Values, t.Replication)
}

// send puts an answer where the lead finds it, by way of the object store when it is large.
func (h *hand) send(ctx context.Context, t trial, answer *nats.Msg) error {
	const heads = 4096 // of a message
	if int64(len(answer.Data)) > h.c.nc.MaxPayload()-heads {
		if err := h.c.insist(ctx, "store an answer", func(ctx context.Context) error {
			_, err := h.c.objects.PutBytes(ctx, t.id(), answer.Data)
			return err
		}); err != nil {
			return err
		}
		answer.Header.Set(headStored, t.id())
		answer.Data = nil
	}
	return h.c.insist(ctx, "answer", func(ctx context.Context) error {
		_, err := h.c.js.PublishMsg(ctx, answer, jetstream.WithMsgID(t.id()))
		return err
	})
}

// remembered is how many studies a worker keeps at hand.
const remembered = 8

// open is the study of a session.
func (h *hand) open(ctx context.Context, session string) *opened {
	h.mu.Lock()
	o := h.known[session]
	if o == nil {
		over := make(chan struct{})
		o = &opened{over: over, end: sync.OnceFunc(func() { close(over) })}
		h.known[session] = o
		if h.recent = append(h.recent, session); len(h.recent) > remembered {
			delete(h.known, h.recent[0])
			h.recent = h.recent[1:]
		}
	}
	h.mu.Unlock()
	o.once.Do(func() {
		var content []byte
		o.away = h.c.insist(ctx, "fetch the study", func(ctx context.Context) (err error) {
			if content, err = h.c.objects.GetBytes(ctx, session); errors.Is(err, jetstream.ErrObjectNotFound) {
				o.gone, err = true, nil
			}
			return err
		})
		if o.away == nil && !o.gone {
			o.work, o.failed = h.Open(content)
		}
	})
	return o
}

// answer tells a lead who is here, and the person here when the study does not fit.
func (h *hand) answer(m *nats.Msg) {
	var a announcement
	if json.Unmarshal(m.Data, &a) != nil {
		return
	}
	switch {
	case a.Protocol != Protocol:
		h.note(fmt.Sprintf("study %s is refused: it speaks version %d of the protocol, and this worker version %d; run the same program on both", a.Name, a.Protocol, Protocol))
	case a.Build != h.Build:
		h.note(fmt.Sprintf("study %s is refused: it is of build %q, and this worker of build %q, whose numbers might be others; run the same program on both", a.Name, a.Build, h.Build))
	default:
		h.note("joins study " + a.Name)
	}
	say, _ := json.Marshal(presence{Protocol, h.Build, h.Name, max(1, h.Threads)})
	_ = m.Respond(say) // the lead asks again
}

// over ends the runs of a study that has ended.
func (h *hand) over(m *nats.Msg) {
	session := m.Subject[strings.LastIndexByte(m.Subject, '.')+1:]
	h.mu.Lock()
	defer h.mu.Unlock()
	if o := h.known[session]; o != nil {
		o.end()
		delete(h.known, session)
		h.recent = slices.DeleteFunc(h.recent, func(s string) bool { return s == session })
	}
}

// note tells something, once.
func (h *hand) note(text string) {
	h.mu.Lock()
	before := h.noted[text]
	h.noted[text] = true
	h.mu.Unlock()
	if !before && h.Note != nil {
		h.Note(text)
	}
}
