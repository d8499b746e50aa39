package loadtest

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"

	"flywheel/loadtest/plan"
)

// adoptedMost bounds the requests that are taken over from a foreign file.
const adoptedMost = 10_000

// FromHAR makes a first plan, to be edited, of what a browser wrote down (HTTP Archive
// 1.2): one journey of its requests in order, with the times between them as times to
// think. The target is the host that was asked first; requests to other hosts, cookies
// and authorizations are left out, and the notes say what. The error says what is wrong
// with the file.
func FromHAR(source io.Reader) (plan.Plan, []string, error) {
	var file struct {
		Log struct {
			Entries []harEntry `json:"entries"`
		} `json:"log"`
	}
	if err := json.NewDecoder(source).Decode(&file); err != nil {
		return plan.Plan{}, nil, fmt.Errorf("this is no HTTP archive: %w; save one from a browser's network panel", err)
	}
	var a adopted
	slices.SortStableFunc(file.Log.Entries, func(x, y harEntry) int { return x.Started.Compare(y.Started) })
	var ended time.Time
	for _, e := range file.Log.Entries {
		var body string
		if d := e.Request.PostData; d != nil {
			body = d.Text
		}
		header := http.Header{}
		for _, h := range e.Request.Headers {
			header.Add(h.Name, h.Value)
		}
		if !a.add(e.Request.Method, e.Request.URL, header, body) {
			continue
		}
		steps := a.steps
		if wait := e.Started.Sub(ended).Round(time.Millisecond); len(steps) > 1 && wait > 0 && wait < plan.MaxTimeout {
			steps[len(steps)-2].Wait = plan.Wait{From: wait, To: wait}
		}
		if !math.IsNaN(e.Took) && e.Took >= 0 && e.Took < 1e9 {
			ended = e.Started.Add(time.Duration(e.Took * float64(time.Millisecond)))
		}
	}
	return a.plan([]plan.Journey{{Name: "visitor", Steps: a.steps}})
}

// harEntry is one request of an archive.
type harEntry struct {
	Started time.Time `json:"startedDateTime"`
	Took    float64   `json:"time"` // in milliseconds
	Request struct {
		Method  string `json:"method"`
		URL     string `json:"url"`
		Headers []struct {
			Name  string `json:"name"`
			Value string `json:"value"`
		} `json:"headers"`
		PostData *struct {
			Text string `json:"text"`
		} `json:"postData"`
	} `json:"request"`
}

// FromTargets makes a first plan, to be edited, of a file of targets in vegeta's HTTP
// format: each a journey of its own. Bodies in files are read where vegeta would. Notes
// and error are as for FromHAR.
func FromTargets(source io.Reader) (plan.Plan, []string, error) {
	next := vegeta.NewHTTPTargeter(source, nil, nil)
	var a adopted
	for range adoptedMost {
		var t vegeta.Target
		if err := next(&t); err == vegeta.ErrNoTargets {
			break
		} else if err != nil {
			return plan.Plan{}, nil, fmt.Errorf("this is no file of vegeta's targets: %w; write lines such as GET http://127.0.0.1:8080/", err)
		}
		a.add(t.Method, t.URL, t.Header, string(t.Body))
	}
	var journeys []plan.Journey
	for _, s := range a.steps {
		journeys = append(journeys, plan.Journey{Steps: []plan.Step{s}})
	}
	return a.plan(journeys)
}

// adopted gathers requests to one host.
type adopted struct {
	base  string
	steps []plan.Step
	notes []string
	names map[string]int
}

func (a *adopted) note(format string, args ...any) {
	if text := fmt.Sprintf(format, args...); !slices.Contains(a.notes, text) {
		a.notes = append(a.notes, text)
	}
}

// add takes a request over; it is false when it is left out.
func (a *adopted) add(method, address string, header http.Header, body string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || len(a.steps) == adoptedMost {
		a.note("left out what is no request over HTTP: %.80q", address)
		return false
	}
	base := u.Scheme + "://" + u.Host
	if a.base == "" {
		a.base = base
	}
	if base != a.base {
		a.note("left out requests to %s", u.Host)
		return false
	}
	path := u.RequestURI()
	var s plan.Step
	switch strings.ToUpper(method) {
	case http.MethodGet:
		s.Get = path
	case http.MethodPost:
		s.Post = path
	case http.MethodPut:
		s.Put = path
	case http.MethodPatch:
		s.Patch = path
	case http.MethodDelete:
		s.Delete = path
	case http.MethodHead:
		s.Head = path
	case http.MethodOptions:
		s.Options = path
	default:
		a.note("left out a request by %.20q", method)
		return false
	}
	if s.Get == "" && s.Head == "" && s.Options == "" {
		s.Body = body
	} else if body != "" {
		a.note("left out the body of a %s", s.Method())
	}
	a.keep(&s, header)
	s.Name = a.called(s.Label())
	a.steps = append(a.steps, s)
	return true
}

// keep takes over the headers that a plan may write.
func (a *adopted) keep(s *plan.Step, header http.Header) {
	for name, values := range header {
		switch name = http.CanonicalHeaderKey(name); {
		case name == "Cookie":
			a.note("left out cookies: a journey keeps those that it is given")
		case name == "Authorization" || name == "Proxy-Authorization":
			a.note("left out an authorization: name its variable under auth")
		case strings.HasPrefix(name, ":") || slices.Contains([]string{"Host", "Content-Length", "Connection", "Accept-Encoding", "Transfer-Encoding", "Upgrade", "Trailer", "Te", "Priority"}, name) || strings.HasPrefix(name, "Sec-"):
		case len(values) > 0:
			if s.Headers == nil {
				s.Headers = map[string]string{}
			}
			s.Headers[name] = values[0]
		}
	}
}

// called is a name that no step before has.
func (a *adopted) called(name string) string {
	if a.names == nil {
		a.names = map[string]int{}
	}
	for {
		a.names[name]++
		n := a.names[name]
		if n == 1 {
			return name
		}
		if numbered := fmt.Sprintf("%s-%d", name, n); a.names[numbered] == 0 {
			a.names[numbered] = 1
			return numbered
		}
	}
}

// plan is the whole, with a gentle curve; what cannot stand in a plan is left out.
func (a *adopted) plan(journeys []plan.Journey) (plan.Plan, []string, error) {
	p := plan.Plan{Target: a.base, Curve: plan.Curve{plan.HoldFor(plan.PerSecond(1), time.Minute)}, Journeys: journeys}
	if len(a.steps) == 0 {
		return p, a.notes, fmt.Errorf("the file holds no request that can be sent; it should hold one to an http or https address")
	}
	if u, err := url.Parse(a.base); err == nil && !loopbackName(u.Hostname()) && u.Hostname() != "127.0.0.1" {
		p.Limits.Hosts = []string{u.Host}
	}
	if err := p.Validate().Err(); err != nil {
		return p, a.notes, fmt.Errorf("the file holds what no plan can say: %w", err)
	}
	return p, a.notes, nil
}
