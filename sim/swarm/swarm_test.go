package swarm_test

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"flywheel/models"
	"flywheel/results"
	"flywheel/sim"
	"flywheel/sim/engine"
	"flywheel/sim/study"
	"flywheel/sim/swarm"
)

// Everything that a test starts ends with it, but for a goroutine of the client's object store, which waits for ever
// when what was stored is stored before the goroutine begins: a race in the client, once for each thing stored.
func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreTopFunction("github.com/nats-io/nats.go/jetstream.(*jetStream).resetPendingAcksOnReconnect"))
}

const build = "this build"

// town is a market of one platform that people join by chance, as many of them as its input says.
func town(size int64) (*models.Law, error) {
	segment := func(side string, size int64) models.Segment {
		return models.Segment{Side: side, Name: side, Region: "here", Size: size, Value: []models.Value{models.Number(0)},
			Start: []models.Begin{{Homing: 1, Share: 0.5}}}
	}
	return models.Compile(&models.Model{
		Name: "town", Horizon: models.Horizon{Periods: 5, Unit: "day"}, Clock: models.Clock{Kind: models.ClockSync, Revision: 0.5},
		Noise: models.Noise{Kind: models.NoiseAnnealed, Scale: 1}, Platforms: []models.Platform{{Name: "A"}},
		Segments: []models.Segment{segment("buyers", size), segment("sellers", 10)},
	})
}

func named(name string) (sim.Engine, error) {
	e, known := engine.New(name)
	if !known {
		return nil, fmt.Errorf("no engine is called %q", name)
	}
	return e, nil
}

// sweep is a study of so many towns, each with two replications; the town at point 3 cannot be built.
func sweep(t testing.TB, points int) (*study.Sweep, study.Design) {
	sizes := make([]string, points)
	for i := range sizes {
		sizes[i] = strconv.Itoa(100 + i)
	}
	if points > 3 {
		sizes[3] = "none"
	}
	design, err := study.Grid([]study.Input{{Path: "size", Levels: sizes}})
	require.NoError(t, err)
	base, err := town(1)
	require.NoError(t, err)
	settings := study.Settings{Engine: "cohorts", Replications: 2, Seed: 1, Band: [2]float64{0.05, 0.95}}
	return study.NewSweep(design, base, settings, func(values []string) (*models.Law, study.Settings, error) {
		size, err := strconv.ParseInt(values[0], 10, 64)
		if err != nil {
			return nil, settings, fmt.Errorf("size: %q is no number", values[0])
		}
		law, err := town(size)
		return law, settings, err
	}, false, nil), design
}

// runs executes a sweep, elsewhere when there is such a place, and returns its rows.
func runs(ctx context.Context, w *study.Sweep, elsewhere func(context.Context, int, int) (study.Measured, error)) (*results.Table, error) {
	table := results.NewTable("trials", w.TrialSchema())
	_, err := study.ExecutePoints(ctx, w.Points(), study.PointExecution{Engine: named, Threads: 16, Elsewhere: elsewhere,
		Deliver: func(point int, runs []study.Measured) error {
			w.AppendTrials(table, point, runs)
			return nil
		}})
	return table, err
}

// same wants two tables to have the same cells; NaN is the same as NaN.
func same(t *testing.T, want, got *results.Table) {
	t.Helper()
	require.Equal(t, want.Rows(), got.Rows())
	for row := range want.Rows() {
		for column := range want.Schema {
			require.Equal(t, want.Cell(row, column), got.Cell(row, column), "row %d, %s", row, want.Schema[column].Name)
		}
	}
}

// notes collects what people are told.
type notes struct {
	mu    sync.Mutex
	lines []string
}

func (n *notes) add(text string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.lines = append(n.lines, text)
}

func (n *notes) has(part string) func() bool {
	return func() bool {
		n.mu.Lock()
		defer n.mu.Unlock()
		return strings.Contains(strings.Join(n.lines, "\n"), part)
	}
}

