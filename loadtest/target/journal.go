package target

import (
	"net/http"
	"sync"
	"time"
)

// Journal says whether a shop keeps a log of what it answered. The zero value
// keeps none.
type Journal struct {
	Limit  int    // entries kept, the first ones; 0 keeps none
	Header string // request header whose value is kept with each entry, such as a request number
}

// Entry is one request as the shop saw it.
type Entry struct {
	Header  string // value of the header that Journal names
	Path    string
	Status  int
	Arrived time.Time // when the request had been read
	Done    time.Time // when its answer was handed to the connection
}

type journal struct {
	Journal
	mu  sync.Mutex
	log []Entry
}

func newJournal(j Journal) *journal { return &journal{Journal: j} }

func (j *journal) wrap(next http.Handler) http.Handler {
	if j.Limit == 0 {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		at, ok := j.arrive(Entry{Header: r.Header.Get(j.Header), Path: r.URL.Path, Arrived: time.Now()})
		noted := &noting{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(noted, r)
		if ok {
			j.done(at, noted.status)
		}
	})
}

func (j *journal) arrive(e Entry) (at int, ok bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if len(j.log) >= j.Limit {
		return 0, false
	}
	j.log = append(j.log, e)
	return len(j.log) - 1, true
}

func (j *journal) done(at, status int) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.log[at].Status, j.log[at].Done = status, time.Now()
}

// entries copies what has been answered.
func (j *journal) entries() []Entry {
	j.mu.Lock()
	defer j.mu.Unlock()
	out := make([]Entry, 0, len(j.log))
	for _, e := range j.log {
		if !e.Done.IsZero() {
			out = append(out, e)
		}
	}
	return out
}

// noting remembers the status of an answer.
type noting struct {
	http.ResponseWriter
	status int
}

func (n *noting) WriteHeader(status int) {
	n.status = status
	n.ResponseWriter.WriteHeader(status)
}
