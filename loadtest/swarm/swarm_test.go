package swarm_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"flywheel/loadtest"
	"flywheel/loadtest/plan"
	"flywheel/loadtest/swarm"
	queue "flywheel/sim/swarm"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreTopFunction("github.com/nats-io/nats.go/jetstream.(*jetStream).resetPendingAcksOnReconnect"))
}

// shop counts the starts that it was asked by.
type shop struct {
	*httptest.Server
	mu     sync.Mutex
	starts map[int64]int
	last   time.Time
	answer func(w http.ResponseWriter)
}

func newShop(t *testing.T) *shop {
	s := &shop{starts: map[int64]int{}}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n, err := strconv.ParseInt(r.Header.Get("X-Flywheel-Start"), 10, 64)
		s.mu.Lock()
		if err == nil {
			s.starts[n]++
		}
		s.last = time.Now()
		answer := s.answer
		s.mu.Unlock()
		if answer != nil {
			answer(w)
		}
	}))
	t.Cleanup(s.Close)
	return s
}

// stage is a server with connections to it.
type stage struct {
	t      *testing.T
	server *queue.Server
}

func newStage(t *testing.T) *stage {
	server, err := queue.Listen(t.TempDir(), "")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Close()) })
	return &stage{t, server}
}

func (s *stage) connect() *nats.Conn {
	c, err := s.server.Connect(s.t.Context())
	require.NoError(s.t, err)
	s.t.Cleanup(c.Close)
	return c.NATS()
}

// content is a load as these tests write it down.
type content struct {
	Target string
	Rate   float64
	For    time.Duration
	Steps  int
	Judge  string // a threshold
	Abort  string
	Extra  string // of no meaning, to make it large
}

func (c content) plan() plan.Plan {
	p := plan.Plan{Target: c.Target, Curve: plan.Curve{plan.HoldFor(plan.PerSecond(c.Rate), c.For)}, Journeys: []plan.Journey{{}}}
	for i := range max(1, c.Steps) {
		p.Journeys[0].Steps = append(p.Journeys[0].Steps, plan.Step{Name: fmt.Sprint("step", i), Get: fmt.Sprint("/", i)})
	}
	if c.Judge != "" {
		t, err := plan.ParseThreshold(c.Judge)
		if err != nil {
			panic(err)
		}
		p.Thresholds = []plan.Threshold{t}
	}
	if c.Abort != "" {
		a, err := plan.ParseAbort(c.Abort)
		if err != nil {
			panic(err)
		}
		p.Limits.Abort = a
	}
	return p
}

// open reads what content wrote.
func open(text []byte) (plan.Plan, loadtest.Options, error) {
	var c content
	err := json.Unmarshal(text, &c)
	return c.plan(), loadtest.Options{}, err
}

// work starts a worker; what it says goes to the log, and gone is closed when it has ended.
func (s *stage) work(ctx context.Context, w swarm.Worker) (gone chan struct{}) {
	nc := s.connect()
	gone = make(chan struct{})
	if w.Open == nil {
		w.Open = open
	}
	if w.Build == "" {
		w.Build = "one"
	}
	go func() {
		defer close(gone)
		_ = w.Serve(ctx, nc)
	}()
	return gone
}

// crew starts workers a, b and so on, and stops them with the test.
func (s *stage) crew(n int) {
	ctx, stop := context.WithCancel(context.Background())
	for i := range n {
		gone := s.work(ctx, swarm.Worker{Name: string(rune('a' + i))})
		s.t.Cleanup(func() { <-gone })
	}
	s.t.Cleanup(stop)
}

// notes keeps what a lead or worker says.
type notes struct {
	mu    sync.Mutex
	lines []string
}

func (n *notes) add(text string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.lines = append(n.lines, text)
}

func (n *notes) String() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return strings.Join(n.lines, "\n")
}

func load(t *testing.T, c content, workers int) (swarm.Load, *notes) {
	text, err := json.Marshal(c)
	require.NoError(t, err)
	said := &notes{}
	return swarm.Load{Name: "test", Build: "one", Content: text, Plan: c.plan(), Workers: workers, Note: said.add}, said
}

