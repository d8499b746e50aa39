package ui

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// UnderwayPrefix begins the names of the files in the folder of runs that say how far a run is.
const UnderwayPrefix = ".underway-"

// stale is the age from which on nobody is writing such a file any more.
const stale = 10 * time.Second

// Underway is how far a run is: a study by its runs, a load test by its requests and its time.
type Underway struct {
	Kind     string    `json:"kind"` // study or load
	Name     string    `json:"name"`
	Done     int64     `json:"done"`
	Total    int64     `json:"total"`
	At       float64   `json:"at_s"`
	Length   float64   `json:"length_s"` // of a load test
	Asked    float64   `json:"asked"`    // requests per second
	Achieved float64   `json:"achieved"`
	Failed   int64     `json:"failed"`
	P50      []float64 `json:"p50_ms"` // of the last seconds
	P99      []float64 `json:"p99_ms"`
}

// underway lists the runs that are under way.
func (s *server) underway(*http.Request) (any, error) {
	list := []Underway{}
	entries, err := os.ReadDir(s.Runs)
	if err != nil {
		return list, nil // no folder, no runs
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || !strings.HasPrefix(e.Name(), UnderwayPrefix) || time.Since(info.ModTime()) > stale {
			continue
		}
		text, err := os.ReadFile(filepath.Join(s.Runs, e.Name()))
		var u Underway
		if err != nil || json.Unmarshal(text, &u) != nil {
			continue // it ended meanwhile
		}
		list = append(list, u)
	}
	slices.SortFunc(list, func(a, b Underway) int { return strings.Compare(a.Name, b.Name) })
	return list, nil
}
