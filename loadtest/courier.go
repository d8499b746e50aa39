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
	"sync"
	"sync/atomic"
	"time"

	"flywheel/loadtest/plan"
)

// numberHeader carries a request's number to the target, whose own log can then
// be matched with the schedule. It is set by vegeta.
const numberHeader = "X-Vegeta-Seq"

// agent is the default User-Agent, so that an operator can tell who presses.
const agent = "flywheel-load"

// courier is the round tripper that vegeta's attacker sends through. Vegeta's
// workers hand it a blank request that carries a number; it finds the step that
// number takes, sends that, reads the response to its end, and keeps the sample
// until vegeta's result with the same number is collected. It answers vegeta
// with a blank success, always: what really happened is in the sample, with both
// clocks and a sorted failure instead of a text.
type courier struct {
	run      context.Context // ends when requests in flight must be cut off
	start    time.Time
	schedule *plan.Schedule
	mix      plan.Mix
	steps    []errand
	timeout  time.Duration
	inner    http.RoundTripper

	sent  atomic.Int64 // requests handed to a connection
	ended atomic.Int64 // requests that came back, in whatever way
	mu    sync.Mutex
	kept  map[uint64]Sample // at most one per worker
}

// errand is a step made ready to be sent many times.
type errand struct {
	method string
	url    *url.URL
	host   string
	header http.Header
	body   []byte
	status int // expected
}

func newErrands(target *url.URL, steps []plan.Step) ([]errand, error) {
	var out []errand
	for _, s := range steps {
		u, err := url.Parse(strings.TrimSuffix(target.String(), "/") + s.Path())
		if err != nil {
			return nil, fmt.Errorf("bug: step %s passed validation: %w", s.Name, err)
		}
		body, kind, err := s.Payload()
		if err != nil {
			return nil, fmt.Errorf("bug: step %s passed validation: %w", s.Name, err)
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
		out = append(out, e)
	}
	return out, nil
}

// RoundTrip sends the request whose number the blank request carries. It never
// returns an error.
func (c *courier) RoundTrip(blank *http.Request) (*http.Response, error) {
	number, err := strconv.ParseUint(blank.Header.Get(numberHeader), 10, 63)
	if err != nil {
		panic("bug: vegeta's request carries no number: " + err.Error())
	}
	if c.run.Err() == nil {
		s := c.send(int64(number), blank)
		c.mu.Lock()
		c.kept[number] = s
		c.mu.Unlock()
	}
	c.ended.Add(1)
	return &http.Response{StatusCode: http.StatusOK, ProtoMajor: 1, ProtoMinor: 1, Body: http.NoBody, Request: blank}, nil
}

func (c *courier) send(number int64, blank *http.Request) Sample {
	s := Sample{Number: number, Step: c.mix.Pick(number), Due: c.schedule.Due(number)}
	e := &c.steps[s.Step]
	ctx, cancel := context.WithTimeout(c.run, c.timeout)
	defer cancel()
	req := blank.WithContext(ctx)
	req.Method, req.URL, req.Host = e.method, e.url, e.host
	for name, values := range e.header {
		req.Header[name] = values
	}
	if e.body != nil {
		req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(e.body)), nil }
		req.Body, _ = req.GetBody()
		req.ContentLength = int64(len(e.body))
	}
	c.sent.Add(1)
	s.Sent = time.Since(c.start)
	resp, err := c.inner.RoundTrip(req)
	if err == nil {
		s.Status = resp.StatusCode
		s.Bytes, err = io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
	}
	s.Done = time.Since(c.start)
	if err != nil {
		s.Failure = failureOf(err, c.run)
	} else {
		s.Failure = failureOfStatus(s.Status, e.status)
	}
	return s
}

// take hands over the sample of a number; ok is false when it was not sent.
func (c *courier) take(number uint64) (s Sample, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	s, ok = c.kept[number]
	delete(c.kept, number)
	return s, ok
}

// newTransport connects to the gate's host only: no proxy, so that nobody else
// is pressed, and no decompression, which would be the generator's own work.
func newTransport(g gate, limits plan.Limits) *http.Transport {
	return &http.Transport{
		DialContext:           g.dialer(limits.Timeout).DialContext,
		MaxConnsPerHost:       limits.Connections,
		MaxIdleConnsPerHost:   limits.Connections,
		IdleConnTimeout:       90 * time.Second,
		TLSHandshakeTimeout:   limits.Timeout,
		ForceAttemptHTTP2:     true,
		DisableCompression:    true,
		ExpectContinueTimeout: time.Second,
	}
}
