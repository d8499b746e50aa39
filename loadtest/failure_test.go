package loadtest

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"flywheel/loadtest/plan"
)

func quiet() *log.Logger { return log.New(io.Discard, "", 0) }

func TestFailuresAreSorted(t *testing.T) {
	dial := func(err error) error {
		return &url.Error{Op: "Get", Err: &net.OpError{Op: "dial", Err: os.NewSyscallError("connect", err)}}
	}
	for want, errs := range map[Failure][]error{
		TimedOut:       {context.DeadlineExceeded, dial(syscall.ETIMEDOUT), fmt.Errorf("x: %w", os.ErrDeadlineExceeded)},
		Refused:        {dial(syscall.ECONNREFUSED)},
		Reset:          {dial(syscall.ECONNRESET), syscall.EPIPE, io.EOF, io.ErrUnexpectedEOF, errors.New("http: server closed idle connection")},
		DNS:            {&net.DNSError{Err: "no such host", Name: "x"}, &net.DNSError{IsTimeout: true}},
		TLS:            {x509.UnknownAuthorityError{}, x509.HostnameError{Certificate: &x509.Certificate{}, Host: "x"}},
		PortsExhausted: {dial(syscall.EADDRNOTAVAIL), dial(syscall.EMFILE), dial(syscall.ENFILE)},
		Malformed:      {errors.New("http2: failed reading the frame payload: http2: frame too large, note that the frame header looked like an HTTP/1.1 header")},
		Other:          {errors.New("something else")},
	} {
		for _, err := range errs {
			require.Equal(t, want, failureOf(err, context.Background()), err)
		}
	}
	over, cancel := context.WithCancel(context.Background())
	cancel()
	require.Equal(t, Interrupted, failureOf(io.EOF, over))
}

func TestStatusesAreSorted(t *testing.T) {
	for _, tc := range []struct {
		status, expected int
		want             Failure
	}{
		{200, 0, Succeeded}, {302, 0, Succeeded}, {404, 0, Status4xx}, {503, 0, Status5xx},
		{201, 201, Succeeded}, {200, 201, Unexpected}, {404, 404, Succeeded}, {404, 201, Status4xx}, {500, 201, Status5xx}, {0, 0, Malformed}, {42, 0, Malformed},
	} {
		require.Equal(t, tc.want, failureOfStatus(tc.status, tc.expected), tc)
	}
}

// A certificate that nobody vouches for, met for real: it is told, with the way out, before
// anything is sent, and so is a target that speaks no TLS.
func TestATargetNobodyVouchesFor(t *testing.T) {
	s := httptest.NewUnstartedServer(nil)
	s.Config.ErrorLog = quiet()
	s.StartTLS()
	defer s.Close()
	plain := serve(t, nil)
	for url, said := range map[string]string{s.URL: "certificate signed by unknown authority; name the authority", strings.Replace(plain, "http", "https", 1): "write http://"} {
		for _, version := range []string{"", "1.1"} {
			p := steady(url, 100, 50*time.Millisecond)
			p.Wire.Version = version
			_, err := Run(context.Background(), p, Options{})
			var unreachable *Unreachable
			require.ErrorAs(t, err, &unreachable)
			require.ErrorContains(t, err, "cannot be trusted: ")
			require.ErrorContains(t, err, said)
		}
	}
}

// A target whose certificate changes in the middle: what fails then is counted, by both engines.
func TestATargetThatLosesItsCertificate(t *testing.T) {
	certificate, key := authority(t)
	good, err := tls.X509KeyPair(certificate, key)
	require.NoError(t, err)
	bad, err := tls.X509KeyPair(authority(t))
	require.NoError(t, err)
	for _, version := range []string{"", "1.1"} {
		var shown atomic.Int64
		s := httptest.NewUnstartedServer(nil)
		s.Config.ErrorLog = quiet()
		s.TLS = &tls.Config{GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
			if shown.Add(1) == 1 { // to the knock
				return &good, nil
			}
			return &bad, nil
		}}
		s.StartTLS()
		s.TLS.Certificates = nil // httptest's own
		p := steady(s.URL, 100, 50*time.Millisecond)
		p.Wire = plan.Wire{Version: version, TLS: plan.TLS{CA: plan.File{Name: "ca.pem", Data: certificate}, ServerName: "shop.example"}}
		r := press(t, context.Background(), p, Options{})
		require.Equal(t, map[string]int64{"tls": r.Requests.Sent}, r.Errors)
		require.Contains(t, r.Advice(), "look at the plan's tls")
		s.Close()
	}
}

// Where half of the requests fail as one kind or fewer, or all of them for what the target takes
// too long for, there is nothing to look at in the plan.
func TestAdvice(t *testing.T) {
	of := func(kind Failure, failed int64) Report {
		r := Report{}
		r.Whole.Sent = 10
		r.Whole.Failures[kind] = failed
		return r
	}
	for kind := Succeeded + 1; kind <= Other; kind++ {
		require.Empty(t, of(kind, 5).Advice(), kind)
		advice := of(kind, 6).Advice()
		switch kind {
		case TimedOut, Status5xx, DNS, Interrupted, Other:
			require.Empty(t, advice, kind)
		default:
			require.Contains(t, advice, "6 of 10 requests failed as "+kind.String()+"; ")
		}
	}
}
