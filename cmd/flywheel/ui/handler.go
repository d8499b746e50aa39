package ui

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"flywheel/results/report"
)

// Options are what the page is served with.
type Options struct {
	Scenarios []string // paths offered beside the library
	Runs      string   // folder of stored runs; empty: none are shown
	Save      string   // folder that scenarios are saved in
	Version   string
	Threads   int // goroutines of one band
}

//go:embed page
var pages embed.FS

// server is the page's state: scenarios read so far, and the band under way of each visitor.
type server struct {
	Options
	mu      sync.Mutex
	markets map[string]*market
	bands   map[string]*turn // by visitor
}

// Handler serves the page. It answers only requests whose Host is a loopback name and whose
// Origin, if any, is that host, so that no other site can ask it anything.
func Handler(o Options) http.Handler {
	s := &server{Options: o, markets: map[string]*market{}, bands: map[string]*turn{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", s.page)
	own, err := fs.Sub(pages, "page")
	if err != nil {
		panic("bug: " + err.Error())
	}
	mux.Handle("GET /page/", http.StripPrefix("/page/", http.FileServerFS(own)))
	mux.Handle("GET /uplot/", http.StripPrefix("/uplot/", http.FileServerFS(report.Charts())))
	mux.HandleFunc("GET /api/scenarios", answer(s.scenarios))
	mux.HandleFunc("GET /api/scenario", answer(s.scenario))
	mux.HandleFunc("GET /api/line", answer(s.line))
	mux.HandleFunc("GET /api/band", s.band)
	mux.HandleFunc("POST /api/differences", answer(s.differences))
	mux.HandleFunc("POST /api/save", answer(s.save))
	mux.HandleFunc("GET /api/runs", answer(s.runs))
	mux.HandleFunc("GET /api/underway", answer(s.underway))
	mux.HandleFunc("GET /runs/{run}/report.html", s.stored)
	return guarded(mux)
}

// guarded lets only this machine's own page ask.
func guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !loopback(r.Host) {
			http.Error(w, fmt.Sprintf("host %q is not this machine; open the address that flywheel serve printed", r.Host), http.StatusForbidden)
			return
		}
		if origin := r.Header.Get("Origin"); origin != "" {
			u, err := url.Parse(origin)
			if err != nil || u.Host != r.Host || u.Scheme != "http" {
				http.Error(w, "another site may not ask this page", http.StatusForbidden)
				return
			}
		}
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'self'; style-src 'self' 'unsafe-inline'; script-src 'self'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

// loopback tells whether a Host header names this machine.
func loopback(host string) bool {
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name = host
	}
	name = strings.TrimSuffix(strings.Trim(name, "[]"), ".")
	ip := net.ParseIP(name)
	return strings.EqualFold(name, "localhost") || ip != nil && ip.IsLoopback()
}

func (s *server) page(w http.ResponseWriter, r *http.Request) {
	http.ServeFileFS(w, r, pages, "page/index.html")
}

// asked is an error that is the asker's: it becomes a status of 400.
type asked struct{ error }

// answer turns a question into a handler that answers in JSON.
func answer(question func(*http.Request) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		v, err := question(r)
		w.Header().Set("Content-Type", "application/json")
		if err != nil {
			code := http.StatusInternalServerError
			if errors.As(err, new(asked)) {
				code = http.StatusBadRequest
			}
			w.WriteHeader(code)
			v = map[string]string{"error": err.Error()}
		}
		if err := json.NewEncoder(w).Encode(v); err != nil && r.Context().Err() == nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	}
}
