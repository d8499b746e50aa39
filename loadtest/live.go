package loadtest

import (
	"time"
)

// Snapshot is the state of a run at the end of one of its seconds.
type Snapshot struct {
	At           time.Duration // since the run began
	Length       time.Duration // of the whole curve
	Asked        float64       // rate of the curve now, in requests per second
	Achieved     float64       // requests sent in the last second
	Requests     Requests      // so far; NotSent is what is due and waits for a worker, and OK and Failed lag behind Sent by InFlight
	InFlight     int64         // sent and not ended
	Latency      Percentiles   // so far, in milliseconds
	Last         Percentiles   // latency of the requests that ended in the last second
	LastLateness Percentiles   // lateness of the same requests
	LastFailed   int64         // those of them that failed
	Errors       map[string]int64
	Workers      int         // that a run may use
	Steps        []StepSoFar // each step of the plan so far, in its order
}

// watcher hands snapshots to a function that may be slow: it runs beside the
// run, and a snapshot that comes before the last one was dealt with
// replaces it.
type watcher struct {
	box  chan Snapshot
	done chan struct{}
}

func watch(f func(Snapshot)) *watcher {
	w := &watcher{box: make(chan Snapshot, 1), done: make(chan struct{})}
	go func() {
		defer close(w.done)
		for s := range w.box {
			f(s)
		}
	}()
	return w
}

// show never blocks; it must be called from one goroutine.
func (w *watcher) show(s Snapshot) {
	select {
	case <-w.box:
	default:
	}
	w.box <- s
}

// close returns when the function has dealt with the last snapshot.
func (w *watcher) close() {
	close(w.box)
	<-w.done
}
