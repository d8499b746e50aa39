package loadtest

import (
	"context"
	"io"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"

	"flywheel/loadtest/plan"
)

// courier is the round tripper that vegeta's attacker sends through: the way to
// press a target over HTTP/2, and over everything that net/http knows. Vegeta's
// workers hand it a blank request for each hit that pacer released; it takes the
// task that the hit stands for, sends that, reads the response to its end, and
// tells the ledger. It answers vegeta with a blank success, always: what really
// happened is in the sample, with both clocks and a sorted failure instead of a
// text.
type courier struct {
	run     context.Context // ends when requests in flight must be cut off
	start   time.Time
	agenda  *agenda
	script  *script
	ledger  *ledger
	timeout time.Duration
	inner   http.RoundTripper
	oneShot bool      // a connection serves one request
	tasks   chan task // released, and not yet taken by a worker

	sent  atomic.Int64 // requests handed to a connection
	ended atomic.Int64 // requests that came back, in whatever way

	cut      context.CancelFunc
	pacer    *pacer
	attacker *vegeta.Attacker
}

// newCourier makes an attacker, which serves one attack only.
func newCourier(ctx context.Context, start time.Time, a *agenda, sc *script, l *ledger, limits plan.Limits, inner http.RoundTripper, oneShot bool) *courier {
	c := &courier{start: start, agenda: a, script: sc, ledger: l, timeout: limits.Timeout, inner: inner, oneShot: oneShot, tasks: make(chan task, limits.Workers+1)}
	c.run, c.cut = context.WithCancel(ctx)
	c.pacer = &pacer{agenda: a, start: start, workers: int64(limits.Workers), ended: &c.ended, tasks: c.tasks}
	c.attacker = vegeta.NewAttacker(
		vegeta.Client(&http.Client{Transport: c}), // first: it replaces what later options would edit
		vegeta.Workers(min(uint64(limits.Workers), vegeta.DefaultWorkers)),
		vegeta.MaxWorkers(uint64(limits.Workers)),
		vegeta.MaxBody(0),
	)
	return c
}

// released is how many requests were sent.
func (c *courier) released() int64 { return c.sent.Load() }

// cutOff ends all requests in flight.
func (c *courier) cutOff() {
	c.agenda.stop()
	c.attacker.Stop()
	c.cut()
}

// press has vegeta send what the agenda says until that is over, and returns when
// every request has ended.
func (c *courier) press() waits {
	defer c.cut()
	blank := func(t *vegeta.Target) error {
		t.Method, t.URL = http.MethodGet, "http://" // and then the courier's own
		return nil
	}
	over := make(chan struct{})
	go c.drain(over)
	for range c.attacker.Attack(blank, c.pacer, 0, "") { // read at once, as its workers wait for it
	}
	close(over)
	return c.pacer.finish(time.Since(c.start), c.released())
}

// drain stops the attack when patience with the queue has run out; vegeta may
// wait for a worker then, where the pacer cannot stop it.
func (c *courier) drain(over <-chan struct{}) {
	for {
		left := time.Until(c.start.Add(c.agenda.until()))
		if left <= 0 {
			c.agenda.stop()
			c.attacker.Stop()
			return
		}
		timer := time.NewTimer(left)
		select {
		case <-timer.C:
		case <-over:
			timer.Stop()
			return
		}
	}
}

// RoundTrip sends the request of the task that was released first. It never
// returns an error.
func (c *courier) RoundTrip(blank *http.Request) (*http.Response, error) {
	t := <-c.tasks
	if c.run.Err() == nil {
		c.send(t)
	}
	c.ended.Add(1)
	return &http.Response{StatusCode: http.StatusOK, ProtoMajor: 1, ProtoMinor: 1, Body: http.NoBody, Request: blank}, nil
}

func (c *courier) send(t task) {
	s := Sample{Number: t.number, Step: t.step, Due: t.due}
	ctx, cancel := context.WithTimeout(c.run, c.timeout)
	defer cancel()
	var w witness
	req := c.script.request(httptrace.WithClientTrace(ctx, w.trace(c.start)), t, c.oneShot)
	c.sent.Add(1)
	s.Sent = time.Since(c.start)
	var a answer
	resp, err := c.inner.RoundTrip(req)
	if err == nil {
		s.Status, a.header = resp.StatusCode, resp.Header
		if _, inside := c.script.wants(t); inside {
			var k kept
			s.Bytes, err = io.Copy(&k, resp.Body)
			a.body = k.bytes
		} else {
			s.Bytes, err = io.Copy(io.Discard, resp.Body)
		}
		resp.Body.Close()
	}
	a.err = err
	s.Done = time.Since(c.start)
	s.Connect, s.TLS, s.First = w.spent.connect, w.spent.tls, time.Duration(w.first.Load())
	follow := c.script.end(t, &s, a, c.run)
	c.ledger.put(s)
	c.agenda.ran(t, follow)
}

// witness sees a request's connection and the first byte of its response. The
// transport may go on calling it when the request has been given up.
type witness struct {
	spent spent
	first atomic.Int64
}

func (w *witness) trace(start time.Time) *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GotConn: func(got httptrace.GotConnInfo) { // called before the round trip goes on
			if !got.Reused {
				w.spent = spentOn(got.Conn)
			}
		},
		GotFirstResponseByte: func() { w.first.CompareAndSwap(0, int64(time.Since(start))) },
	}
}

// newTransport connects through the dialer only: no proxy, so that nobody else
// is pressed, and no decompression, which would be the generator's own work.
func newTransport(d *dialer, limits plan.Limits, w plan.Wire) *http.Transport {
	t := &http.Transport{
		DialContext:           d.plain,
		DialTLSContext:        d.private,
		MaxConnsPerHost:       limits.Connections,
		MaxIdleConnsPerHost:   limits.Connections,
		IdleConnTimeout:       90 * time.Second,
		DisableCompression:    true,
		ExpectContinueTimeout: time.Second,

		MaxResponseHeaderBytes: longHeader,
		Protocols:              new(http.Protocols),
	}
	t.Protocols.SetHTTP1(w.Version != "2")
	t.Protocols.SetHTTP2(w.Version != "1.1")
	t.Protocols.SetUnencryptedHTTP2(w.Version == "2")
	return t
}
