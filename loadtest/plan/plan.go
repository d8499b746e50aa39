package plan

import (
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Plan is one load test: where to, how fast, with what, and what counts as good
// enough. It is a plain value; Validate tells whether it can be run.
type Plan struct {
	Target     string // base address, such as http://127.0.0.1:8080
	Curve      Curve
	Arrivals   Arrivals // how starts come under the curve; default Even
	Journeys   []Journey
	Feeders    []Feeder      // tables that journeys take values from
	Wire       Wire          // how requests travel
	Auth       Auth          // who asks, where a step does not say
	WarmUp     time.Duration // requests due before its end are sent and counted, and no threshold looks at them
	Thresholds []Threshold   // judged when the run is over; none is allowed
	Limits     Limits
}

// Limits bounds what a run may take from the generator's machine, from the
// target, and from anybody else. A field left at its zero value takes its
// default; Filled puts the defaults in.
type Limits struct {
	Workers     int           // requests in flight at once; default DefaultWorkers
	Connections int           // connections to the target, open at once; default Workers
	Timeout     time.Duration // for one request, and for the queue to drain after the last due time; default DefaultTimeout
	Rate        Rate          // highest rate that a curve may ask for; default no ceiling
	Abort       Abort         // stops the run early; default DefaultAbort
	Hosts       []string      // hosts that may be pressed, as host or host:port; loopback always may
}

// Defaults of Limits. A thousand requests in flight carry 1,000/s at a response
// time of one second (Little 1961, Operations Research 9(3)), and fit the 1,024
// open files that a Linux session starts with; five seconds is longer than any
// answer a shopper waits for.
const (
	DefaultWorkers = 1000
	DefaultTimeout = 5 * time.Second
	MaxWorkers     = 1_000_000
	MaxTimeout     = 10 * time.Minute
)

// Filled returns the limits with every default in its place.
func (l Limits) Filled() Limits {
	if l.Workers == 0 {
		l.Workers = DefaultWorkers
	}
	if l.Connections == 0 {
		l.Connections = l.Workers
	}
	if l.Timeout == 0 {
		l.Timeout = DefaultTimeout
	}
	if l.Abort == (Abort{}) {
		l.Abort = DefaultAbort()
	}
	return l
}

// Names reports whether the limits name a host outright; port is the one the
// target uses.
func (l Limits) Names(host, port string) bool {
	return slices.ContainsFunc(l.Hosts, func(named string) bool {
		if h, p, err := net.SplitHostPort(named); err == nil {
			return sameHost(h, host) && p == port
		}
		return sameHost(named, host)
	})
}

func sameHost(a, b string) bool {
	bare := func(h string) string { return strings.Trim(strings.TrimSuffix(h, "."), "[]") }
	return strings.EqualFold(bare(a), bare(b))
}

// Validate returns every fault of the plan, in the order of its fields; nil
// means that the plan can be run. Whether the target's host is allowed is not
// asked here: it needs the network, and is refused where the run starts.
func (p Plan) Validate() Faults {
	var fs Faults
	if _, err := ParseTarget(p.Target); err != nil {
		fs = append(fs, err.(Fault))
	}
	fs = append(fs, p.Curve.Validate()...)
	fs = append(fs, p.validateArrivals()...)
	p.validateWire(&fs)
	p.validateFeeders(&fs)
	p.validateJourneys(&fs)
	steps := p.Steps()
	for i, t := range p.Thresholds {
		t.validate(&fs, fmt.Sprintf("thresholds[%d]", i), steps)
	}
	p.Limits.validate(&fs, steps)
	p.validateOver(&fs)
	return fs
}

// validateOver holds what is said in times and rates against the curve; a curve
// that is faulty itself has been told already.
func (p Plan) validateOver(fs *Faults) {
	if p.WarmUp < 0 || p.WarmUp%time.Second != 0 {
		fs.add("warm_up", "write whole seconds, such as 10s", "%v is no time to warm up", p.WarmUp)
	}
	s, err := p.Curve.Schedule()
	if err != nil {
		return
	}
	if p.WarmUp > 0 && p.WarmUp >= s.Length() {
		fs.add("warm_up", "write a time shorter than the curve, such as 10s", "%v leaves nothing of a curve of %v to judge", p.WarmUp, s.Length())
	}
	for i, t := range p.Thresholds {
		if t.After > 0 && t.After >= s.Length() {
			fs.add(fmt.Sprintf("thresholds[%d]", i), "begin before the end of the curve", "the curve is over after %v, and the condition begins after %v", s.Length(), t.After)
		}
	}
	if ceiling := p.Limits.Rate.PerSecond(); ceiling > 0 && s.Highest() > ceiling {
		fs.add("curve", "lower it, or raise limits.rate", "it asks for %.6g/s, and limits.rate allows %s", s.Highest(), p.Limits.Rate)
	}
}

// ParseTarget reads the base address of a target: an http or https URL with a
// host and without query, fragment or user. Its error is a Fault with the path
// target.
func ParseTarget(text string) (*url.URL, error) {
	fail := func(problem string) (*url.URL, error) {
		return nil, Fault{Path: "target", Problem: problem, Remedy: "write an address such as http://127.0.0.1:8080"}
	}
	if strings.TrimSpace(text) == "" {
		return fail("the target is missing")
	}
	u, err := url.Parse(text)
	if err != nil {
		return fail(fmt.Sprintf("%q is no address", clip(text)))
	}
	switch {
	case u.Scheme != "http" && u.Scheme != "https":
		return fail(fmt.Sprintf("%q begins with neither http:// nor https://", clip(text)))
	case u.Hostname() == "":
		return fail(fmt.Sprintf("%q names no host", clip(text)))
	case u.User != nil:
		return fail("a user name or password stands in the address")
	case u.RawQuery != "" || u.Fragment != "" || u.ForceQuery:
		return fail(fmt.Sprintf("%q holds a query or a fragment", clip(text)))
	}
	return u, nil
}

func (l Limits) validate(fs *Faults, steps []Step) {
	number := func(path string, n int) {
		if n < 0 || n > MaxWorkers {
			fs.add(path, fmt.Sprintf("write a number from 1 to %d, or leave it out", MaxWorkers), "%d is out of range", n)
		}
	}
	number("limits.workers", l.Workers)
	number("limits.connections", l.Connections)
	l.Rate.validate(fs, "limits.rate")
	if l.Timeout < 0 || l.Timeout > MaxTimeout {
		fs.add("limits.timeout", "write a time from 1ms to 10m, such as 5s", "%v is out of range", l.Timeout)
	}
	for i, h := range l.Hosts {
		if h == "" || strings.ContainsAny(h, "/* \t") {
			fs.add(fmt.Sprintf("limits.hosts[%d]", i), "write a host, such as shop.example or 10.0.0.7:8080", "%q is no host", clip(h))
		}
	}
	l.Abort.validate(fs, "limits.abort", steps)
}
