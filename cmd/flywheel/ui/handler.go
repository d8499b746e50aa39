package ui

import (
	"embed"
	"encoding/json"
	"errors"
	"io/fs"
	"net/http"
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

// server is the page's state: scenarios read so far, and the move under way of each visitor.
type server struct {
	Options
	searches chan struct{} // one for each search for critical mass that may run at the same time

	mu      sync.Mutex
	markets map[string]*market
	moves   map[string]*turn // by visitor
}

func newServer(o Options) *server {
	const searches = 2
	return &server{Options: o, searches: make(chan struct{}, searches), markets: map[string]*market{}, moves: map[string]*turn{}}
}

// Handler serves the page. It answers only requests whose Host is a loopback name and that no
// other site makes, so that no other site can ask it anything.
func Handler(o Options) http.Handler {
	s := newServer(o)
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
	mux.HandleFunc("GET /api/move", s.move)
	mux.HandleFunc("POST /api/differences", answer(s.differences))
	mux.HandleFunc("POST /api/save", answer(s.save))
	mux.HandleFunc("GET /api/runs", answer(s.runs))
	mux.HandleFunc("GET /api/underway", answer(s.underway))
	mux.HandleFunc("GET /runs/{run}/report.html", s.stored)
	return guarded(mux)
}

func (s *server) page(w http.ResponseWriter, r *http.Request) {
	http.ServeFileFS(w, r, pages, "page/index.html")
}

// asked is an error that is the asker's: it becomes a status of 400.
type asked struct{ error }

func (a asked) Unwrap() error { return a.error }

// errChanged tells a page that its scenario is not what it was: a status of 409.
var errChanged = errors.New("the scenario's file has changed; read it anew")

// answer turns a question into a handler that answers in JSON.
func answer(question func(*http.Request) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		v, err := question(r)
		if err != nil {
			refuse(w, err)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(v) // fails only when nobody listens any more
	}
}

// refuse says in JSON what is wrong with a question.
func refuse(w http.ResponseWriter, err error) {
	code := http.StatusInternalServerError
	switch {
	case errors.Is(err, errChanged):
		code = http.StatusConflict
	case errors.As(err, new(*http.MaxBytesError)):
		code = http.StatusRequestEntityTooLarge
	case errors.As(err, new(asked)):
		code = http.StatusBadRequest
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(map[string]string{"error": err.Error()}) // fails only when nobody listens any more
}
