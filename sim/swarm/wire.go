package swarm

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"
)

// Protocol is the version of what leads and workers say to each other; those of different versions do not work
// together.
const Protocol = 1

// prefix begins every name and subject of this protocol, but the announcements, which every version
// has to understand.
const prefix = "flywheel-1"

// announcements is the subject on which leads say every few seconds which study they have, and workers answer
// who they are. Its messages keep their fields in every version.
const announcements = "flywheel.study"

// announcement is what a lead says of its study.
type announcement struct {
	Protocol int    `json:"protocol"`
	Build    string `json:"build"`
	Session  string `json:"session"`
	Name     string `json:"name"`
}

// presence is what a worker answers an announcement.
type presence struct {
	Protocol int    `json:"protocol"`
	Build    string `json:"build"`
	Worker   string `json:"worker"`
	Threads  int    `json:"threads"`
}

// trial is one run, as it waits in the queue.
type trial struct {
	Session     string   `json:"session"`
	Name        string   `json:"name"`
	Point       int      `json:"point"`
	Replication int      `json:"replication"`
	Values      []string `json:"values"` // of the study's paths
}

// key tells a run from all others of its session.
func (t trial) key() string { return fmt.Sprintf("%d.%d", t.Point, t.Replication) }

// id is the message id of what comes of a run: a second one is dropped by the stream.
func (t trial) id() string { return t.Session + "." + t.key() }

// Headers of an answer that is no record of a run.
const (
	headStored  = "Flywheel-Stored"  // the record lies in the object store under this name
	headRefused = "Flywheel-Refused" // no worker can make the run, and why
	headWorker  = "Flywheel-Worker"  // who made the run
)

// Subjects and names.
func trialStream() string  { return prefix + "-trials" }
func resultStream() string { return prefix + "-results" }
func contents() string     { return prefix + "-contents" }

func trialsOf(build string) string          { return prefix + ".trials." + short(build) }
func trialSubject(b, session string) string { return trialsOf(b) + "." + session }
func resultSubject(session string) string   { return prefix + ".results." + session }
func endedSubject(session string) string    { return prefix + ".ended." + session }

// short is a build as a word of a subject.
func short(build string) string {
	sum := sha256.Sum256([]byte(build))
	return hex.EncodeToString(sum[:8])
}

// Times of the protocol.
const (
	announceEvery = 3 * time.Second
	patience      = 15 * time.Second       // after which a silent worker's run goes to another
	outage        = 2 * time.Minute        // for which a server may be away without a study ending
	answered      = 5 * time.Second        // within which a server answers that will answer at all
	pause         = 200 * time.Millisecond // between two attempts
	forgotten     = 7 * 24 * time.Hour     // after which the queue forgets what nobody has asked for
)