// Three workers make every start of the plan exactly once, and the lead reports them as
// one generator would, with a row for each.
func TestThreeWorkersMakeOneLoad(t *testing.T) {
	t.Parallel()
	s, target := newStage(t), newShop(t)
	s.crew(3)
	l, said := load(t, content{Target: target.URL, Rate: 100, For: 2 * time.Second, Steps: 2, Judge: "not_sent == 0", Extra: strings.Repeat("x", 600_000)}, 3)
	var seen []loadtest.Snapshot
	l.Watch = func(s loadtest.Snapshot) { seen = append(seen, s) }
	began := time.Now()
	r, err := swarm.Run(t.Context(), s.connect(), l)
	require.NoError(t, err, said.String())
	require.Len(t, target.starts, 200) // 100/s for 2 s
	for n := range int64(200) {
		require.Equal(t, 2, target.starts[n], "start %d: two steps", n)
	}
	require.Equal(t, loadtest.Requests{Due: 400, Sent: 400, OK: 400}, r.Requests)
	require.True(t, r.Verdict().Passed, "%+v", r.Thresholds)
	require.Len(t, r.Swarm, 3)
	var due int64
	for i, w := range r.Swarm {
		require.Equal(t, string(rune('a'+i)), w.Name)
		require.Equal(t, "1/3", w.Fraction)
		require.Empty(t, w.Lost)
		require.InDelta(t, 400./3, float64(w.Requests.Due), 4) // whole blocks of three starts, and the last
		// One clock stands behind all of them here; the machine may be slow, and the error bounds that.
		require.LessOrEqual(t, max(w.Offset, -w.Offset), w.OffsetError+0.01, "worker %s", w.Name)
		require.Positive(t, w.OffsetError)
		due += w.Requests.Due
	}
	require.Equal(t, r.Requests.Due, due)
	require.NotEmpty(t, seen)
	require.True(t, r.Started.After(began))
	require.Contains(t, said.String(), "starts in 1s; the lead's clock is ahead of the workers' by: a ")
	require.Equal(t, "swarm", r.Tables()[6].Name)
}

// A worker whose connection is gone is given up: it is reported, its share counts as due
// and not sent, nobody takes its place, and a run with thresholds does not pass.
func TestALostWorkerIsReportedAndCounted(t *testing.T) {
	t.Parallel()
	s, target := newStage(t), newShop(t)
	s.crew(2)
	nc := s.connect()
	lonely, end := context.WithCancel(context.Background())
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		_ = swarm.Worker{Name: "z", Build: "one", Open: open, Patience: time.Second}.Serve(lonely, nc)
	}()
	l, said := load(t, content{Target: target.URL, Rate: 90, For: 4 * time.Second, Judge: "latency.p99 < 1m"}, 3)
	l.Patience = 3 * time.Second
	var once sync.Once
	l.Watch = func(s loadtest.Snapshot) {
		if s.At > 1500*time.Millisecond {
			once.Do(nc.Close)
		}
	}
	r, err := swarm.Run(t.Context(), s.connect(), l)
	require.NoError(t, err, said.String())
	end()
	<-gone
	require.Equal(t, int64(360), r.Requests.Due) // 90/s for 4 s
	require.Contains(t, said.String(), "worker z is lost: it has not been heard of for 3s")
	z := r.Swarm[2]
	require.Equal(t, "z", z.Name)
	require.NotEmpty(t, z.Lost)
	require.Equal(t, int64(120), z.Requests.Due)
	require.Positive(t, z.Requests.Sent)
	require.Equal(t, z.Requests.NotSent, r.Requests.NotSent, "the others went on")
	require.GreaterOrEqual(t, r.Requests.NotSent, int64(1))
	require.Equal(t, []string{"worker z was lost"}, r.Verdict().Broken)
	for n, times := range target.starts {
		require.Equal(t, 1, times, "start %d", n)
	}
}

// A worker that its own user stops is lost as well, at once.
func TestAWorkerThatLeavesIsLost(t *testing.T) {
	t.Parallel()
	s, target := newStage(t), newShop(t)
	s.crew(1)
	own, leave := context.WithCancel(context.Background())
	gone := s.work(own, swarm.Worker{Name: "b"})
	l, said := load(t, content{Target: target.URL, Rate: 50, For: 3 * time.Second}, 2)
	l.Watch = func(loadtest.Snapshot) { leave() }
	r, err := swarm.Run(t.Context(), s.connect(), l)
	require.NoError(t, err, said.String())
	<-gone
	require.Equal(t, int64(150), r.Requests.Due)
	require.Contains(t, r.Swarm[1].Lost, "it was stopped where it runs")
	require.Positive(t, r.Swarm[1].Requests.NotSent)
	require.Zero(t, r.Swarm[0].Requests.NotSent)
}

