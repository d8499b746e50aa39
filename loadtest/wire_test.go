package loadtest

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"flywheel/loadtest/plan"
)

// odd is a server that answers byte by byte what a path asks for, good or bad.
type odd struct {
	listener net.Listener
	wg       sync.WaitGroup
	conns    atomic.Int64
}

func openOdd(t *testing.T) *odd {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	s := &odd{listener: l}
	var open sync.Map
	s.wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			s.conns.Add(1)
			open.Store(c, true)
			s.wg.Go(func() {
				defer c.Close()
				defer open.Delete(c)
				s.serve(c.(*net.TCPConn))
			})
		}
	})
	t.Cleanup(func() {
		l.Close()
		open.Range(func(c, _ any) bool { c.(net.Conn).Close(); return true })
		s.wg.Wait()
	})
	return s
}

const fine = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"

// answers are what the server writes, and whether it keeps the connection after.
func answers() map[string]struct {
	text  string
	close bool
} {
	type a = struct {
		text  string
		close bool
	}
	return map[string]a{
		"fine":            {fine, false},
		"chunked":         {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n", false},
		"trailed":         {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n5\r\nhello\r\n0\r\nX-Sum: 5\r\n\r\n", false},
		"empty":           {"HTTP/1.1 204 No Content\r\n\r\n", false},
		"unchanged":       {"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", false},
		"hinted":          {"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + fine, false},
		"until-the-end":   {"HTTP/1.0 200 OK\r\n\r\nhello", true},
		"says-close":      {"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello", true},
		"closes-unsaid":   {fine, true},
		"long-header":     {"HTTP/1.1 200 OK\r\nX-Long: " + strings.Repeat("x", 60_000) + "\r\nContent-Length: 5\r\n\r\nhello", false},
		"long-body":       {"HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n" + strings.Repeat("x", 300_000), false},
		"says-too-little": {"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nhello", true},
		"says-too-much":   {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello", true},
		"half-a-header":   {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n", true},
		"half-a-chunk":    {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhello", true},
		"nothing":         {"", true},
		"no-http":         {"220 mail.example ESMTP\r\n", true},
		"bad-length":      {"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\nhello", true},
		"bad-chunk":       {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n", true},
		"two-lengths":     {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 9\r\n\r\nhello", true},
		"less-than-none":  {"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello", true},
		"length-of-chunk": {"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", false},
		"endless-header":  {"HTTP/1.1 200 OK\r\nX-Long: " + strings.Repeat("x", 3<<20) + "\r\n\r\n", true},
		"no-status":       {"HTTP/1.1 OK\r\nContent-Length: 5\r\n\r\nhello", true},
		"status-of-none":  {"HTTP/1.1 000 Odd\r\nContent-Length: 0\r\n\r\n", false},
		"status-of-few":   {"HTTP/1.1 042 Odd\r\nContent-Length: 0\r\n\r\n", false},
		"huge-chunk":      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nhello\r\n", true},
		"no-length":       {"HTTP/1.1 200 OK\r\nContent-Length: \r\n\r\nhello", true},
		"odd-status":      {"HTTP/1.1 999 Odd\r\nContent-Length: 5\r\n\r\nhello", false},
		"no-colon":        {"HTTP/1.1 200 OK\r\nContent-Length 5\r\n\r\nhello", true},
		"says-gzip":       {"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello", false},
		"switches":        {"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n", true},
		"unasked":         {fine + fine, false},
		"broken":          {"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n", false},
		"missing":         {"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno", false},
		"elsewhere":       {"HTTP/1.1 302 Found\r\nLocation: http://elsewhere.example/\r\nContent-Length: 0\r\n\r\n", false},
		"reset":           {"reset", true},
		"reset-inside":    {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhell", true},
		"stalls":          {"stall", true},
		"slow-body":       {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhell", false},
	}
}

func (s *odd) serve(c *net.TCPConn) {
	in := bufio.NewReader(c)
	for {
		r, err := http.ReadRequest(in)
		if err != nil {
			return
		}
		_, _ = io.Copy(io.Discard, r.Body)
		name := strings.TrimPrefix(r.URL.Path, "/")
		a := answers()[name]
		if strings.HasPrefix(name, "reset") {
			_ = c.SetLinger(0)
		}
		switch {
		case a.text == "stall":
			_, _ = in.Peek(1) // until the client goes
			return
		case a.text != "reset":
			_, _ = io.WriteString(c, a.text)
		}
		if name == "reset-inside" {
			time.Sleep(10 * time.Millisecond) // a reset takes back what has not been read
		}
		if a.close {
			return
		}
	}
}

// Whatever a target answers, both engines say the same: how many were ok, of which
// kind the others were, and how many bytes came.
func TestEnginesAgree(t *testing.T) {
	t.Parallel()
	s := openOdd(t)
	wanted := map[string]string{
		"says-too-much": "reset", "half-a-header": "reset", "half-a-chunk": "reset", "nothing": "reset", "reset": "reset", "reset-inside": "reset",
		"no-http": "malformed", "bad-length": "malformed", "bad-chunk": "malformed",
		"two-lengths": "malformed", "less-than-none": "malformed", "endless-header": "malformed", "no-status": "malformed", "no-colon": "malformed",
		"status-of-none": "malformed", "status-of-few": "malformed", "huge-chunk": "malformed", "no-length": "malformed",
		"odd-status": "status_5xx", "switches": "expectation",
		"broken": "status_5xx", "missing": "status_4xx", "stalls": "timeout", "slow-body": "timeout",
	}
	for name, a := range answers() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var told [2]string
			for i, engine := range []plan.Engine{plan.Lanes, plan.Vegeta} {
				p := steady("http://"+s.listener.Addr().String(), 100, 50*time.Millisecond)
				p.Journeys[0].Steps[0].Get = "/" + name
				p.Wire.Engine = engine
				if wanted[name] == "timeout" {
					p.Limits.Timeout = 60 * time.Millisecond
				}
				r := press(t, context.Background(), p, Options{})
				want := map[string]int64{}
				if kind := wanted[name]; kind != "" && r.Requests.Sent > 0 { // none is, where the machine stood still for longer than the queue may drain
					want[kind] = r.Requests.Sent
				}
				require.Equal(t, want, r.Errors, engine)
				_, body, _ := strings.Cut(a.text, "\r\n\r\n")
				if wanted[name] == "" && name != "chunked" && name != "trailed" && name != "hinted" && name != "says-too-little" && name != "length-of-chunk" && name != "unasked" && name != "empty" && name != "unchanged" {
					require.Equal(t, int64(len(body))*r.Requests.OK, r.Whole.Bytes, engine)
				}
				if r.Requests.Sent == 5 {
					told[i] = fmt.Sprint(r.Requests, r.Errors)
					if wanted[name] != "timeout" { // how much came in time is chance
						told[i] += fmt.Sprint(r.Whole.Bytes, r.FirstByte.P50 > 0)
					}
				}
			}
			if told[0] != "" && told[1] != "" { // else the machine stood still for longer than the queue may drain
				require.Equal(t, told[1], told[0])
			}
		})
	}
}

// Lines that end without a carriage return are beyond the fast engine, which says so at once; it
// does not wait for more of them.
func TestBareLines(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			wg.Go(func() {
				defer c.Close()
				in := bufio.NewReader(c)
				for _, err := http.ReadRequest(in); err == nil; _, err = http.ReadRequest(in) {
					_, _ = io.WriteString(c, "HTTP/1.1 200 OK\nContent-Length: 5\n\nhello")
				}
			})
		}
	})
	for engine, want := range map[plan.Engine]map[string]int64{plan.Lanes: {"malformed": 5}, plan.Vegeta: {}} {
		p := steady("http://"+l.Addr().String(), 100, 50*time.Millisecond)
		p.Wire.Engine = engine
		r := press(t, context.Background(), p, Options{})
		if r.Requests.Sent == 5 { // else the machine stood still for longer than the queue may drain
			require.Equal(t, want, r.Errors)
		}
	}
	l.Close()
	wg.Wait()
}

// With a body, of any length, by any verb, and with or without keeping connections.
func TestEnginesAgreeOnWhatTheySend(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("0123456789", 30_000) // longer than a system's buffer for one connection begins with
	for _, keep := range []bool{true, false} {
		var told []string
		for _, engine := range []plan.Engine{plan.Lanes, plan.Vegeta} {
			var mu sync.Mutex
			seen := map[string]bool{}
			var conns atomic.Int64
			server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				r.Header.Del(numberHeader)
				mu.Lock()
				seen[fmt.Sprint(r.Method, r.URL, len(body), r.ContentLength, r.TransferEncoding, r.Header, r.Close)] = true
				mu.Unlock()
			}))
			server.Config.ConnState = func(_ net.Conn, s http.ConnState) {
				if s == http.StateNew {
					conns.Add(1)
				}
			}
			server.Start()
			p := steady(server.URL+"/base", 200, 140*time.Millisecond)
			p.Wire = plan.Wire{Engine: engine, Fresh: !keep}
			p.Limits.Workers, p.Limits.Connections = 4, 4
			p.Journeys = nil
			for _, s := range []plan.Step{
				{Get: "/g?a=b%20c"}, {Name: "long", Post: "/p", Body: long}, {Name: "no-body", Post: "/p"}, {Put: "/u", Body: "x{{start}}"},
				{Head: "/h"}, {Delete: "/d"}, {Options: "/o", Headers: map[string]string{"x-lower": "v", "X-Empty": ""}},
			} {
				p.Journeys = append(p.Journeys, plan.Journey{Steps: []plan.Step{s}})
			}
			r := press(t, context.Background(), p, Options{})
			require.Equal(t, Requests{Due: 28, Sent: 28, OK: 28}, r.Requests, "%v", r.Errors)
			server.Close()
			if keep {
				require.LessOrEqual(t, conns.Load(), int64(9), "four workers, the knock, and fasthttp ends a connection at the answer to each of four HEADs that tells no length")
				require.Less(t, r.Whole.Connect.Count(), int64(28))
			} else {
				require.Equal(t, int64(29), conns.Load(), "one for each request, and the knock")
				require.Equal(t, int64(28), r.Whole.Connect.Count())
			}
			require.Equal(t, r.Requests.Sent, r.Whole.FirstByte.Count())
			told = append(told, fmt.Sprint(sortedKeys(seen)))
		}
		require.Equal(t, told[1], told[0])
	}
}

func sortedKeys(m map[string]bool) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// authority makes a certificate for 127.0.0.1 that vouches for itself.
func authority(t *testing.T) (certificate, key []byte) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "shop"}, DNSNames: []string{"shop.example"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	require.NoError(t, err)
	secret, err := x509.MarshalECPrivateKey(private)
	require.NoError(t, err)
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: secret})
}

