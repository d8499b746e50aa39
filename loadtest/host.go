package loadtest

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"syscall"
	"time"

	"flywheel/loadtest/plan"
)

// HostRefused says that nobody has allowed the host to be pressed. Loopback may
// always be pressed; any other host must stand in limits.hosts, for the plan, and
// in Options.MayPress, for the person who runs it: plans are passed around, and
// whoever starts one answers for it.
type HostRefused struct {
	Host    string // as it stands in the target
	Address string // what the host resolved to, when that is why it was refused
	Named   bool   // the plan names it, and the person does not
}

// Error names the host and the way to allow it.
func (e *HostRefused) Error() string {
	if e.Named {
		return fmt.Sprintf("target: the plan names host %s, which is not loopback; say --i-may-press %s if you may press it", e.Host, e.Host)
	}
	if e.Address != "" {
		return fmt.Sprintf("target: host %s resolves to %s, which is not loopback; add it to limits.hosts if you may press it", e.Host, e.Address)
	}
	return fmt.Sprintf("target: host %s is not named in the plan; add it to limits.hosts if you may press it", e.Host)
}

// Unreachable says that no connection to the target could be made before the
// first request was due.
type Unreachable struct {
	Target string
	Cause  error
}

// Error names the target and the cause.
func (e *Unreachable) Error() string {
	if failureOf(e.Cause, context.Background()) == TLS {
		return fmt.Sprintf("target %s cannot be trusted: %v; name the authority that vouches for it in the plan (tls: {ca: FILE}) or its name (server_name), or say skip_verify: true; if it speaks no TLS, write http://", e.Target, e.Cause)
	}
	return fmt.Sprintf("target %s cannot be reached: %v; start it, or correct the address", e.Target, e.Cause)
}

// Unwrap is the cause.
func (e *Unreachable) Unwrap() error { return e.Cause }

// gate makes connections to the one host a plan may press. A host that the plan
// does not name outright may resolve to loopback addresses only; that is checked
// on the address of every connection, so a name that changes its address in the
// middle of a run is refused as well.
type gate struct {
	host  string
	named bool
}

func newGate(target *url.URL, limits plan.Limits, mayPress []string) (gate, error) {
	g := gate{host: target.Hostname()}
	if ip := net.ParseIP(g.host); ip != nil && ip.IsLoopback() {
		return g, nil
	}
	named := limits.Names(g.host, port(target))
	g.named = named && plan.Limits{Hosts: mayPress}.Names(g.host, port(target))
	if g.named || loopbackName(g.host) {
		return g, nil
	}
	return g, &HostRefused{Host: g.host, Named: named}
}

// Allowed says whether the target of a sound plan may be pressed by somebody who may press
// the hosts listed, as host or host:port; it is what a run asks before it begins, as far as that needs no
// network. The error is a *HostRefused or a plan.Fault.
func Allowed(p plan.Plan, mayPress []string) error {
	target, err := plan.ParseTarget(p.Target)
	if err == nil {
		_, err = newGate(target, p.Limits, mayPress)
	}
	return err
}

// loopbackName holds for the names that RFC 6761 ("Special-Use Domain Names") reserves
// for loopback; what they resolve to is checked when a connection is made.
func loopbackName(host string) bool {
	const name = "localhost"
	n := len(host) - len(name)
	return host == name || n > 0 && host[n:] == name && host[n-1] == '.'
}

func port(u *url.URL) string {
	if p := u.Port(); p != "" {
		return p
	}
	if u.Scheme == "https" {
		return "443"
	}
	return "80"
}

func (g gate) dialer(timeout time.Duration) *net.Dialer {
	return &net.Dialer{
		Timeout:   timeout,
		KeepAlive: 30 * time.Second,
		Control: func(_, address string, _ syscall.RawConn) error {
			host, _, err := net.SplitHostPort(address)
			if err != nil {
				return err
			}
			if ip := net.ParseIP(host); !g.named && (ip == nil || !ip.IsLoopback()) {
				return &HostRefused{Host: g.host, Address: host}
			}
			return nil
		},
	}
}
