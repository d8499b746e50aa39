package loadtest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/valyala/fasthttp"

	"flywheel/loadtest/plan"
)

// numberHeader carries a request's number to the target, whose own log can then
// be matched with the schedule: the number of the journey's start.
const numberHeader = "X-Flywheel-Start"

// agent is the default User-Agent, so that an operator can tell who presses.
const agent = "flywheel-load"

// script is a plan's journeys made ready to be performed many times by any number
// of goroutines.
type script struct {
	mix   plan.Mix
	steps []errand
	first []int // by journey: its first step
	count []int // by journey: its steps
}

// errand is a step made ready to be sent many times.
type errand struct {
	method string
	url    *url.URL
	host   string
	header http.Header
	body   []byte
	status int // expected

	replayable bool   // the target may be asked twice (RFC 9110, section 9.2.2)
	raw        []byte // the request as HTTP/1.1 writes it, up to the value of the number header
}

// session is one visitor on a journey.
type session struct {
	number  int64
	journey int
}

func newScript(target *url.URL, p plan.Plan, seed uint64) (*script, error) {
	sc := &script{mix: plan.NewMix(p.Journeys, seed)}
	for _, j := range p.Journeys {
		sc.first, sc.count = append(sc.first, len(sc.steps)), append(sc.count, len(j.Steps))
		for _, s := range j.Steps {
			e, err := newErrand(target, s)
			if err != nil {
				return nil, fmt.Errorf("bug: step %s passed validation: %w", s.Label(), err)
			}
			sc.steps = append(sc.steps, e)
		}
	}
	return sc, nil
}

func newErrand(target *url.URL, s plan.Step) (errand, error) {
	u, err := url.Parse(strings.TrimSuffix(target.String(), "/") + s.Path())
	if err != nil {
		return errand{}, err
	}
	body, kind, err := s.Payload()
	if err != nil {
		return errand{}, err
	}
	e := errand{method: s.Method(), url: u, host: u.Host, header: http.Header{"User-Agent": {agent}}, body: body, status: s.Expect.Status}
	if kind != "" {
		e.header.Set("Content-Type", kind)
	}
	for name, value := range s.Headers {
		if strings.EqualFold(name, "Host") {
			e.host = value
		} else {
			e.header.Set(name, value)
		}
	}
	e.replayable = e.method != http.MethodPost
	e.raw = e.write()
	return e, nil
}

// write is the request as HTTP/1.1 writes it, up to the value of the number header.
func (e *errand) write() []byte {
	var h fasthttp.RequestHeader
	h.SetNoDefaultContentType(true)
	h.SetMethod(e.method)
	h.SetRequestURI(e.url.RequestURI())
	h.SetHost(e.host)
	if e.body != nil || e.method == http.MethodPost {
		h.SetContentLength(len(e.body))
	}
	for name, values := range e.header {
		h.Set(name, values[0])
	}
	raw := h.AppendBytes(nil)
	return append(raw[:len(raw)-len("\r\n")], numberHeader+": "...)
}

// append appends the request of a task as HTTP/1.1 writes it.
func (sc *script) append(dst []byte, t task) []byte {
	e := &sc.steps[t.step]
	dst = append(dst, e.raw...)
	dst = strconv.AppendInt(dst, t.number, 10)
	dst = append(dst, "\r\n\r\n"...)
	return append(dst, e.body...)
}

// request makes the request of a task as net/http wants it.
func (sc *script) request(ctx context.Context, t task) *http.Request {
	e := &sc.steps[t.step]
	req := (&http.Request{Method: e.method, URL: e.url, Host: e.host, Header: http.Header{}}).WithContext(ctx)
	for name, values := range e.header {
		req.Header[name] = values
	}
	req.Header.Set(numberHeader, strconv.FormatInt(t.number, 10))
	if e.body != nil {
		req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(e.body)), nil }
		req.Body, _ = req.GetBody()
		req.ContentLength = int64(len(e.body))
	}
	return req
}

// end sorts how a request ended and says what follows it.
func (sc *script) end(t task, s *Sample, err error, run context.Context) *task {
	if err != nil {
		s.Failure = failureOf(err, run)
	} else {
		s.Failure = failureOfStatus(s.Status, sc.steps[t.step].status)
	}
	return nil
}

// begin is the first task of a journey.
func (sc *script) begin(number int64, due time.Duration) task {
	journey := sc.mix.Pick(number)
	t := task{number: number, step: sc.first[journey], due: due}
	if sc.count[journey] > 1 {
		t.session = &session{number: number, journey: journey}
	}
	return t
}
