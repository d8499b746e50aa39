package loadtest

import (
	"bytes"
	"context"
	"net/http"
	"net/http/cookiejar"
	"slices"

	"flywheel/loadtest/plan"
)

// bodyKept is how many bytes of a response's body are looked at, when a step looks
// inside at all; the rest is read and counted.
const bodyKept = 4 << 20

// answer is what came back for a task, as both engines tell it.
type answer struct {
	err    error // nil when the response was read to its end
	header http.Header
	body   []byte // what bodyKept allows, when the step looks inside
}

// wants says what of a response a task needs: its header and its body.
func (sc *script) wants(t task) (header, body bool) {
	e := &sc.steps[t.step]
	return t.session != nil || e.looksInside, e.looksInside
}

// end sorts how a task ended, learns from the response what the journey needs, and
// gives the task that follows; the sample tells when that is due.
func (sc *script) end(t task, s *Sample, a answer, run context.Context) *task {
	e := &sc.steps[t.step]
	if a.err != nil {
		s.Failure = failureOf(a.err, run)
	} else if s.Failure = failureOfStatus(s.Status, e.status); s.Failure == Succeeded {
		s.Failure = sc.learn(t, plan.Response{Header: a.header, Body: a.body})
	}
	if t.session == nil {
		s.Began = t.due
		return nil
	}
	s.Began = t.session.began
	if s.Failure != Succeeded || t.step == sc.last(sc.journey[t.step]) {
		return nil
	}
	s.Next = s.Done + e.wait.Of(sc.seed, t.number, t.step)
	return &task{session: t.session, number: t.number, step: t.step + 1, due: s.Next}
}

// learn holds a response against what the step expects, and keeps cookies and what
// it captures.
func (sc *script) learn(t task, r plan.Response) Failure {
	e := &sc.steps[t.step]
	if t.session != nil && len(r.Header["Set-Cookie"]) > 0 {
		if t.session.jar == nil {
			t.session.jar, _ = cookiejar.New(nil) // without options nothing can go wrong
		}
		var cookies []*http.Cookie
		for _, line := range r.Header["Set-Cookie"] {
			if c, err := http.ParseSetCookie(line); err == nil {
				cookies = append(cookies, c)
			}
		}
		t.session.jar.SetCookies(sc.address(sc.message(t).uri), cookies)
	}
	if !e.looksInside {
		return Succeeded
	}
	value := sc.value(t)
	for _, text := range e.contains {
		if !bytes.Contains(r.Body, text.Append(nil, value, plan.AsIs)) {
			return Unexpected
		}
	}
	wrong := slices.ContainsFunc(e.equals, func(q equal) bool {
		if q.want == nil {
			return !q.at.Holds(&r, string(q.text.Append(nil, value, plan.AsIs)))
		}
		return !q.at.Holds(&r, q.want)
	})
	if wrong {
		return Unexpected
	}
	for _, c := range e.captures {
		found, ok := c.from.Find(&r)
		if !ok {
			return Uncaptured
		}
		if t.session != nil {
			if t.session.values == nil {
				t.session.values = map[string]string{}
			}
			t.session.values[c.name] = found
		}
	}
	return Succeeded
}

// kept is a place for the bytes that are looked at.
type kept struct{ bytes []byte }

// Write keeps what there is room for, and takes all of it.
func (k *kept) Write(p []byte) (int, error) {
	k.bytes = append(k.bytes, p[:min(len(p), bodyKept-len(k.bytes))]...)
	return len(p), nil
}
