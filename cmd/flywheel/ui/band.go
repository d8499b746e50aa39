package ui

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"flywheel/models"
	"flywheel/results"
	"flywheel/sim"
	"flywheel/sim/engine"
	"flywheel/sim/study"
)

// runs is how many replications a band has.
const runs = 100

// banded is how far a band has come.
type banded struct {
	Done    int                  `json:"done"`
	Total   int                  `json:"total"`
	Engine  string               `json:"engine"`
	Periods []int                `json:"periods"`
	Curves  []curve              `json:"curves"`
	Ends    map[string][]float64 `json:"ends,omitempty"` // by curve: its last value in each replication; once all are done
	Took    float64              `json:"took_ms"`
}

// band streams the ensemble of the moved scenario: what is known every half second, and all of
// it at the end. A visitor's newer band stops the older one.
func (s *server) band(w http.ResponseWriter, r *http.Request) {
	began := time.Now()
	m, law, _, err := s.moved(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	ctx, stop := context.WithCancel(r.Context())
	defer s.displace(r.FormValue("visitor"), stop)()
	settings := m.scenario.Settings
	settings.Replications, settings.Engine = runs, reader(law, settings.Engine)
	plan := study.NewPlan(m.scenario.Name, []study.Variant{{Name: study.Base, Law: law}}, settings)
	periods := thinned(law.Model.Horizon.Periods)
	asked := quantities(law)
	samples := make([][][]float64, len(asked)) // by quantity and period: replications
	for i := range samples {
		samples[i] = make([][]float64, len(periods))
	}

	w.Header().Set("Content-Type", "text/event-stream")
	send := http.NewResponseController(w)
	said := time.Now()
	done := 0
	say := func() error {
		said = time.Now()
		b := banded{Done: done, Total: len(plan.Trials), Engine: settings.Engine, Periods: periods, Took: float64(time.Since(began).Microseconds()) / 1000}
		if done == len(plan.Trials) {
			b.Ends = map[string][]float64{}
		}
		for i, q := range asked {
			c := curve{Metric: q.Metric, Platform: q.Platform, Side: q.Side}
			for _, sample := range samples[i] {
				band, _ := results.BandOf(sample, settings.Band[0], settings.Band[1])
				c.Y, c.Lo, c.Hi = append(c.Y, finite(band.Mean)), append(c.Lo, finite(band.Lo)), append(c.Hi, finite(band.Hi))
			}
			b.Curves = append(b.Curves, c)
			if b.Ends != nil {
				b.Ends[q.Metric+" "+q.Platform+" "+q.Side] = samples[i][len(periods)-1]
			}
		}
		text, err := json.Marshal(b)
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(w, "data: %s\n\n", text); err != nil {
			return err
		}
		return send.Flush()
	}
	_, err = study.Execute(ctx, plan, study.Execution{
		Engine: func() sim.Engine {
			e, _ := engine.New(settings.Engine)
			return e
		},
		Threads: s.Threads, Periods: periods,
		Deliver: func(_ study.Trial, timeline *results.Table) error {
			for i, q := range asked {
				for j, period := range periods {
					q.Period = period
					samples[i][j] = append(samples[i][j], finite(study.Read(timeline, []study.Quantity{q})[0]))
				}
			}
			if done++; done == len(plan.Trials) || done >= 5 && time.Since(said) > 500*time.Millisecond {
				return say()
			}
			return nil
		},
	})
	if err != nil && ctx.Err() == nil {
		text, _ := json.Marshal(err.Error()) // a string always can be
		_, _ = fmt.Fprintf(w, "event: failed\ndata: %s\n\n", text)
	}
}

// reader is the engine that answers soonest: cohorts where it can carry the law, else the
// scenario's own.
func reader(law *models.Law, own string) string {
	const fast = "cohorts"
	if e, known := engine.New(fast); known && e.Accept(law) == nil {
		return fast
	}
	return own
}

// turn is one visitor's band under way.
type turn struct{ stop func() }

// displace stops a visitor's band under way and enters a new one; what it returns takes that
// out again.
func (s *server) displace(visitor string, stop func()) (leave func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if older := s.bands[visitor]; older != nil {
		older.stop()
	}
	own := &turn{stop}
	s.bands[visitor] = own
	return func() {
		stop()
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.bands[visitor] == own {
			delete(s.bands, visitor)
		}
	}
}
