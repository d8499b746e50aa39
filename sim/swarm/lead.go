package swarm

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/nats-io/nuid"

	"flywheel/sim/study"
)

// Study is what a lead hands out.
type Study struct {
	Name    string                   // for people
	Build   string                   // of the program; only workers of the same build make its runs
	Content []byte                   // everything but the points that a worker has to know; Worker.Open understands it
	Values  func(point int) []string // what a worker has to know of a point
	Note    func(text string)        // is told what a person at the lead should know, one line at a time; may be nil
}

// InFlight is how many runs of a study should be asked for at once: enough to keep a thousand threads busy.
const InFlight = 1024

// Lead hands the runs of one study to workers. A lead has a session of its own on the server: what an earlier lead
// of the same study left there does not reach it, and is forgotten after a week.
type Lead struct {
	study   Study
	c       *Conn
	session string
	stop    context.CancelFunc
	tasks   sync.WaitGroup

	mu      sync.Mutex
	waiting map[string]chan<- answer // by key of the run
	heard   time.Time                // when the last answer came
	lost    error                    // why no answer will come any more
	workers map[string]bool          // of this build that have said who they are
	noted   map[string]bool
}

// answer is what came of a run, or why nothing can come of it.
type answer struct {
	measured study.Measured
	err      error
}

// Open stores the study where workers find it and begins to listen to them. Close must follow.
func Open(ctx context.Context, c *Conn, s Study) (*Lead, error) {
	l := &Lead{study: s, c: c, session: nuid.Next(), waiting: map[string]chan<- answer{}, heard: time.Now(), workers: map[string]bool{}, noted: map[string]bool{}}
	if err := c.insist(ctx, "store the study", func(ctx context.Context) error {
		_, err := c.objects.PutBytes(ctx, l.session, s.Content)
		return err
	}); err != nil {
		return nil, err
	}
	var collector jetstream.Consumer
	if err := c.insist(ctx, "listen to workers", func(ctx context.Context) (err error) {
		collector, err = c.js.OrderedConsumer(ctx, resultStream(), jetstream.OrderedConsumerConfig{FilterSubjects: []string{resultSubject(l.session) + ".>"}})
		return err
	}); err != nil {
		return nil, err
	}
	own, stop := context.WithCancel(context.WithoutCancel(ctx))
	l.stop = stop
	collecting, err := collector.Consume(func(m jetstream.Msg) { l.take(own, m) })
	if err != nil {
		stop()
		return nil, fmt.Errorf("%s: cannot listen to workers: %w", c.at, err)
	}
	replies := nats.NewInbox()
	present, err := c.nc.Subscribe(replies, l.greet)
	if err != nil {
		stop()
		collecting.Stop()
		return nil, fmt.Errorf("%s: cannot listen to workers: %w", c.at, err)
	}
	l.tasks.Go(func() {
		l.announce(own, replies)
		_ = present.Unsubscribe()
		collecting.Stop()
		<-collecting.Closed()
	})
	return l, nil
}

// Run has one run made by some worker, and waits for what comes of it. The error is the context's when that has
// ended, and otherwise says that no worker can make the run or that the server is gone for good.
func (l *Lead) Run(ctx context.Context, point, replication int) (study.Measured, error) {
	t := trial{Session: l.session, Name: l.study.Name, Point: point, Replication: replication, Values: l.study.Values(point)}
	body, err := json.Marshal(t)
	if err != nil {
		return study.Measured{}, fmt.Errorf("point %d cannot be sent: %w", point, err)
	}
	came := make(chan answer, 1)
	l.mu.Lock()
	lost := l.lost
	l.waiting[t.key()] = came
	l.mu.Unlock()
	defer func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.waiting, t.key())
	}()
	if lost != nil {
		return study.Measured{}, lost
	}
	if err := l.c.insist(ctx, "hand out a run", func(ctx context.Context) error {
		_, err := l.c.js.Publish(ctx, trialSubject(l.study.Build, l.session)+"."+t.key(), body, jetstream.WithMsgID(t.id()))
		return err
	}); err != nil {
		return study.Measured{}, err
	}
	select {
	case a := <-came:
		return a.measured, a.err
	case <-ctx.Done():
		return study.Measured{}, context.Cause(ctx)
	}
}

// settled is after how many answers those that were taken are removed from the server.
const settled = 1000

// take hands an answer to whoever waits for it. A second answer to a run finds nobody.
func (l *Lead) take(ctx context.Context, m jetstream.Msg) {
	key := strings.TrimPrefix(m.Subject(), resultSubject(l.session)+".")
	a := l.read(ctx, m, key)
	l.mu.Lock()
	came := l.waiting[key]
	delete(l.waiting, key)
	l.heard = time.Now()
	l.mu.Unlock()
	if came != nil {
		came <- a
	}
	if meta, err := m.Metadata(); err == nil && meta.Sequence.Consumer%settled == 0 {
		short, stop := context.WithTimeout(ctx, answered)
		defer stop()
		_ = l.c.results.Purge(short, jetstream.WithPurgeSubject(resultSubject(l.session)+".>"), jetstream.WithPurgeSequence(meta.Sequence.Stream)) // space only
	}
}