// Encryption: trusted by a certificate of one's own, by skipping, or not at all; a
// client's certificate; and the protocol that was asked for.
func TestEncryption(t *testing.T) {
	t.Parallel()
	certificate, key := authority(t)
	pair, err := tls.X509KeyPair(certificate, key)
	require.NoError(t, err)
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(certificate)
	var seen sync.Map
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen.Store(r.Header.Get("X-Case"), fmt.Sprint(r.Proto, " ", len(r.TLS.PeerCertificates)))
	}))
	server.TLS = &tls.Config{Certificates: []tls.Certificate{pair}, ClientCAs: pool, ClientAuth: tls.VerifyClientCertIfGiven, NextProtos: []string{"h2", "http/1.1"}}
	server.EnableHTTP2 = true
	server.Config.ErrorLog = quiet()
	server.StartTLS()
	defer server.Close()
	ca := plan.File{Name: "ca.pem", Data: certificate}
	for name, tc := range map[string]struct {
		wire plan.Wire
		want string // protocol, and how many certificates the client showed; or how it failed
	}{
		"nobody vouches":        {plan.Wire{}, "tls"},
		"nobody vouches, 1.1":   {plan.Wire{Version: "1.1"}, "tls"},
		"what the target likes": {plan.Wire{TLS: plan.TLS{CA: ca}}, "HTTP/2.0 0"},
		"skipped":               {plan.Wire{TLS: plan.TLS{SkipVerify: true}}, "HTTP/2.0 0"},
		"HTTP/1.1 by lanes":     {plan.Wire{Version: "1.1", TLS: plan.TLS{CA: ca}}, "HTTP/1.1 0"},
		"HTTP/1.1 by vegeta":    {plan.Wire{Version: "1.1", Engine: plan.Vegeta, TLS: plan.TLS{CA: ca}}, "HTTP/1.1 0"},
		"HTTP/2":                {plan.Wire{Version: "2", TLS: plan.TLS{CA: ca}}, "HTTP/2.0 0"},
		"client, by lanes":      {plan.Wire{Version: "1.1", TLS: plan.TLS{CA: ca, Certificate: ca, Key: plan.File{Name: "key", Data: key}}}, "HTTP/1.1 1"},
		"client, by vegeta":     {plan.Wire{TLS: plan.TLS{CA: ca, Certificate: ca, Key: plan.File{Name: "key", Data: key}}}, "HTTP/2.0 1"},
		"another name":          {plan.Wire{TLS: plan.TLS{CA: ca, ServerName: "shop.example"}}, "HTTP/2.0 0"},
		"a wrong name":          {plan.Wire{TLS: plan.TLS{CA: ca, ServerName: "bank.example"}}, "tls"},
		"a wrong name, 1.1":     {plan.Wire{Version: "1.1", TLS: plan.TLS{CA: ca, ServerName: "bank.example"}}, "tls"},
	} {
		t.Run(name, func(t *testing.T) {
			p := steady(server.URL, 100, 50*time.Millisecond)
			p.Wire = tc.wire
			p.Journeys[0].Steps[0].Headers = map[string]string{"X-Case": name}
			if tc.want == "tls" {
				_, err := Run(context.Background(), p, Options{})
				require.ErrorContains(t, err, "cannot be trusted")
				return
			}
			r := press(t, context.Background(), p, Options{})
			require.Empty(t, r.Errors)
			got, _ := seen.Load(name)
			require.Equal(t, tc.want, got)
			require.Positive(t, r.Whole.TLS.Count())
			require.Equal(t, r.Whole.Connect.Count(), r.Whole.TLS.Count())
		})
	}
}

