package loadtest

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/valyala/fasthttp"
)

// lane is one connection and the request on it. Between two requests its
// goroutine waits for the first byte, so it also sees when the target closes the
// connection, and an idle connection that has ended is never used.
type lane struct {
	lanes *lanes

	// Guarded by lanes.mu; a busy lane's task and sample belong to its goroutine
	// once the response has begun.
	busy   bool
	conn   net.Conn // nil before it is made, and after it has ended
	task   task
	sample Sample
	failed error // of writing

	writing sync.Mutex // orders the writer of a request before the reader of its response
	out     []byte
	poured  chan struct{} // closed when a long request has been written; nil for a short one

	in     *bufio.Reader
	used   bool // a response has come over this connection
	again  bool // this is the second try, on a connection of its own
	header fasthttp.ResponseHeader
	known  exactly
	answer answer
}

const (
	readBuffer  = 4 << 10  // of a connection, in bytes; a longer header takes a longer buffer
	longHeader  = 1 << 20  // longest header that is read, in bytes
	longRequest = 16 << 10 // bytes from which a request may fill the system's buffer, so that writing it must wait
)

func (l *lane) deadline() time.Time { return l.lanes.start.Add(l.sample.Sent + l.lanes.timeout) }

// begin sends the task that the lane was given.
func (l *lane) begin() {
	if l.conn == nil {
		l.lanes.serving.Add(1)
		go l.serve()
		return
	}
	l.write()
}

// serve carries requests until the connection ends while nothing is asked.
func (l *lane) serve() {
	defer l.lanes.serving.Done()
	for {
		if l.conn == nil {
			if err := l.connect(); err != nil {
				if !l.end(err) {
					return
				}
				continue
			}
			l.write()
		}
		_, err := l.in.Peek(1)
		if l.idle(err) {
			continue
		}
		if l.lanes.lost(l) {
			l.conn.Close()
			return
		}
		if failed := l.written(); failed != nil && err != nil {
			err = failed
		}
		if err == nil {
			l.sample.First = l.lanes.now()
			err = l.receive()
		} else if l.stale(err) {
			l.drop()
			l.again = true
			continue
		}
		if !l.end(err) && l.conn == nil {
			return
		}
	}
}

// idle is true when what ended the waiting was only the last request's deadline.
func (l *lane) idle(err error) bool {
	if !errors.Is(err, os.ErrDeadlineExceeded) {
		return false
	}
	l.lanes.mu.Lock()
	defer l.lanes.mu.Unlock()
	if l.busy {
		return false
	}
	_ = l.conn.SetReadDeadline(time.Time{}) // fails only when it is closed, which reading will say
	return true
}

// stale is true when the target closed a connection that it had kept open, just
// as the next request came: the request is sent once more on a new connection if
// it may be sent twice, as browsers do (RFC 9110, section 9.2.2).
func (l *lane) stale(err error) bool {
	if !l.used || l.again || l.lanes.run.Err() != nil || errors.Is(err, os.ErrDeadlineExceeded) {
		return false
	}
	return l.lanes.script.steps[l.task.step].replayable
}

// connect makes the connection for the request at hand.
func (l *lane) connect() error {
	conn, spent, err := l.lanes.dialer.dial(l.lanes.run, l.deadline())
	if err != nil {
		return err
	}
	l.sample.Connect, l.sample.TLS = spent.connect, spent.tls
	_ = conn.SetReadDeadline(l.deadline()) // fails only when it is closed, which reading will say
	l.lanes.mu.Lock()
	l.conn, l.used = conn, false
	if l.lanes.run.Err() != nil {
		conn.Close()
	}
	l.lanes.mu.Unlock()
	if l.in == nil {
		l.in = bufio.NewReaderSize(conn, readBuffer)
	} else {
		l.in.Reset(conn)
	}
	return nil
}

// write sends the request. Written by the one who watches the clock, a short one
// does not wait: on a connection with nothing in flight it fits the system's buffer.
func (l *lane) write() {
	l.writing.Lock()
	defer l.writing.Unlock()
	l.out = l.lanes.script.append(l.out[:0], l.task, l.lanes.oneShot)
	l.poured = nil
	if len(l.out) < longRequest {
		l.pour()
		return
	}
	poured := make(chan struct{})
	l.poured = poured
	go func() {
		defer close(poured)
		l.pour()
	}()
}

func (l *lane) pour() {
	if _, err := l.conn.Write(l.out); err != nil {
		l.lanes.mu.Lock()
		l.failed = err
		l.lanes.mu.Unlock() // the connection has ended, and reading what came before that ends too
	}
}

// written waits until the request at hand is on its way, and gives the error of
// writing it.
func (l *lane) written() error {
	l.writing.Lock()
	defer l.writing.Unlock()
	l.lanes.mu.Lock()
	defer l.lanes.mu.Unlock()
	return l.failed
}

// receive reads the response to its end.
func (l *lane) receive() error {
	h := &l.header
	for {
		head, _ := l.in.Peek(l.in.Buffered()) // what is there, which is all of a header as a rule
		if err := misread(head); err != nil {
			return notHTTP{err}
		}
		err := h.Read(l.in)
		var small *fasthttp.ErrSmallBuffer
		if errors.As(err, &small) && l.in.Size() < longHeader {
			l.in = bufio.NewReaderSize(l.in, longHeader)
			err = h.Read(l.in)
		}
		if err != nil {
			return malformed(err)
		}
		if status := h.StatusCode(); status >= 200 || status == 101 {
			break
		}
	}
	l.sample.Status = h.StatusCode()
	header, inside := l.lanes.script.wants(l.task)
	if header {
		l.answer.header = http.Header{}
		for name, value := range h.All() {
			key := string(name)
			l.answer.header[key] = append(l.answer.header[key], string(value))
		}
	}
	var err error
	if body := l.body(); inside {
		var k kept
		l.sample.Bytes, err = io.Copy(&k, body)
		l.answer.body = k.bytes
	} else {
		l.sample.Bytes, err = io.Copy(io.Discard, body)
	}
	return err
}