// read is the answer in a message.
func (l *Lead) read(ctx context.Context, m jetstream.Msg, key string) answer {
	if why := m.Headers().Get(headRefused); why != "" {
		return answer{err: fmt.Errorf("%s: a worker cannot make run %s: %s", l.study.Name, key, why)}
	}
	record := m.Data()
	if name := m.Headers().Get(headStored); name != "" {
		if err := l.c.insist(ctx, "fetch a large answer", func(ctx context.Context) (err error) {
			record, err = l.c.objects.GetBytes(ctx, name)
			return err
		}); err != nil {
			return answer{err: err}
		}
		_ = l.c.objects.Delete(ctx, name) // space only
	}
	point, replication, measured, err := study.Decode(record)
	if err == nil && (trial{Point: point, Replication: replication}).key() != key {
		err = fmt.Errorf("it is of run %d of point %d", replication, point)
	}
	if err != nil {
		return answer{err: fmt.Errorf("%s: what worker %s says of run %s cannot be read: %w", l.study.Name, m.Headers().Get(headWorker), key, err)}
	}
	return answer{measured: measured}
}

// announce says again and again what the study is, until the context ends.
func (l *Lead) announce(ctx context.Context, replies string) {
	say, _ := json.Marshal(announcement{Protocol, l.study.Build, l.session, l.study.Name})
	missing := 0
	for round := 0; ; round++ {
		_ = l.c.nc.PublishRequest(announcements, replies, say) // said again soon
		if !wait(ctx, announceEvery) {
			return
		}
		l.mu.Lock()
		alone, silent := len(l.workers) == 0, len(l.waiting) > 0 && time.Since(l.heard) > 2*patience
		l.mu.Unlock()
		if alone && round == 1 {
			l.note(fmt.Sprintf("waits for a worker of this build (%s); start one with flywheel worker --nats %s", l.study.Build, l.c.at))
		}
		if missing = l.missing(ctx, silent, missing); missing > 2 {
			l.give(fmt.Errorf("%s: the server has lost the runs that were handed out; give the same command again to go on", l.c.at))
		}
	}
}

// missing counts how often in a row nothing of the study was in the queue although runs are waited for.
func (l *Lead) missing(ctx context.Context, silent bool, so int) int {
	if !silent {
		return 0
	}
	ctx, stop := context.WithTimeout(ctx, answered)
	defer stop()
	info, err := l.c.trials.Info(ctx, jetstream.WithSubjectFilter(trialSubject(l.study.Build, l.session)+".>"))
	switch {
	case errors.Is(err, jetstream.ErrStreamNotFound), err == nil && len(info.State.Subjects) == 0:
		return so + 1
	case err != nil:
		return so // away, perhaps; whoever hands out runs finds out
	}
	return 0
}

// give ends every wait: no answer will come any more.
func (l *Lead) give(why error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lost = why
	for key, came := range l.waiting {
		came <- answer{err: why}
		delete(l.waiting, key)
	}
}

// greet hears who a worker is.
func (l *Lead) greet(m *nats.Msg) {
	var p presence
	if json.Unmarshal(m.Data, &p) != nil {
		return
	}
	if refusal := refused(p.Worker, p.Protocol, p.Build, l.study.Build); refusal != "" {
		l.note(refusal)
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.workers[p.Worker] = true
}

// refused says why a worker and a study do not fit together; nothing when they do.
func refused(worker string, protocol int, build, wanted string) string {
	switch {
	case protocol != Protocol:
		return fmt.Sprintf("worker %s speaks version %d of the protocol, and the study version %d; run the same program on both", worker, protocol, Protocol)
	case build != wanted:
		return fmt.Sprintf("worker %s is of build %q, and the study of build %q, whose numbers might be others; run the same program on both", worker, build, wanted)
	}
	return ""
}

// note tells something, once.
func (l *Lead) note(text string) {
	l.mu.Lock()
	before := l.noted[text]
	l.noted[text] = true
	l.mu.Unlock()
	if !before && l.study.Note != nil {
		l.study.Note(text)
	}
}

// Workers is how many workers of the study's build have said that they are there.
func (l *Lead) Workers() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.workers)
}

// Close tells workers that the study is over, whatever is still under way, and removes it from the server.
func (l *Lead) Close() error {
	l.stop()
	l.tasks.Wait()
	ctx, stop := context.WithTimeout(context.Background(), answered)
	defer stop()
	err := errors.Join(
		l.c.trials.Purge(ctx, jetstream.WithPurgeSubject(trialSubject(l.study.Build, l.session)+".>")),
		l.c.nc.Publish(endedSubject(l.session), nil),
		l.c.results.Purge(ctx, jetstream.WithPurgeSubject(resultSubject(l.session)+".>")),
		l.c.objects.Delete(ctx, l.session),
	)
	if err != nil {
		return fmt.Errorf("%s: the study could not be removed, which the server does itself in some weeks: %w", l.c.at, err)
	}
	return nil
}