// HTTP/2 without encryption, when it is asked for.
func TestHTTP2WithoutEncryption(t *testing.T) {
	t.Parallel()
	var proto sync.Map
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { proto.Store(r.Proto, true) }))
	server.Config.Protocols = new(http.Protocols)
	server.Config.Protocols.SetUnencryptedHTTP2(true)
	server.Start()
	defer server.Close()
	p := steady(server.URL, 100, 50*time.Millisecond)
	p.Wire.Version = "2"
	r := press(t, context.Background(), p, Options{})
	require.Equal(t, Requests{Due: 5, Sent: 5, OK: 5}, r.Requests, "%v", r.Errors)
	_, is := proto.Load("HTTP/2.0")
	require.True(t, is)

	p.Target = serve(t, func(http.ResponseWriter, *http.Request) {}) // speaks HTTP/1.1 alone
	r = press(t, context.Background(), p, Options{})
	require.Zero(t, r.Requests.OK)
	require.Equal(t, r.Requests.Sent, r.Errors["malformed"]+r.Errors["reset"], "as the first on a connection finds out, and those that came after it: %v", r.Errors)
	if 2*r.Errors["malformed"] > r.Requests.Sent {
		require.Contains(t, r.Advice(), "does the target speak what the plan's http says?")
	}
}
