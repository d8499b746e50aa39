package ui

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"sync"
	"time"

	"flywheel/sim/engine/meanfield"
)

// move answers a move of the levers by a stream of parts, one line of JSON each and in any of them
// one key: line, what is expected; mass, where critical mass lies, first roughly and then closely;
// band, the ensemble as it grows; failed, what went wrong. What is known already comes at once. A
// visitor's newer move ends the older one.
func (s *server) move(w http.ResponseWriter, r *http.Request) {
	began := time.Now()
	m, err := s.moved(r)
	if err != nil {
		refuse(w, err)
		return
	}
	count, err := strconv.Atoi(cmp.Or(r.FormValue("turn"), "0"))
	if err != nil {
		refuse(w, asked{err})
		return
	}
	ctx, stop := context.WithCancel(r.Context())
	defer s.displace(r.FormValue("visitor"), count, stop)()
	w.Header().Set("Content-Type", "application/x-ndjson")
	parts := &stream{to: json.NewEncoder(w), flush: http.NewResponseController(w).Flush}
	if err := s.tell(ctx, m, parts, began); err != nil && ctx.Err() == nil {
		_ = parts.say("failed", err.Error()) // whoever does not hear it has gone
	}
}

// tell says the parts of the answer to a move.
func (s *server) tell(ctx context.Context, m *moved, parts *stream, began time.Time) error {
	found := m.mass()
	var rough chan mass
	if found.list == nil && found.why == nil && new(meanfield.Engine).Accept(m.law) == nil {
		rough = make(chan mass, 1)
		go func() { // beside the line
			defer close(rough)
			if soon, err := s.search(ctx, m, roughly(), false); err == nil {
				rough <- soon
			}
		}()
	}
	expected, err := line(ctx, m.law, began)
	if err != nil {
		return err
	}
	if err := parts.say("line", expected); err != nil {
		return err
	}
	switch {
	case len(expected.Curves) == 0:
		found = mass{fine: true} // what has no line has no frontier either
	case rough != nil:
		var ok bool
		if found, ok = <-rough; !ok {
			return ctx.Err()
		}
	}
	asked := quantities(m.law)
	told := func(found mass) massed {
		return found.draw(m.law, expected.Periods, func(k int) [][]float64 {
			return shares(asked, m.law.Model.Platforms[k].Name, func(i int) []float64 { return expected.Curves[i].Y })
		}, began)
	}
	if err := parts.say("mass", told(found)); err != nil {
		return err
	}

	b := newBand(m)
	var mu sync.Mutex // over b and found
	show := func() error { return parts.say("band", b.draw(found)) }
	var closer sync.WaitGroup
	defer closer.Wait()
	if !found.fine {
		closer.Go(func() {
			better, err := s.search(ctx, m, closely(), true)
			if err != nil {
				return // the move has ended
			}
			mu.Lock()
			defer mu.Unlock()
			if found = better; parts.say("mass", told(found)) == nil && b.done == runs {
				_ = show() // whoever does not hear it has gone
			}
		})
	}
	return b.grow(ctx, s.Threads, began, &mu, show)
}

// stream writes parts, each as soon as it is said.
type stream struct {
	mu    sync.Mutex
	to    *json.Encoder
	flush func() error
}

func (p *stream) say(name string, part any) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.to.Encode(map[string]any{name: part}); err != nil {
		return err
	}
	return p.flush()
}

// turn is one visitor's move under way, by the visitor's own count.
type turn struct {
	count int
	stop  func()
}

// displace enters a visitor's move and stops the one under way; or it stops the move itself when one
// that the visitor made later came before it. What it returns takes the move out again.
func (s *server) displace(visitor string, count int, stop func()) (leave func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if other := s.moves[visitor]; other != nil {
		if other.count > count {
			return stop
		}
		other.stop()
	}
	own := &turn{count, stop}
	s.moves[visitor] = own
	return func() {
		stop()
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.moves[visitor] == own {
			delete(s.moves, visitor)
		}
	}
}