// When the lead is interrupted, every worker stops, and what was measured is kept.
func TestAnInterruptedLeadStopsItsWorkers(t *testing.T) {
	t.Parallel()
	s, target := newStage(t), newShop(t)
	s.crew(3)
	l, said := load(t, content{Target: target.URL, Rate: 100, For: time.Minute}, 3)
	ctx, interrupt := context.WithCancel(t.Context())
	var at time.Time
	l.Watch = func(s loadtest.Snapshot) {
		if s.At > 1500*time.Millisecond && at.IsZero() {
			at = time.Now()
			interrupt()
		}
	}
	r, err := swarm.Run(ctx, s.connect(), l)
	took := time.Since(at)
	require.NoError(t, err, said.String())
	require.Equal(t, loadtest.ByCaller, r.Stopped)
	require.Positive(t, r.Requests.OK)
	for _, w := range r.Swarm {
		require.Empty(t, w.Lost)
	}
	target.mu.Lock()
	last := target.last.Sub(at)
	target.mu.Unlock()
	t.Logf("the report came after %v, the last request %v after the interrupt", took, last)
	if took > time.Second || last > time.Second {
		t.Logf("NOT JUDGED: a second is the bound, and this machine is too busy to tell")
	}
	require.Less(t, last, 10*time.Second, "pressing went on")
}

// The abort condition looks at all workers together, and stops all of them.
func TestAbortIsGlobal(t *testing.T) {
	t.Parallel()
	s, target := newStage(t), newShop(t)
	s.crew(2)
	target.answer = func(w http.ResponseWriter) { w.WriteHeader(http.StatusInternalServerError) }
	l, said := load(t, content{Target: target.URL, Rate: 50, For: time.Minute, Abort: "failed > 50% for 2s"}, 2)
	r, err := swarm.Run(t.Context(), s.connect(), l)
	require.NoError(t, err, said.String())
	require.Equal(t, loadtest.ByAbort, r.Stopped)
	require.False(t, r.Verdict().Passed)
	require.Less(t, r.Elapsed, 40.0)
	require.Equal(t, r.Requests.Sent, r.Requests.Failed)
}

// Before anything is sent, a worker of another build or protocol is told so on both
// sides, and one that may not press the target or lacks a secret ends the load.
func TestWhoDoesNotFitTakesNoPart(t *testing.T) {
	t.Parallel()
	s, target := newStage(t), newShop(t)
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	var other notes
	gone := s.work(ctx, swarm.Worker{Name: "old", Build: "zero", Note: other.add})
	l, said := load(t, content{Target: target.URL, Rate: 50, For: time.Second}, 0)
	waiting, give := context.WithTimeout(t.Context(), 20*time.Second)
	defer give()
	go func() { // gives up once everybody has been told, in whatever order they answered
		for waiting.Err() == nil {
			if text := said.String(); strings.Contains(text, "worker old") && strings.Contains(text, "worker alien") && strings.Contains(other.String(), "build") {
				give()
			}
			time.Sleep(5 * time.Millisecond)
		}
	}()
	// Somebody of another protocol answers, too.
	alien := s.connect()
	_, err := alien.Subscribe("flywheel.load", func(m *nats.Msg) {
		_ = m.Respond([]byte(`{"protocol": 99, "build": "one", "worker": "alien"}`))
	})
	require.NoError(t, err)
	require.NoError(t, alien.Flush())
	_, err = swarm.Run(waiting, s.connect(), l)
	require.ErrorIs(t, err, context.Canceled, said.String())
	require.Contains(t, said.String(), `worker old is of build "zero", and the load of build "one"`)
	require.Contains(t, other.String(), `build "one", and this worker of version 1 and build "zero"; run the same program on both`)
	stop()
	<-gone

	for _, tc := range []struct {
		err  error
		host bool
		want string
	}{
		{errors.New("the variable TOKEN is not set"), false, "worker c: the variable TOKEN is not set"},
		{&loadtest.HostRefused{Host: "shop.example", Named: true}, true, "worker c: target: the plan names host shop.example"},
	} {
		own, leave := context.WithCancel(context.Background())
		gone := s.work(own, swarm.Worker{Name: "c", Open: func([]byte) (plan.Plan, loadtest.Options, error) {
			return plan.Plan{}, loadtest.Options{}, tc.err
		}})
		l, said := load(t, content{Target: target.URL, Rate: 50, For: time.Second}, 1)
		_, err := swarm.Run(t.Context(), s.connect(), l)
		var refused *swarm.Refused
		require.ErrorAs(t, err, &refused, said.String())
		require.Equal(t, tc.host, refused.Host)
		require.ErrorContains(t, err, tc.want)
		leave()
		<-gone
	}
	require.Contains(t, said.String(), "worker alien speaks version 99 of the protocol, and the load version 1")
	require.Empty(t, target.starts)
}