func server(t testing.TB) *swarm.Server {
	s, err := swarm.Listen(t.TempDir(), "")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

func connect(t testing.TB, s *swarm.Server) *swarm.Conn {
	c, err := s.Connect(t.Context())
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return c
}

// lead opens a study whose points are those of a design.
func lead(t testing.TB, s *swarm.Server, design study.Design, told *notes) *swarm.Lead {
	l, err := swarm.Open(t.Context(), connect(t, s), swarm.Study{Name: "towns", Build: build, Content: []byte("towns"), Values: design.At, Note: told.add})
	require.NoError(t, err)
	return l
}

// worker starts a worker whose work may be wrapped; what is returned stops it.
func worker(t testing.TB, c *swarm.Conn, w swarm.Worker, wrap func(swarm.Work) swarm.Work) (stop func()) {
	whole, _ := sweep(t, 1)
	runner := whole.Runner(named)
	work := swarm.Work(runner.Run)
	if wrap != nil {
		work = wrap(work)
	}
	if w.Open == nil {
		w.Open = func(content []byte) (swarm.Work, error) {
			if string(content) != "towns" {
				return nil, fmt.Errorf("content is %q", content)
			}
			return work, nil
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	var tasks sync.WaitGroup
	tasks.Go(func() { _ = w.Serve(ctx, c) })
	stop = sync.OnceFunc(func() {
		cancel()
		tasks.Wait()
	})
	t.Cleanup(stop)
	return stop
}

// Three workers make what one machine makes, failures included, whatever the order in which they end.
func TestWorkersMakeWhatOneMachineMakes(t *testing.T) {
	w, design := sweep(t, 40)
	want, err := runs(t.Context(), w, nil)
	require.NoError(t, err)
	s, told := server(t), &notes{}
	l := lead(t, s, design, told)
	var made [3]atomic.Int64
	for i := range made {
		worker(t, connect(t, s), swarm.Worker{Name: fmt.Sprint("worker ", i), Build: build, Threads: 2}, func(work swarm.Work) swarm.Work {
			return func(ctx context.Context, values []string, replication int) (study.Measured, error) {
				made[i].Add(1)
				return work(ctx, values, replication)
			}
		})
	}
	got, err := runs(t.Context(), w, l.Run)
	require.NoError(t, err)
	same(t, want, got)
	require.EqualValues(t, 80, made[0].Load()+made[1].Load()+made[2].Load(), "40 points of 2 replications, each run made once")
	require.Eventually(t, func() bool { return l.Workers() == 3 }, 10*time.Second, 10*time.Millisecond)
	require.NoError(t, l.Close())
	require.Empty(t, told.lines, "nothing to complain of")
}

// A worker that dies in the middle of runs loses none of them, and a worker that only is slow keeps its own.
func TestRunsOfADeadWorkerAreMadeByOthers(t *testing.T) {
	w, design := sweep(t, 12)
	want, err := runs(t.Context(), w, nil)
	require.NoError(t, err)
	s := server(t)
	l := lead(t, s, design, &notes{})
	const patience = time.Second
	c := connect(t, s)
	var begun sync.WaitGroup
	begun.Add(2)
	worker(t, c, swarm.Worker{Name: "dies", Build: build, Threads: 2, Patience: patience}, func(swarm.Work) swarm.Work {
		return func(ctx context.Context, _ []string, _ int) (study.Measured, error) {
			begun.Done() // each of its threads begins one run and never ends it
			<-ctx.Done()
			return study.Measured{}, ctx.Err()
		}
	})
	type outcome struct {
		table *results.Table
		err   error
	}
	came := make(chan outcome, 1)
	go func() {
		table, err := runs(t.Context(), w, l.Run)
		came <- outcome{table, err}
	}()
	begun.Wait()
	c.Close() // as a kill does: neither an answer nor a word of farewell
	var made, slow atomic.Int64
	worker(t, connect(t, s), swarm.Worker{Name: "lives", Build: build, Threads: 2, Patience: patience}, func(work swarm.Work) swarm.Work {
		return func(ctx context.Context, values []string, replication int) (study.Measured, error) {
			made.Add(1)
			if slow.Add(1) == 1 {
				time.Sleep(2 * patience) // longer than a silent worker is given
			}
			return work(ctx, values, replication)
		}
	})
	o := <-came
	require.NoError(t, o.err)
	same(t, want, o.table)
	require.EqualValues(t, 24, made.Load(), "12 points of 2 replications, each made once by the worker that lives")
	require.NoError(t, l.Close())
}

// A worker that is stopped gives its run back at once.
func TestAStoppedWorkerGivesItsRunBack(t *testing.T) {
	w, design := sweep(t, 1)
	s := server(t)
	l := lead(t, s, design, &notes{})
	begun := make(chan struct{}, 2)
	stop := worker(t, connect(t, s), swarm.Worker{Name: "stopped", Build: build}, func(swarm.Work) swarm.Work {
		return func(ctx context.Context, _ []string, _ int) (study.Measured, error) {
			begun <- struct{}{}
			<-ctx.Done()
			return study.Measured{}, ctx.Err()
		}
	})
	came := make(chan error, 1)
	go func() {
		_, err := runs(t.Context(), w, l.Run)
		came <- err
	}()
	<-begun
	stop()
	worker(t, connect(t, s), swarm.Worker{Name: "next", Build: build}, nil)
	select {
	case err := <-came:
		require.NoError(t, err)
	case <-time.After(12 * time.Second): // less than the 15 s after which a silent worker's run is given away
		require.Fail(t, "the run was not given back")
	}
	require.NoError(t, l.Close())
}

// Nobody works for a study of another build, and both sides are told why.
func TestOtherBuildsAreRefused(t *testing.T) {
	w, design := sweep(t, 1)
	s, atLead, atWorker := server(t), &notes{}, &notes{}
	worker(t, connect(t, s), swarm.Worker{Name: "old", Build: "another build", Note: atWorker.add}, func(swarm.Work) swarm.Work {
		return func(context.Context, []string, int) (study.Measured, error) {
			return study.Measured{}, errors.New("bug: it works for another build")
		}
	})
	l := lead(t, s, design, atLead)
	ctx, stop := context.WithCancel(t.Context())
	came := make(chan error, 1)
	go func() {
		_, err := runs(ctx, w, l.Run)
		came <- err
	}()
	require.Eventually(t, atWorker.has(`study towns is refused: it is of build "this build", and this worker of build "another build"`), 20*time.Second, 10*time.Millisecond)
	require.Eventually(t, atLead.has(`worker old is of build "another build", and the study of build "this build"`), 20*time.Second, 10*time.Millisecond)
	require.Eventually(t, atLead.has("waits for a worker of this build"), 20*time.Second, 10*time.Millisecond)
	require.Empty(t, came, "the study still waits")
	stop()
	require.ErrorIs(t, <-came, context.Canceled)
	require.NoError(t, l.Close())
}

// A study that workers cannot understand ends with their reason.
func TestAStudyNobodyUnderstandsEnds(t *testing.T) {
	w, design := sweep(t, 1)
	s := server(t)
	l := lead(t, s, design, &notes{})
	worker(t, connect(t, s), swarm.Worker{Name: "w", Build: build, Open: func([]byte) (swarm.Work, error) {
		return nil, errors.New("town.yaml:3:1: it is\nall wrong")
	}}, nil)
	_, err := runs(t.Context(), w, l.Run)
	require.ErrorContains(t, err, "towns: a worker cannot make run 0.") // whichever of the two is refused first
	require.ErrorContains(t, err, ": town.yaml:3:1: it is all wrong")
	require.NoError(t, l.Close())
}

// One folder has one queue, and the queue trusts nobody from outside.
func TestServersGuardTheirPlace(t *testing.T) {
	dir := t.TempDir()
	s, err := swarm.Listen(dir, "")
	require.NoError(t, err)
	_, err = swarm.Listen(dir, "")
	require.ErrorContains(t, err, "another server keeps its queue here")
	require.NoError(t, s.Close())
	s, err = swarm.Listen(dir, "127.0.0.1:0")
	require.NoError(t, err, "the folder is free again")
	c, err := swarm.Connect(t.Context(), swarm.Options{URL: s.URL()})
	require.NoError(t, err)
	c.Close()
	require.NoError(t, s.Close())
	_, err = swarm.Listen(dir, "0.0.0.0:4222")
	require.ErrorContains(t, err, "other machines could reach the queue")
	_, err = swarm.Connect(t.Context(), swarm.Options{URL: "nats://me:secret@127.0.0.1:1"})
	require.ErrorContains(t, err, "cannot be reached")
	require.NotContains(t, err.Error(), "secret")
}

// Whoever comes to a new server at the same time as others finds all that a study needs.
func TestManyComeAtOnce(t *testing.T) {
	for range 5 {
		s, err := swarm.Listen(t.TempDir(), "")
		require.NoError(t, err)
		var tasks sync.WaitGroup
		for range 8 {
			tasks.Go(func() {
				c, err := s.Connect(t.Context())
				if assert.NoError(t, err) {
					c.Close()
				}
			})
		}
		tasks.Wait()
		require.NoError(t, s.Close())
	}
}