var (
	errContradiction = errors.New("two lengths of one body")
	errBareLines     = errors.New("lines that end without a carriage return")
	errStatus        = errors.New("no status from 100 on")
)

// misread says what is wrong with a header that fasthttp would take for another one: a status of 000
// for 200, and lines of another system for one line that goes on and on.
func misread(head []byte) error {
	if line, _, ended := bytes.Cut(head, []byte("\n")); ended {
		if !bytes.HasSuffix(line, []byte("\r")) {
			return errBareLines
		}
		if _, status, _ := bytes.Cut(line, []byte(" ")); bytes.HasPrefix(bytes.TrimLeft(status, " "), []byte("0")) {
			return errStatus
		}
	}
	if contradicts(head) {
		return errContradiction
	}
	return nil
}

// contradicts reports whether a header tells two lengths of one body, which no recipient
// may believe (RFC 9112, section 6.3) and fasthttp does not look for.
func contradicts(head []byte) bool {
	const name = "Content-Length:"
	var told []byte
	for len(head) > 0 {
		line, rest, _ := bytes.Cut(head, []byte("\n"))
		line = bytes.TrimSuffix(line, []byte("\r"))
		if head = rest; len(line) == 0 {
			return false
		}
		if len(line) < len(name) || line[0]|0x20 != 'c' || !strings.EqualFold(string(line[:len(name)]), name) {
			continue
		}
		value := bytes.TrimSpace(line[len(name):])
		if told != nil && !bytes.Equal(told, value) {
			return true
		}
		told = value
	}
	return false
}

// body is what the header announces.
func (l *lane) body() io.Reader {
	h := &l.header
	bodiless := l.sample.Status == 204 || l.sample.Status == 304 || l.lanes.script.steps[l.task.step].method == "HEAD"
	switch n := h.ContentLength(); {
	case bodiless || n == 0:
		return eof{}
	case n > 0:
		l.known = exactly{l.in, int64(n)}
		return &l.known
	case n == -1:
		return &chunked{httputil.NewChunkedReader(l.in), l}
	}
	h.SetConnectionClose()
	return l.in
}

// end tells the sample, and goes on with the next task when one is due; without
// one the lane is idle or, without a connection, over.
func (l *lane) end(err error) (more bool) {
	x := l.lanes
	l.sample.Done = x.now()
	if l.poured != nil {
		select {
		case <-l.poured:
		default:
			l.header.SetConnectionClose() // the target answered before it had heard everything
		}
	}
	if err != nil || x.oneShot || l.header.ConnectionClose() || l.in.Buffered() > 0 {
		l.drop()
	}
	x.mu.Lock()
	s, t := l.sample, l.task
	x.mu.Unlock()
	l.used = true
	a := l.answer
	a.err, l.answer = err, answer{}
	follow := x.script.end(t, &s, a, x.run)
	x.ledger.put(s)
	x.agenda.ran(t, follow)
	more = x.finished(l)
	x.flying.Done()
	if more && l.conn != nil {
		l.write()
	}
	return more
}

// drop ends the connection.
func (l *lane) drop() {
	if l.conn == nil {
		return
	}
	l.conn.Close()
	if l.poured != nil {
		<-l.poured
	}
	l.lanes.mu.Lock()
	l.conn = nil
	l.lanes.mu.Unlock()
}

// eof is an empty body.
type eof struct{}

func (eof) Read([]byte) (int, error) { return 0, io.EOF }

// exactly reads a body of a known length; one that ends early is an error.
type exactly struct {
	in   *bufio.Reader
	left int64
}

func (e *exactly) Read(p []byte) (int, error) {
	if e.left == 0 {
		return 0, io.EOF
	}
	n, err := e.in.Read(p[:min(int64(len(p)), e.left)])
	e.left -= int64(n)
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// WriteTo passes the body on, for io.Copy, without a buffer of its own.
func (e *exactly) WriteTo(w io.Writer) (int64, error) {
	whole := e.left
	for e.left > 0 {
		if _, err := e.in.Peek(1); err != nil {
			if err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return whole - e.left, err
		}
		part, _ := e.in.Peek(int(min(e.left, int64(e.in.Buffered()))))
		n, err := w.Write(part)
		_, _ = e.in.Discard(n) // what was peeked is there
		e.left -= int64(n)
		if err != nil {
			return whole - e.left, err
		}
	}
	return whole, nil
}

// chunked reads a chunked body and what trails it.
type chunked struct {
	chunks io.Reader
	lane   *lane
}

func (c *chunked) Read(p []byte) (int, error) {
	n, err := c.chunks.Read(p)
	if err == io.EOF {
		if err := c.lane.header.ReadTrailer(c.lane.in); err != nil {
			return n, malformed(err)
		}
	}
	return n, err
}

// notHTTP is a response that does not follow the protocol.
type notHTTP struct{ error }

func (e notHTTP) Unwrap() error { return e.error }

// malformed tells a connection that failed from a response that made no sense.
func malformed(err error) error {
	var timeout net.Error
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.As(err, &timeout) {
		return err
	}
	return notHTTP{err}
}
