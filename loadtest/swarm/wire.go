package swarm

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"flywheel/loadtest/plan"
)

// Protocol is the version of what leads and workers say to each other; those of different
// versions do not work together.
const Protocol = 1

// prefix begins every subject of this protocol, but the announcements, which every version has to
// understand.
const prefix = "flywheel-load-1."

// announcements is the subject on which leads say every second which load they have. Its
// messages keep their fields in every version.
const announcements = "flywheel.load"

// announcement is what a lead says of its load.
type announcement struct {
	Protocol int    `json:"protocol"`
	Build    string `json:"build"`
	Session  string `json:"session"`
	Name     string `json:"name"`
}

// presence is what a worker answers to an announcement that it cannot follow.
type presence struct {
	Protocol int    `json:"protocol"`
	Build    string `json:"build"`
	Worker   string `json:"worker"`
}

// Subjects of a session.
func reportsTo(session string) string  { return prefix + session + ".report" }
func contentOf(session string) string  { return prefix + session + ".content" }
func clockOf(session string) string    { return prefix + session + ".clock" }
func ordersFrom(session string) string { return prefix + session + ".orders" }

// stage is how far a worker has come.
type stage string

const (
	joining  stage = "joining"
	ready    stage = "ready" // to start
	failed   stage = "failed"
	pressing stage = "pressing"
)

// report is what a worker says, and after it, in the same message, a piece of a part.
type report struct {
	ID      string  `json:"id"` // of the worker in this session
	Worker  string  `json:"worker"`
	Weight  int64   `json:"weight"`
	Stage   stage   `json:"stage"`
	Error   string  `json:"error,omitempty"`
	Refused bool    `json:"refused,omitempty"` // the error is a host that it may not press
	Left    string  `json:"left,omitempty"`    // why the worker stops before the lead says so
	Offset  *Offset `json:"offset,omitempty"`
	Part    int     `json:"part,omitempty"` // number of the part, from 1 on; 0 without one
	Piece   int     `json:"piece,omitempty"`
	Pieces  int     `json:"pieces,omitempty"`
	piece   []byte  // of the part's JSON
}

func (r report) encode() ([]byte, error) {
	head, err := json.Marshal(r)
	return append(append(head, '\n'), r.piece...), err
}

func readReport(message []byte) (report, error) {
	head, piece, found := bytes.Cut(message, []byte("\n"))
	var r report
	if err := json.Unmarshal(head, &r); err != nil {
		return r, err
	}
	if !found || r.Weight < 1 || r.Part < 0 || r.Part > 0 && (r.Piece < 0 || r.Piece >= r.Pieces) {
		return r, errors.New("it is no report")
	}
	r.piece = piece
	return r, nil
}

// orders are what a lead answers a report with, and calls out when they have changed. Orders
// to all hold no share.
type orders struct {
	Share *plan.Share `json:"share,omitempty"` // of the worker, once every worker is there
	Start int64       `json:"start,omitempty"` // by the lead's clock, in nanoseconds; 0 while nobody knows
	End   string      `json:"end,omitempty"`   // why it is over for the worker; empty while it is not
	Part  int         `json:"part,omitempty"`  // the part, and how many of its pieces, that the lead has
	Piece int         `json:"piece,omitempty"`
}

// refused says why a worker and a load do not fit together; nothing when they do.
func refused(worker string, protocol int, build, wanted string) string {
	switch {
	case protocol != Protocol:
		return fmt.Sprintf("worker %s speaks version %d of the protocol, and the load version %d; run the same program on both", worker, protocol, Protocol)
	case build != wanted:
		return fmt.Sprintf("worker %s is of build %q, and the load of build %q, whose due times might be others; run the same program on both", worker, build, wanted)
	}
	return ""
}

// Times of the protocol.
const (
	announceEvery = time.Second
	askEvery      = 200 * time.Millisecond // before the start
	gathering     = 2 * time.Second        // for which a lead that was told no number waits for more workers
	runUp         = time.Second            // from the moment that all are ready to the start
	patience      = 10 * time.Second       // after which silence is taken for the end
	answered      = 2 * time.Second        // within which a lead answers that will answer at all
	farewell      = 3 * time.Second        // for which a lead that stops waits for what was measured
	chunk         = 256 << 10              // of the content, in a message
)
