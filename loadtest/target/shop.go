package target

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	database "go.etcd.io/bbolt/errors"
)

// Options say where a shop listens and how it is slow; the zero value listens on
// a free loopback port and is as fast as its database.
type Options struct {
	Addr     string  // host:port to listen on; default 127.0.0.1:0
	Capacity float64 // requests per second it can serve; 0 means no limit
	Queue    int     // requests that may wait for capacity before others are turned away with 503; default DefaultQueue
	Stall    Stall   // one freeze of everything
	Fail     float64 // share of requests answered with 500, from 0 to 1
	File     string  // database file, kept on Close; default a temporary one, removed on Close
	Journal  Journal // whether and how a log is kept
}

// DefaultQueue is the default of Options.Queue: ten seconds of a shop that serves
// a thousand requests per second, about as long as anybody waits for a page.
const DefaultQueue = 10_000

// Stall freezes a shop once: everything that arrives or is about to be answered
// waits until the freeze is over. The zero value never freezes.
type Stall struct {
	For   time.Duration // length of the freeze
	After time.Duration // its beginning, counted from the arrival of the first request
}

// ParseStall reads a freeze such as 1s@5s: for 1 s, beginning 5 s after the first
// request arrives.
func ParseStall(text string) (Stall, error) {
	length, after, both := strings.Cut(text, "@")
	l, err := time.ParseDuration(strings.TrimSpace(length))
	a, err2 := time.ParseDuration(strings.TrimSpace(after))
	if !both || err != nil || err2 != nil || l <= 0 || a < 0 {
		return Stall{}, fmt.Errorf("stall %q is not a length and a beginning; write one such as 1s@5s", text)
	}
	return Stall{For: l, After: a}, nil
}

// ParseShare reads a share of requests such as 1% or 0.01.
func ParseShare(text string) (float64, error) {
	number, percent := strings.CutSuffix(strings.TrimSpace(text), "%")
	v, err := strconv.ParseFloat(number, 64)
	if percent {
		v /= 100
	}
	if err != nil || math.IsNaN(v) || v < 0 || v > 1 {
		return 0, fmt.Errorf("share %q is not between 0%% and 100%%; write one such as 1%%", text)
	}
	return v, nil
}

// Validate names every faulty option, or returns nil.
func (o Options) Validate() error {
	var faults []error
	add := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if math.IsNaN(o.Capacity) || o.Capacity != 0 && o.Capacity < 1e-3 || o.Capacity > 1e6 {
		add("capacity: %v is out of range; give requests per second from 0.001 to 1000000, or 0 for no limit", o.Capacity)
	}
	if o.Queue < 0 {
		add("queue: %d is negative; give the number of requests that may wait", o.Queue)
	}
	if math.IsNaN(o.Fail) || o.Fail < 0 || o.Fail > 1 {
		add("fail: %v is no share; give one from 0 to 1", o.Fail)
	}
	if o.Stall.For < 0 || o.Stall.After < 0 {
		add("stall: %v@%v is negative; give a length and a beginning", o.Stall.For, o.Stall.After)
	}
	if o.Journal.Limit < 0 {
		add("journal: a limit of %d entries is negative", o.Journal.Limit)
	}
	return errors.Join(faults...)
}

// Shop is a running practice shop; close it.
type Shop struct {
	URL string // base address, such as http://127.0.0.1:41234

	server  *http.Server
	served  chan error
	store   *store
	gate    *gate
	journal *journal
	remove  string // directory to remove on Close
}

// Open starts a shop. Its error names every faulty option, or says why the
// address or the database file cannot be used.
func Open(o Options) (*Shop, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	if o.Addr == "" {
		o.Addr = "127.0.0.1:0"
	}
	if o.Queue == 0 {
		o.Queue = DefaultQueue
	}
	s := &Shop{served: make(chan error, 1), gate: newGate(o), journal: newJournal(o.Journal)}
	if o.File == "" {
		dir, err := os.MkdirTemp("", "flywheel-target-")
		if err != nil {
			return nil, fmt.Errorf("database file: %w", err)
		}
		s.remove, o.File = dir, filepath.Join(dir, "shop.db")
	}
	listener, err := net.Listen("tcp", o.Addr)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("address %s: %w; choose a free one", o.Addr, err), s.clean())
	}
	if s.store, err = openStore(o.File); err != nil {
		return nil, errors.Join(fmt.Errorf("database file %s: %w%s", o.File, err, wayOut(err)), listener.Close(), s.clean())
	}
	s.URL = "http://" + listener.Addr().String()
	s.server = &http.Server{Handler: s.journal.wrap(s.gate.wrap(pages(s.store))), ReadHeaderTimeout: 10 * time.Second}
	go func() { s.served <- s.server.Serve(listener) }()
	return s, nil
}

// wayOut is what to do about a database file that cannot be opened.
func wayOut(err error) string {
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrPermission):
		return "; name a file in a folder that can be written"
	case errors.Is(err, database.ErrTimeout):
		return "; another shop has it open: name another file"
	case errors.Is(err, database.ErrInvalid), errors.Is(err, database.ErrVersionMismatch), errors.Is(err, database.ErrChecksum):
		return "; it is no database of a shop: name another file"
	}
	return ""
}

// Close stops accepting, lets requests in progress end until ctx is over, then
// cuts them off, and closes the database, removing it when it was temporary.
func (s *Shop) Close(ctx context.Context) error {
	err := s.server.Shutdown(ctx)
	if err != nil {
		s.gate.close()
		err = errors.Join(err, s.server.Close())
	}
	if served := <-s.served; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return errors.Join(err, s.store.close(), s.clean())
}

// Log is what the shop has answered so far, in the order of arrival; it is empty
// unless Options.Journal asked for it.
func (s *Shop) Log() []Entry { return s.journal.entries() }

// Arrived is the number of requests that have come so far.
func (s *Shop) Arrived() uint64 { return s.gate.number.Load() }

func (s *Shop) clean() error {
	if s.remove == "" {
		return nil
	}
	return os.RemoveAll(s.remove)
}
