package loadtest

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/valyala/fasthttp"

	"flywheel/loadtest/plan"
)

// message is one request, as both engines send it.
type message struct {
	method, uri, host string
	header            [][2]string
	body              []byte
	sends             bool // a body, if only an empty one
}

// message fills the errand's texts with values.
func (e *errand) message(value func(name string) string) message {
	m := message{method: e.method, host: e.host, sends: e.sends}
	if m.uri = string(e.uri.Append(nil, value, plan.InPath)); e.told {
		m.uri = within(m.uri)
	} else {
		m.uri = e.base + m.uri
	}
	for _, f := range e.header {
		m.header = append(m.header, [2]string{f.name, string(f.value.Append(nil, value, plan.InHeader))})
	}
	if e.sends {
		m.body = e.body.Append(nil, value, e.escape)
	}
	return m
}

// within is the path and query of an address that a target told. Whatever host that
// names, the plan's target is asked.
func within(address string) string {
	if scheme, rest, absolute := strings.Cut(address, "://"); absolute && !strings.Contains(scheme, "/") {
		_, path, _ := strings.Cut(rest, "/")
		address = "/" + path
	}
	address, _, _ = strings.Cut(address, "#")
	if !strings.HasPrefix(address, "/") {
		address = "/" + address
	}
	return address
}

// message is the request of a task.
func (sc *script) message(t task) message {
	e := &sc.steps[t.step]
	var m message
	if e.fixed != nil {
		m = *e.fixed
	} else {
		m = e.message(sc.value(t))
	}
	if t.session != nil && t.session.jar != nil {
		if cookies := t.session.jar.Cookies(sc.address(m.uri)); len(cookies) > 0 {
			var line []byte
			for i, c := range cookies {
				if i > 0 {
					line = append(line, "; "...)
				}
				line = append(line, c.Name+"="+c.Value...)
			}
			m.header = append(m.header[:len(m.header):len(m.header)], [2]string{"Cookie", string(line)})
		}
	}
	return m
}

// address is the whole address of a path and its query.
func (sc *script) address(uri string) *url.URL {
	u, err := url.ParseRequestURI(uri)
	if err != nil { // a value made it odd: the target shall have it as it is
		u = &url.URL{Path: "/", Opaque: "//" + sc.target.Host + uri}
	}
	u.Scheme, u.Host = sc.target.Scheme, sc.target.Host
	return u
}

// request makes the request of a task as net/http wants it.
func (sc *script) request(ctx context.Context, t task, oneShot bool) *http.Request {
	m := sc.message(t)
	req := (&http.Request{Method: m.method, URL: sc.address(m.uri), Host: m.host, Header: http.Header{}, Close: oneShot}).WithContext(ctx)
	for _, h := range m.header {
		req.Header[h[0]] = []string{h[1]}
	}
	req.Header[numberHeader] = []string{strconv.FormatInt(t.number, 10)}
	if len(m.body) > 0 {
		req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(m.body)), nil }
		req.Body, _ = req.GetBody()
		req.ContentLength = int64(len(m.body))
	}
	return req
}

// head appends the request's header as HTTP/1.1 writes it, up to the value of the
// number header, which comes last.
func (m *message) head(dst []byte) []byte {
	var h fasthttp.RequestHeader
	h.SetNoDefaultContentType(true)
	h.SetMethod(m.method)
	h.SetRequestURI(m.uri)
	h.SetHost(m.host)
	if m.sends {
		h.SetContentLength(len(m.body))
	}
	for _, f := range m.header {
		h.Set(f[0], f[1])
	}
	dst = h.AppendBytes(dst)
	return append(dst[:len(dst)-len("\r\n")], numberHeader+": "...)
}

// append appends the request of a task as HTTP/1.1 writes it.
func (sc *script) append(dst []byte, t task, oneShot bool) []byte {
	e := &sc.steps[t.step]
	var body []byte
	if e.fixed != nil && (t.session == nil || t.session.jar == nil) {
		dst, body = append(dst, e.raw...), e.fixed.body
	} else {
		m := sc.message(t)
		dst, body = m.head(dst), m.body
	}
	dst = strconv.AppendInt(dst, t.number, 10)
	if oneShot {
		dst = append(dst, "\r\nConnection: close"...)
	}
	dst = append(dst, "\r\n\r\n"...)
	return append(dst, body...)
}
