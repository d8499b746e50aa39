package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/google/renameio/v2"

	"flywheel/cmd/flywheel/ui"
	"flywheel/loadtest"
)

// runsFolder is where runs are kept when nobody says, and where the local page looks for them.
const runsFolder = "flywheel-out"

// underway says, in a hidden file of runsFolder that is replaced every second, how far a run is,
// so that the local page can show it. Without that folder nothing is written; the file goes with
// the run, and whoever reads it leaves an old one alone.
type underway struct {
	path  string
	state ui.Underway
	told  bool
}

// begin says nothing yet: work of less than a second leaves no trace.
func begin(kind, name string) *underway {
	return &underway{path: filepath.Join(runsFolder, fmt.Sprintf("%s%d-%d.json", ui.UnderwayPrefix, os.Getpid(), time.Now().UnixNano())), state: ui.Underway{Kind: kind, Name: name}}
}

// tell replaces the file; what cannot be written is not shown, and the run goes on.
func (u *underway) tell() {
	if _, err := os.Stat(runsFolder); err != nil {
		return
	}
	if !u.told {
		u.told = true
		u.sweep()
	}
	if text, err := json.Marshal(u.state); err == nil {
		_ = renameio.WriteFile(u.path, text, 0o666)
	}
}

// sweep takes away what killed runs left behind.
func (u *underway) sweep() {
	left, _ := filepath.Glob(filepath.Join(runsFolder, ui.UnderwayPrefix+"*"))
	for _, path := range left {
		if info, err := os.Stat(path); err == nil && time.Since(info.ModTime()) > time.Minute {
			_ = os.Remove(path)
		}
	}
}

// end takes the file away.
func (u *underway) end() { _ = os.Remove(u.path) }

// second tells of a second of a load test.
func (u *underway) second(s loadtest.Snapshot) {
	const minutes = 120 // of seconds that a chart shows
	v := &u.state
	v.At, v.Length = s.At.Seconds(), s.Length.Seconds()
	v.Done, v.Total = s.Requests.OK+s.Requests.Failed, s.Requests.Due
	v.Failed, v.Asked, v.Achieved = s.Requests.Failed, s.Asked, s.Achieved
	v.P50, v.P99 = append(v.P50, s.Last.P50), append(v.P99, s.Last.P99)
	if len(v.P99) > minutes {
		v.P50, v.P99 = v.P50[1:], v.P99[1:]
	}
	u.tell()
}
