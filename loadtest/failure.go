package loadtest

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
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
	}
}

// failureOfStatus sorts a complete response; expected is 0 when the plan does
// not name a status.
func failureOfStatus(status, expected int) Failure {
	switch {
	case expected != 0 && status == expected, expected == 0 && status >= 200 && status < 400:
		return Succeeded
	case status >= 500:
		return Status5xx
	case status >= 400:
		return Status4xx
	}
	return Unexpected
}
