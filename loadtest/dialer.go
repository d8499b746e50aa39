package loadtest

import (
	"context"
	"crypto/tls"
	"net"
	"net/url"
	"time"

	"flywheel/loadtest/plan"
)

// dialer makes connections to the one host that a plan may press.
type dialer struct {
	tcp     *net.Dialer
	address string
	tls     *tls.Config // nil without encryption
}

// spent is the time that making a connection took.
type spent struct{ connect, tls time.Duration }

func newDialer(g gate, target *url.URL, timeout time.Duration, w plan.Wire) (*dialer, error) {
	d := &dialer{tcp: g.dialer(timeout), address: net.JoinHostPort(target.Hostname(), port(target))}
	if target.Scheme == "https" {
		version := w.Version
		if w.Chosen(target.Scheme) == plan.Lanes {
			version = "1.1"
		}
		var err error
		if d.tls, err = w.TLS.Config(target.Hostname(), version); err != nil {
			return nil, err
		}
	}
	return d, nil
}

// dial makes a connection, ready to be used, before the deadline.
func (d *dialer) dial(ctx context.Context, deadline time.Time) (net.Conn, spent, error) {
	ctx, cancel := context.WithDeadline(ctx, deadline)
	defer cancel()
	if d.tls == nil {
		conn, err := d.plain(ctx, "tcp", d.address)
		return conn, spentOn(conn), err
	}
	conn, err := d.private(ctx, "tcp", d.address)
	return conn, spentOn(conn), err
}

// clocked is a connection that remembers what making it took.
type clocked struct {
	*net.TCPConn
	spent spent
}

// spentOn is what making a connection took.
func spentOn(c net.Conn) spent {
	if private, ok := c.(*tls.Conn); ok && private != nil {
		c = private.NetConn()
	}
	if t, ok := c.(*clocked); ok && t != nil {
		return t.spent
	}
	return spent{}
}

// plain makes a connection without encryption.
func (d *dialer) plain(ctx context.Context, network, address string) (net.Conn, error) {
	begin := time.Now()
	conn, err := d.tcp.DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return &clocked{TCPConn: conn.(*net.TCPConn), spent: spent{connect: time.Since(begin)}}, nil
}

// private makes an encrypted connection.
func (d *dialer) private(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := d.plain(ctx, network, address)
	if err != nil {
		return nil, err
	}
	begin := time.Now()
	private := tls.Client(conn, d.tls)
	if err := private.HandshakeContext(ctx); err != nil {
		conn.Close()
		return nil, err
	}
	conn.(*clocked).spent.tls = time.Since(begin)
	return private, nil
}

// knock makes one connection, ready to be used, and closes it, so that a refused host, a target that
// is not there, or one whose certificate does not fit is told before anything is counted.
func (d *dialer) knock(ctx context.Context) error {
	c, _, err := d.dial(ctx, time.Now().Add(d.tcp.Timeout))
	if err != nil {
		return err
	}
	return c.Close()
}
