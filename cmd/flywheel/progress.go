package main

import (
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"flywheel/results"
)

// progress shows how far a plan of runs is, on the error stream: a bar on a terminal, else
// a plain line every few seconds.
type progress struct {
	name    string
	out     io.Writer // nil when nothing is to be shown
	started time.Time

	done, total   atomic.Int64 // runs
	passed, steps atomic.Int64 // periods of all runs; 0 where they are not counted

	bar  *mpb.Bar
	bars *mpb.Progress

	ended chan struct{}
	lines sync.WaitGroup
}

// between is the time between two plain lines.
const between = 3 * time.Second

// watch begins to show the progress of so many runs, 0 while nobody knows how many; stop
// must be called.
func (p *program) watch(name string, total int) *progress {
	g := &progress{name: name, started: time.Now(), ended: make(chan struct{})}
	g.total.Store(int64(total))
	g.lines.Go(g.shine)
	if p.quiet {
		return g
	}
	g.out = p.err
	if isTerminal(p.err) {
		g.bars = mpb.New(mpb.WithOutput(p.err), mpb.WithWidth(pageWidth))
		g.bar = g.bars.New(barSteps, mpb.BarStyle().Lbound(" ").Filler("━").Tip("━").Padding("─").Rbound(" "),
			mpb.BarRemoveOnComplete(), mpb.BarWidth(barWidth),
			mpb.PrependDecorators(decor.Name(name)),
			mpb.AppendDecorators(decor.Any(func(decor.Statistics) string { return g.words() })))
	} else {
		g.lines.Go(g.print)
	}
	return g
}

// barWidth leaves room for the words beside the bar.
const barWidth = 24

// print writes a plain line now and then.
func (g *progress) print() {
	tick := time.NewTicker(between)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			fmt.Fprintf(g.out, "%s: %s\n", g.name, g.words())
		case <-g.ended:
			return
		}
	}
}

// shine tells the local page every second how far the work is.
func (g *progress) shine() {
	u := begin("study", g.name)
	defer u.end()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			u.state.Done, u.state.Total, u.state.At = g.done.Load(), g.total.Load(), time.Since(g.started).Seconds()
			u.tell()
		case <-g.ended:
			return
		}
	}
}

// tell notes that so many runs have finished.
func (g *progress) tell(done, total int) {
	g.done.Store(int64(done))
	g.total.Store(int64(total))
	g.move()
}

// pass notes that a period of some run has passed, so that one long run shows progress too.
func (g *progress) pass() {
	g.passed.Add(1)
	g.move()
}

// move brings the bar up to the share that is done.
func (g *progress) move() {
	if g.bar != nil {
		g.bar.SetTotal(barSteps, false)
		g.bar.SetCurrent(int64(g.share() * barSteps))
	}
}

// barSteps is how finely the bar moves.
const barSteps = 1000

// share is how much of the work is done, by periods where they are counted, else by runs.
func (g *progress) share() float64 {
	if steps := g.steps.Load(); steps > 0 {
		return float64(g.passed.Load()) / float64(steps)
	}
	return float64(g.done.Load()) / float64(max(1, g.total.Load()))
}

// words are done and total, the rate and the time left.
func (g *progress) words() string {
	done, total := g.done.Load(), g.total.Load()
	switch {
	case total == 0:
		return "the first run is under way"
	case g.share() == 0:
		return fmt.Sprintf("0 of %d runs", total)
	}
	took := time.Since(g.started)
	left := duration(time.Duration(float64(took) * (1/g.share() - 1)))
	if done == 0 {
		return fmt.Sprintf("0 of %d runs, %.0f%% of all periods, %s left", total, 100*g.share(), left)
	}
	return fmt.Sprintf("%d of %d runs, %s/s, %s left", done, total, results.Human(float64(done)/took.Seconds(), "1"), left)
}

// stop takes the bar away, and says what long work has taken.
func (g *progress) stop() {
	close(g.ended)
	g.lines.Wait()
	if g.bar != nil {
		g.bar.Abort(true)
		g.bars.Wait()
	}
	if took := time.Since(g.started); g.out != nil && took > between {
		fmt.Fprintf(g.out, "%s: %s in %s\n", g.name, several(int(g.done.Load()), "run"), duration(took))
	}
}

// duration is a length of time as people read it.
func duration(d time.Duration) string {
	switch {
	case d < time.Second:
		return d.Round(10 * time.Millisecond).String()
	case d < time.Minute:
		return d.Round(100 * time.Millisecond).String()
	}
	return d.Round(time.Second).String()
}
