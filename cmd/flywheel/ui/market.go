package ui

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"flywheel/models"
	"flywheel/scenarios"
	"flywheel/sim/engine"
)

// market is a scenario with the levers that move it.
type market struct {
	scenario *scenarios.Scenario
	levers   []scenarios.Lever
	builder  *scenarios.Builder
}

// offer is a scenario that can be picked.
type offer struct {
	Name  string `json:"name"`
	About string `json:"about"`
}

// scenarios lists what can be picked; one that cannot be read says why.
func (s *server) scenarios(*http.Request) (any, error) {
	var list []offer
	for _, source := range slices.Concat(s.Scenarios, scenarios.Library()) {
		m, err := s.market(source)
		if err != nil {
			list = append(list, offer{source, err.Error()})
			continue
		}
		list = append(list, offer{source, m.scenario.About})
	}
	return list, nil
}

// market reads a scenario that was offered, once.
func (s *server) market(source string) (*market, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if m := s.markets[source]; m != nil {
		return m, nil
	}
	if !slices.Contains(s.Scenarios, source) && !slices.Contains(scenarios.Library(), source) {
		return nil, asked{fmt.Errorf("no scenario %q is offered here", source)}
	}
	read, err := scenarios.Load(source, scenarios.Options{Engines: engine.Names()})
	if err != nil {
		return nil, asked{err}
	}
	m := &market{scenario: read, levers: read.Offered()}
	var paths []string
	for _, l := range m.levers {
		paths = append(paths, l.Input.Path)
	}
	if m.builder, err = read.Builder("", paths...); err != nil {
		return nil, err
	}
	s.markets[source] = m
	return m, nil
}

// description is a scenario as the page shows it.
type description struct {
	Name      string   `json:"name"`
	About     string   `json:"about"`
	Periods   int      `json:"periods"`
	Unit      string   `json:"unit"`
	Platforms []string `json:"platforms"`
	Sides     []string `json:"sides"`
	People    int64    `json:"people"`
	Levers    []lever  `json:"levers"`
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
	d := description{Name: m.scenario.Name, About: m.scenario.About, Periods: model.Horizon.Periods, Unit: model.Horizon.Unit, Levers: []lever{}}
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

// moved is the scenario a request names, its levers where the request puts them.
func (s *server) moved(r *http.Request) (*market, *models.Law, []string, error) {
	m, err := s.market(r.FormValue("name"))
	if err != nil {
		return nil, nil, nil, err
	}
	values := r.Form["v"]
	if len(values) != len(m.levers) {
		return nil, nil, nil, asked{fmt.Errorf("%s has %d levers, and %d values came", m.scenario.Name, len(m.levers), len(values))}
	}
	texts := make([]string, len(values))
	for i, text := range values {
		x, err := strconv.ParseFloat(text, 64)
		in := m.levers[i].Input
		if err != nil || x < in.Lo || x > in.Hi {
			return nil, nil, nil, asked{fmt.Errorf("%s cannot be %q; it goes from %g to %g", in.Path, text, in.Lo, in.Hi)}
		}
		texts[i] = in.Text(x)
	}
	model, _, err := m.builder.Build(texts)
	if err != nil {
		return nil, nil, nil, asked{err}
	}
	law, err := models.Compile(model)
	if err != nil {
		return nil, nil, nil, asked{err}
	}
	return m, law, texts, nil
}
