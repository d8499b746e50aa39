package loadtest

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"
)

// Failure is the kind of a request's end. There are only these kinds, so that a
// run which fails in sixty thousand different words still counts in a few rows.
type Failure uint8

// The kinds of ends.
const (
	Succeeded      Failure = iota
	TimedOut               // no complete response within limits.timeout
	Refused                // the target did not accept a connection
	Reset                  // the target closed a connection in the middle
	Status5xx              // the target answered that it failed
	Status4xx              // the target answered that the request was wrong
	Unexpected             // any other status than the plan expects
	DNS                    // the target's name could not be resolved
	TLS                    // the target's certificate or encryption did not fit
	PortsExhausted         // the generator ran out of local ports or open files
	Malformed              // the target's answer did not follow HTTP
	Uncaptured             // the response did not hold what a later step needs
	Interrupted            // cut off in flight when the run was stopped
	Other                  // anything else
	FailureKinds   = int(Other) + 1
)

var failureNames = [FailureKinds]string{"", "timeout", "refused", "reset", "status_5xx", "status_4xx", "expectation", "dns", "tls", "ports_exhausted", "malformed", "capture", "interrupted", "other"}

// String is the name of the kind in reports; it is empty for Succeeded.
func (f Failure) String() string { return failureNames[f] }

// failureOf sorts a transport's error; run is the context of the whole run.
func failureOf(err error, run context.Context) Failure {
	var (
		dns     *net.DNSError
		timeout net.Error
		record  tls.RecordHeaderError
		alert   tls.AlertError
		verify  *tls.CertificateVerificationError
		unknown x509.UnknownAuthorityError
		host    x509.HostnameError
		odd     notHTTP
	)
	switch {
	case run.Err() != nil:
		return Interrupted
	case errors.As(err, &dns):
		return DNS
	case errors.Is(err, context.DeadlineExceeded) || errors.As(err, &timeout) && timeout.Timeout():
		return TimedOut
	case errors.Is(err, syscall.EADDRNOTAVAIL) || errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE):
		return PortsExhausted
	case errors.Is(err, syscall.ECONNREFUSED):
		return Refused
	case errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		return Reset
	case errors.As(err, &record) || errors.As(err, &alert) || errors.As(err, &verify) || errors.As(err, &unknown) || errors.As(err, &host):
		return TLS
	case errors.As(err, &odd):
		return Malformed
	}
	for _, told := range untyped() {
		if strings.Contains(err.Error(), told.words) {
			return told.kind
		}
	}
	return Other
}

type toldInWords struct {
	words string
	kind  Failure
}

// untyped are the errors for which net/http has no exported value.
func untyped() []toldInWords {
	return []toldInWords{
		{"server closed idle connection", Reset}, {"malformed", Malformed}, {"bad Content-Length", Malformed},
		{"invalid chunk length", Malformed}, {"invalid byte in chunk length", Malformed}, {"unsupported transfer encoding", Malformed},
		{"multiple Content-Length headers", Malformed}, {"response headers exceeded", Malformed},
		{"empty Content-Length", Malformed}, {"chunk length too large", Malformed}, {"too many transfer encodings", Malformed},
		{"looked like an HTTP/1.1 header", Malformed}, {"client conn could not be established", Reset}, {"client connection force closed", Reset},
	}
}

// failureOfStatus sorts a complete response; expected is 0 when the plan does
// not name a status.
func failureOfStatus(status, expected int) Failure {
	switch {
	case expected != 0 && status == expected, expected == 0 && status >= 200 && status < 400:
		return Succeeded
	case status < 100: // RFC 9110, section 15
		return Malformed
	case status >= 500:
		return Status5xx
	case status >= 400:
		return Status4xx
	}
	return Unexpected
}

// Advice says what to look at where more than half of the requests failed in one way that is not the
// target's own to explain; it is empty otherwise.
func (r Report) Advice() string {
	for kind, n := range r.Whole.Failures {
		if 2*n <= r.Whole.Sent {
			continue
		}
		look := ""
		switch Failure(kind) {
		case Refused:
			look = "nobody takes new connections: the target has gone, or has more of them waiting than it can hold"
		case Reset:
			look = "the target closes connections without an answer: does it speak TLS (https://), or turn this machine away?"
		case TLS:
			look = "certificates or encryption do not fit: look at the plan's tls"
		case Malformed:
			look = "what comes back is not HTTP of the version asked for: is this the right port, is the address http:// or https:// as it should be, and does the target speak what the plan's http says? Where lines end in a way of their own, http: {engine: vegeta} reads more"
		case Status4xx:
			look = "the target turns down what it is asked for: look at the steps' paths, bodies, headers and auth"
		case Unexpected:
			look = "the target answers otherwise than the plan expects: look at the steps' expect"
		case Uncaptured:
			look = "the answers do not hold what the steps capture: look at the steps' capture"
		case PortsExhausted:
			look = "this machine ran out of local ports or open files: raise ulimit -n, or lower limits.connections"
		}
		if look != "" {
			return fmt.Sprintf("%d of %d requests failed as %s; %s", n, r.Whole.Sent, Failure(kind), look)
		}
	}
	return ""
}
