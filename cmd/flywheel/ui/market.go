package ui

import (
	"fmt"
	"net/http"
	"os"
	"slices"
	"strconv"
	"sync"
	"time"

	"flywheel/models"
	"flywheel/scenarios"
	"flywheel/sim/engine"
	"flywheel/sim/study"
)

// market is a scenario with the levers that move it.
type market struct {
	scenario *scenarios.Scenario
	levers   []scenarios.Lever
	builder  *scenarios.Builder
	stamp    stamp

	mu    sync.Mutex
	known []known
	last  mass // the one found last
}

// stamp tells a file from what it was before; zero for the library.
type stamp struct {
	at   time.Time
	size int64
}

// stamped is the stamp of a source as it is now.
func stamped(source string) stamp {
	if info, err := os.Stat(source); err == nil && !slices.Contains(scenarios.Library(), source) {
		return stamp{info.ModTime(), info.Size()}
	}
	return stamp{}
}

// offer is a scenario that can be picked.
type offer struct {
	Name string `json:"name"`
	Own  bool   `json:"own"` // a file, not one of the library
}

// scenarios lists what can be picked.
func (s *server) scenarios(*http.Request) (any, error) {
	list := []offer{}
	for _, source := range s.offered() {
		list = append(list, offer{source, true})
	}
	for _, source := range scenarios.Library() {
		list = append(list, offer{Name: source})
	}
	return list, nil
}

// offered are the files offered, those saved since among them.
func (s *server) offered() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.Scenarios)
}

// market reads a scenario that was offered: once, and again when its file is not what it was.
func (s *server) market(source string) (*market, error) {
	if !slices.Contains(s.offered(), source) && !slices.Contains(scenarios.Library(), source) {
		return nil, asked{fmt.Errorf("no scenario %q is offered here", source)}
	}
	now := stamped(source)
	s.mu.Lock()
	m := s.markets[source]
	s.mu.Unlock()
	if m != nil && m.stamp == now {
		return m, nil
	}
	read, err := scenarios.Load(source, scenarios.Options{Engines: engine.Names()})
	if err != nil {
		return nil, asked{err}
	}
	m = &market{scenario: read, levers: read.Offered(), stamp: now}
	var paths []string
	for _, l := range m.levers {
		paths = append(paths, l.Input.Path)
	}
	if m.builder, err = read.Builder("", paths...); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.markets[source] = m
	return m, nil
}

// description is a scenario as the page shows it.
type description struct {
	Name      string     `json:"name"`
	About     string     `json:"about"`
	Digest    string     `json:"digest"`
	Periods   int        `json:"periods"`
	Unit      string     `json:"unit"`
	Platforms []string   `json:"platforms"`
	Sides     []string   `json:"sides"`
	People    int64      `json:"people"`
	Band      [2]float64 `json:"band"`
	Runs      int        `json:"runs"`
	Levers    []lever    `json:"levers"`
}

// lever is a lever as the page shows it.
type lever struct {
	Name  string  `json:"name"`
	About string  `json:"about"`
	Unit  string  `json:"unit"`
	Path  string  `json:"path"`
	Lo    float64 `json:"lo"`
	Hi    float64 `json:"hi"`
	Step  float64 `json:"step"`
	Value float64 `json:"value"`
}

func (s *server) scenario(r *http.Request) (any, error) {
	m, err := s.market(r.FormValue("name"))
	if err != nil {
		return nil, err
	}
	model := m.scenario.Model
	d := description{Name: m.scenario.Name, About: m.scenario.About, Digest: m.scenario.Digest, Periods: model.Horizon.Periods, Unit: model.Horizon.Unit,
		Band: m.scenario.Settings.Band, Runs: runs, Levers: []lever{}}
	for _, p := range model.Platforms {
		d.Platforms = append(d.Platforms, p.Name)
	}
	for _, seg := range model.Segments {
		d.People += seg.Size
		if !slices.Contains(d.Sides, seg.Side) {
			d.Sides = append(d.Sides, seg.Side)
		}
	}
	for _, l := range m.levers {
		d.Levers = append(d.Levers, lever{l.Name, l.About, l.Unit, l.Input.Path, l.Input.Lo, l.Input.Hi, l.Step, l.Value})
	}
	return d, nil
}

// moved is a scenario with its levers where a request puts them.
type moved struct {
	*market
	law    *models.Law
	unpaid *models.Model // what critical mass depends on
	texts  []string      // the values of the levers, as a file would write them
}

// moved reads a request. What the page knows the scenario by has to be what it is.
func (s *server) moved(r *http.Request) (*moved, error) {
	m, err := s.market(r.FormValue("name"))
	if err != nil {
		return nil, err
	}
	if digest := r.FormValue("digest"); digest != "" && digest != m.scenario.Digest {
		return nil, errChanged
	}
	values := r.Form["v"]
	if len(values) != len(m.levers) {
		return nil, asked{fmt.Errorf("%s has %d levers, and %d values came", m.scenario.Name, len(m.levers), len(values))}
	}
	at := &moved{market: m, texts: make([]string, len(values))}
	for i, text := range values {
		x, err := strconv.ParseFloat(text, 64)
		in := m.levers[i].Input
		if err != nil || !(x >= in.Lo && x <= in.Hi) {
			return nil, asked{fmt.Errorf("%s cannot be %q; it goes from %g to %g", in.Path, text, in.Lo, in.Hi)}
		}
		at.texts[i] = in.Text(x)
	}
	model, _, err := m.builder.Build(at.texts)
	if err != nil {
		return nil, asked{err}
	}
	if at.law, err = models.Compile(model); err != nil {
		return nil, asked{err}
	}
	at.unpaid = study.Unpaid(model)
	return at, nil
}
