package swarm

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"flywheel/loadtest"
	"flywheel/loadtest/plan"
)

// hand is a worker as its lead knows it.
type hand struct {
	id, name string
	weight   int64
	member   int         // its place among the shares, once it has one
	share    *plan.Share // nil before
	stage    stage
	err      string
	refused  bool
	offset   *Offset
	joined   time.Time
	heard    time.Time
	part     int // that is coming in, or came last
	pieces   int // of it that are there
	buffer   []byte
	over     bool   // its last part is there
	lost     string // why it was given up
}

// hear takes in a report and gives the orders that answer it.
func (l *lead) hear(r report) orders {
	l.mu.Lock()
	defer l.mu.Unlock()
	h := l.hands[r.ID]
	if h == nil {
		if l.cast || l.end != "" || l.load.Workers > 0 && len(l.hands) >= l.load.Workers {
			return orders{End: "it has all the workers that it wants"}
		}
		h = &hand{id: r.ID, name: r.Worker, weight: r.Weight, joined: time.Now()}
		l.hands[r.ID] = h
		l.changed()
		l.note(fmt.Sprintf("worker %s has come", h.name))
	}
	h.heard = time.Now()
	if h.lost != "" {
		return orders{End: "the lead has given this worker up: " + h.lost}
	}
	if r.Stage != h.stage {
		h.stage, h.err, h.refused = r.Stage, r.Error, r.Refused
		l.changed()
	}
	if r.Offset != nil {
		h.offset = r.Offset
	}
	if r.Part > 0 && l.merger != nil {
		l.take(h, r)
	}
	o := orders{Share: h.share, Start: l.start, End: l.end, Part: h.part, Piece: h.pieces}
	if h.lost != "" {
		o.End = "the lead has given this worker up: " + h.lost
	}
	return o
}

// take takes in a piece of a part, if it is the one that is wanted.
func (l *lead) take(h *hand, r report) {
	switch {
	case r.Part == h.part+1 && r.Piece == 0:
		h.part, h.pieces, h.buffer = r.Part, 0, nil
	case r.Part != h.part || r.Piece != h.pieces:
		return // it was said twice
	}
	h.buffer = append(h.buffer, r.piece...)
	if h.pieces++; h.pieces < r.Pieces {
		return
	}
	var p loadtest.Part
	err := json.Unmarshal(h.buffer, &p)
	h.buffer = nil
	if err == nil {
		err = l.merger.Add(h.member, p)
	}
	switch {
	case err != nil:
		l.lose(h, "what it says cannot be read: "+err.Error())
	case p.End != nil && r.Left != "" && l.end == "":
		l.lose(h, r.Left)
	case p.End != nil:
		h.over = true
		l.changed()
	}
}

// crew are the hands in the order of their names.
func (l *lead) crew() []*hand {
	var all []*hand
	for _, h := range l.hands {
		all = append(all, h)
	}
	slices.SortFunc(all, func(a, b *hand) int {
		if c := strings.Compare(a.name, b.name); c != 0 {
			return c
		}
		return strings.Compare(a.id, b.id)
	})
	return all
}

// deal gives every hand its share.
func (l *lead) deal() error {
	crew := l.crew()
	var weights []int64
	for _, h := range crew {
		weights = append(weights, h.weight)
	}
	shares, err := plan.Shares(weights...)
	if err != nil {
		return err
	}
	for i, h := range crew {
		h.member, h.share = i, &shares[i]
	}
	l.cast = true
	return nil
}

// silent gives up every hand that has said nothing for too long, since the connection to
// the server has been there.
func (l *lead) silent(now, connected time.Time) {
	for _, h := range l.crew() {
		since := h.heard
		if connected.After(since) {
			since = connected
		}
		if h.over || h.lost != "" || now.Sub(since) <= l.load.Patience {
			continue
		}
		if l.merger == nil && !l.cast {
			delete(l.hands, h.id)
			l.note(fmt.Sprintf("worker %s has left", h.name))
			continue
		}
		l.lose(h, fmt.Sprintf("it has not been heard of for %v", l.load.Patience))
	}
}

// lose gives a hand up.
func (l *lead) lose(h *hand, why string) {
	h.lost = why
	l.note(fmt.Sprintf("worker %s is lost: %s; what is due of its share (%s of the starts) will not be sent", h.name, why, h.share))
	if l.merger != nil {
		l.merger.Lose(h.member, why)
	}
	l.changed()
}

// all reports whether something holds for every hand that is not lost.
func (l *lead) all(holds func(*hand) bool) bool {
	for _, h := range l.hands {
		if h.lost == "" && !holds(h) {
			return false
		}
	}
	return true
}
