package loadtest

import "sync"

// ledger takes in samples from whoever sends and hands them to the gatherer in
// batches, in the order in which they came. It holds what came since the
// gatherer looked last, some hundredths of a second.
type ledger struct {
	mu      sync.Mutex
	samples []Sample
	many    chan struct{} // says that the gatherer should not wait until its next look
}

// enough is how many samples a gatherer should take at once at the latest.
const enough = 2048

func newLedger() *ledger { return &ledger{many: make(chan struct{}, 1)} }

func (l *ledger) put(s Sample) {
	l.mu.Lock()
	l.samples = append(l.samples, s)
	n := len(l.samples)
	l.mu.Unlock()
	if n == enough {
		select {
		case l.many <- struct{}{}:
		default:
		}
	}
}

// take gives what has come in; the caller gives back the batch that it took before.
func (l *ledger) take(before []Sample) []Sample {
	l.mu.Lock()
	defer l.mu.Unlock()
	batch := l.samples
	l.samples = before[:0]
	return batch
}
