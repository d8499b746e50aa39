package main

import (
	"context"
	"fmt"
	"strconv"
	"sync"

	"flywheel/sim/study"
	"flywheel/sim/swarm"
)

// errands are the runs of a study that decides on the way what it asks next: each is handed out by
// itself, under a number of its own.
type errands struct {
	*outing

	mu     sync.Mutex
	next   int
	values map[int][]string // of those under way
}

// leadErrands prepares to hand runs out; where the flags name no server, they are all made here.
func (p *program) leadErrands(ctx context.Context, q *inquiry, what recipe) (*errands, error) {
	e := &errands{outing: &outing{}, values: map[int][]string{}}
	if q.join.at == "" {
		return e, nil
	}
	var err error
	e.outing, err = p.lead(ctx, q, what, func(errand int) []string {
		e.mu.Lock()
		defer e.mu.Unlock()
		return e.values[errand]
	})
	return e, err
}

// send lets workers make the runs of a response, whose settings are set; they know a point by its values.
// Without errands, every run is made here.
func (e *errands) send(r *study.Response, m measuring, values func(point []float64) []string) {
	if e == nil || e.Lead == nil {
		return
	}
	first := []string{r.Settings.Engine, strconv.FormatUint(r.Settings.Seed, 10)}
	r.Threads = swarm.InFlight
	r.Elsewhere = func(ctx context.Context, point []float64, replication int) (study.Measured, error) {
		found, err := e.run(ctx, append(first[:len(first):len(first)], values(point)...), replication)
		if err == nil && found.Failed == nil {
			found.Values = m.judged(found.Values)
		}
		return found, err
	}
}

// run has a worker make a run.
func (e *errands) run(ctx context.Context, values []string, replication int) (study.Measured, error) {
	e.mu.Lock()
	errand := e.next
	e.next++
	e.values[errand] = values
	e.mu.Unlock()
	defer func() {
		e.mu.Lock()
		defer e.mu.Unlock()
		delete(e.values, errand)
	}()
	return e.Lead.Run(ctx, errand, replication)
}

// readErrand takes from an errand's values the settings that they begin with.
func readErrand(s study.Settings, values []string) (study.Settings, []string, error) {
	if len(values) < 2 {
		return s, nil, fmt.Errorf("an errand of %d values names no engine and no seed", len(values))
	}
	seed, err := strconv.ParseUint(values[1], 10, 64)
	if err != nil {
		return s, nil, fmt.Errorf("an errand's seed cannot be read: %w", err)
	}
	s.Engine, s.Seed = values[0], seed
	return s, values[2:], nil
}
