package ui

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"flywheel/models"
	"flywheel/results"
	"flywheel/results/files"
	"flywheel/scenarios"
)

// differences pairs the ends of two bands, replication by replication.
func (s *server) differences(r *http.Request) (any, error) {
	var q struct {
		Before map[string][]float64 `json:"before"`
		After  map[string][]float64 `json:"after"`
	}
	if err := json.NewDecoder(r.Body).Decode(&q); err != nil {
		return nil, asked{fmt.Errorf("two bands are wanted: %w", err)}
	}
	type difference struct {
		What          string   `json:"what"`
		Mean          *float64 `json:"mean"`
		Lo            *float64 `json:"lo"`
		Hi            *float64 `json:"hi"`
		Shown         bool     `json:"shown"`
		VarianceRatio *float64 `json:"variance_ratio"`
	}
	list := []difference{}
	for what, after := range q.After {
		before := q.Before[what]
		if len(before) != len(after) {
			continue // another scenario's
		}
		d, _ := results.Paired(after, before, 0.95)
		list = append(list, difference{what, results.Nullable(d.Mean), results.Nullable(d.Lo), results.Nullable(d.Hi), d.Shown, results.Nullable(d.VarianceRatio)})
	}
	slices.SortFunc(list, func(a, b difference) int { return strings.Compare(a.What, b.What) })
	return list, nil
}

// save writes the moved scenario as a file that extends the one it came from.
func (s *server) save(r *http.Request) (any, error) {
	if err := r.ParseForm(); err != nil {
		return nil, asked{err}
	}
	m, err := s.moved(r)
	if err != nil {
		return nil, err
	}
	name := r.FormValue("as")
	if !models.IsName(name) || strings.ContainsAny(name, `/\`) {
		return nil, asked{fmt.Errorf("%q cannot name a scenario; use letters, digits and dashes", name)}
	}
	overlay, err := m.builder.Overlay(m.texts)
	if err != nil {
		return nil, asked{err}
	}
	base := r.FormValue("name")
	if !slices.Contains(scenarios.Library(), base) {
		if base, err = filepath.Abs(base); err != nil {
			return nil, err
		}
	}
	text := fmt.Sprintf("# Saved from the page of flywheel serve.\nname: %s\nextends: %s\n%s", name, base, overlay)
	path := filepath.Join(s.Save, name+".yaml")
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if errors.Is(err, fs.ErrExist) {
		return nil, asked{fmt.Errorf("%s is there already; choose another name", path)}
	}
	if err != nil {
		return nil, err
	}
	_, err = file.WriteString(text)
	if err := errors.Join(err, file.Close()); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.Scenarios = append(s.Scenarios, path)
	return map[string]string{"file": path}, nil
}

// runs lists the stored runs.
func (s *server) runs(*http.Request) (any, error) {
	type run struct {
		Folder       string `json:"folder"`
		Kind         string `json:"kind"`
		Scenario     string `json:"scenario"`
		Engine       string `json:"engine"`
		Replications int    `json:"replications"`
		Page         bool   `json:"page"`
	}
	list := []run{}
	entries, err := os.ReadDir(s.Runs)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	for _, e := range entries {
		if !e.IsDir() || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		manifest, err := files.ReadManifest(filepath.Join(s.Runs, e.Name()))
		if err != nil {
			continue // no run, or none that this version can read
		}
		_, err = os.Stat(filepath.Join(s.Runs, e.Name(), "report.html"))
		list = append(list, run{e.Name(), manifest.Kind, manifest.Scenario, manifest.Engine, manifest.Replications, err == nil})
	}
	return list, nil
}

// stored serves the page of a stored run, which brings its own script and style.
func (s *server) stored(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("run")
	if s.Runs == "" || name != filepath.Base(name) || strings.HasPrefix(name, ".") {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; frame-ancestors 'none'")
	http.ServeFile(w, r, filepath.Join(s.Runs, name, "report.html"))
}
