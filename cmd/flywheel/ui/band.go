package ui

import (
	"context"
	"sync"
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
	Passing []passing            `json:"passing"`
	Ends    map[string][]float64 `json:"ends,omitempty"` // by curve: its last value in each replication; once all are done
	Took    float64              `json:"took_ms"`
}

// band is the ensemble of a moved scenario as it grows.
type band struct {
	law      *models.Law
	settings study.Settings
	periods  []int
	asked    []study.Quantity
	samples  [][][]float64 // by quantity and period: replications
	done     int
	took     float64 // until the last run was done, in milliseconds
}

func newBand(m *moved) *band {
	b := &band{law: m.law, settings: m.scenario.Settings, periods: thinned(m.law.Model.Horizon.Periods), asked: quantities(m.law)}
	b.settings.Replications, b.settings.Engine = runs, reader(m.law, b.settings.Engine)
	b.samples = make([][][]float64, len(b.asked))
	for i := range b.samples {
		b.samples[i] = make([][]float64, len(b.periods))
	}
	return b
}

// grow makes the runs, and shows the band early and then several times a second. It holds the lock
// while it changes the band or shows it.
func (b *band) grow(ctx context.Context, threads int, began time.Time, mu *sync.Mutex, show func() error) error {
	const first, often = 5, 200 * time.Millisecond
	plan := study.NewPlan(b.law.Model.Name, []study.Variant{{Name: study.Base, Law: b.law}}, b.settings)
	shown := time.Now()
	_, err := study.Execute(ctx, plan, study.Execution{
		Engine: func() sim.Engine {
			e, _ := engine.New(b.settings.Engine)
			return e
		},
		Threads: threads, Periods: b.periods,
		Deliver: func(_ study.Trial, timeline *results.Table) error {
			mu.Lock()
			defer mu.Unlock()
			b.add(timeline)
			b.took = since(began)
			if b.done < runs && b.done != first && (b.done < first || time.Since(shown) < often) {
				return nil
			}
			shown = time.Now()
			return show()
		},
	})
	return err
}

// add takes a run in.
func (b *band) add(timeline *results.Table) {
	for i, q := range b.asked {
		for j, period := range b.periods {
			q.Period = period
			b.samples[i][j] = append(b.samples[i][j], finite(study.Read(timeline, []study.Quantity{q})[0]))
		}
	}
	b.done++
}

// draw is the band for the page, with what its runs say of a critical mass.
func (b *band) draw(found mass) banded {
	d := banded{Done: b.done, Total: runs, Engine: b.settings.Engine, Periods: b.periods, Passing: []passing{}, Took: b.took}
	if b.done == runs {
		d.Ends = map[string][]float64{}
	}
	for i, q := range b.asked {
		c := curve{Metric: q.Metric, Platform: q.Platform, Side: q.Side}
		for _, sample := range b.samples[i] {
			band, _ := results.BandOf(sample, b.settings.Band[0], b.settings.Band[1])
			c.Y, c.Lo, c.Hi = append(c.Y, finite(band.Mean)), append(c.Lo, finite(band.Lo)), append(c.Hi, finite(band.Hi))
		}
		d.Curves = append(d.Curves, c)
		if d.Ends != nil {
			d.Ends[q.Metric+" "+q.Platform+" "+q.Side] = b.samples[i][len(b.periods)-1]
		}
	}
	for _, f := range found.list {
		platform := b.law.Model.Platforms[f.Platform].Name
		d.Passing = append(d.Passing, passed(f, platform, b.periods, b.done, func(run int) [][]float64 {
			return shares(b.asked, platform, func(i int) []float64 {
				y := make([]float64, len(b.periods))
				for j := range y {
					y[j] = b.samples[i][j][run]
				}
				return y
			})
		}))
	}
	return d
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
