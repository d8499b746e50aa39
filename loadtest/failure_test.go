package loadtest

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http/httptest"
	"net/url"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
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
		{201, 201, Succeeded}, {200, 201, Unexpected}, {404, 404, Succeeded}, {404, 201, Status4xx}, {500, 201, Status5xx},
	} {
		require.Equal(t, tc.want, failureOfStatus(tc.status, tc.expected), tc)
	}
}

// A certificate that nobody vouches for, met for real.
func TestATargetNobodyVouchesFor(t *testing.T) {
	s := httptest.NewUnstartedServer(nil)
	s.Config.ErrorLog = quiet()
	s.StartTLS()
	defer s.Close()
	r := press(t, context.Background(), steady(s.URL, 100, 50*time.Millisecond), Options{})
	require.Equal(t, map[string]int64{"tls": 5}, r.Errors)
}
