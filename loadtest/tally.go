package loadtest

import "time"

// Sample is one request that was sent: its number in the schedule, its three
// instants counted from the beginning of the run, and how it ended.
type Sample struct {
	Number  int64
	Step    int           // index into the plan's steps
	Due     time.Duration // when the schedule wanted it sent
	Sent    time.Duration // when it was handed to the connection
	Done    time.Duration // when its response was read to the end, or given up
	Status  int           // HTTP status; 0 when there was no response
	Bytes   int64         // of the response body
	Failure Failure       // Succeeded when it is ok
	Connect time.Duration // time it took to connect; 0 on a connection that was there
	TLS     time.Duration // time it took to agree on encryption; 0 without, or on a connection that was there
	Began   time.Duration // when the first step of its journey was due; Due in a journey of one step
	Next    time.Duration // when the step after it is due; 0 when none follows
	First   time.Duration // when the first byte of the response came; 0 when none did
}

// Latency counts from the due time: what a visitor who came at that time waited.
func (s Sample) Latency() time.Duration { return s.Done - s.Due }

// Service counts from the time of sending: what the target was seen to take.
func (s Sample) Service() time.Duration { return s.Done - s.Sent }

// Lateness is how long after its due time the request was sent.
func (s Sample) Lateness() time.Duration { return s.Sent - s.Due }

// Counts are numbers of requests: due = sent + not sent, sent = ok + failed. They
// add without loss.
type Counts struct {
	Due      int64               `json:"due,omitzero"`
	Sent     int64               `json:"sent,omitzero"`
	OK       int64               `json:"ok,omitzero"`
	Failures [FailureKinds]int64 `json:"failures,omitzero"` // by Failure; the entry of Succeeded stays 0
	Bytes    int64               `json:"bytes,omitzero"`    // of response bodies
}

func (c *Counts) record(s Sample) {
	c.Sent++
	c.Bytes += s.Bytes
	if s.Failure == Succeeded {
		c.OK++
	} else {
		c.Failures[s.Failure]++
	}
}

func (c *Counts) add(o Counts) {
	c.Due += o.Due
	c.Sent += o.Sent
	c.OK += o.OK
	c.Bytes += o.Bytes
	for i, n := range o.Failures {
		c.Failures[i] += n
	}
}

// Failed is the number of requests that were sent and did not end ok.
func (c Counts) Failed() int64 { return c.Sent - c.OK }

// NotSent is the number of requests that were due and never sent.
func (c Counts) NotSent() int64 { return c.Due - c.Sent }

// FailedShare is the share of the requests sent that failed; 0 when none was sent.
func (c Counts) FailedShare() float64 { return share(c.Failed(), c.Sent) }

// Clocks are the durations of requests that were sent, by the clock they were
// measured with. They add without loss.
type Clocks struct {
	Latency   Histogram `json:"latency,omitzero"`    // from the due time
	Service   Histogram `json:"service,omitzero"`    // from the time of sending
	Lateness  Histogram `json:"lateness,omitzero"`   // from the due time to the time of sending
	Connect   Histogram `json:"connect,omitzero"`    // of connecting, for requests that made a connection
	TLS       Histogram `json:"tls,omitzero"`        // of agreeing on encryption, for requests that made an encrypted connection
	FirstByte Histogram `json:"first_byte,omitzero"` // from the time of sending to the first byte of the response, where one came
}

func (c *Clocks) record(s Sample) {
	c.Latency.Record(s.Latency())
	c.Service.Record(s.Service())
	c.Lateness.Record(s.Lateness())
	if s.Connect > 0 {
		c.Connect.Record(s.Connect)
	}
	if s.TLS > 0 {
		c.TLS.Record(s.TLS)
	}
	if s.First > 0 {
		c.FirstByte.Record(s.First - s.Sent)
	}
}

func (c *Clocks) add(o Clocks) {
	c.Latency.Add(o.Latency)
	c.Service.Add(o.Service)
	c.Lateness.Add(o.Lateness)
	c.Connect.Add(o.Connect)
	c.TLS.Add(o.TLS)
	c.FirstByte.Add(o.FirstByte)
}

// Tally counts requests and their durations. Two tallies add to one that is
// exactly the tally of all their requests. The zero value is empty.
type Tally struct {
	Counts
	Clocks
}

// Record counts a request that was sent and has ended.
func (t *Tally) Record(s Sample) {
	t.Counts.record(s)
	t.Clocks.record(s)
}

// Add counts all the requests of another tally as well.
func (t *Tally) Add(o Tally) {
	t.Counts.add(o.Counts)
	t.Clocks.add(o.Clocks)
}

// Equal reports whether two tallies are the same in every count.
func (t Tally) Equal(o Tally) bool {
	return t.Counts == o.Counts && t.Latency.Equal(o.Latency) && t.Service.Equal(o.Service) && t.Lateness.Equal(o.Lateness) &&
		t.Connect.Equal(o.Connect) && t.TLS.Equal(o.TLS) && t.FirstByte.Equal(o.FirstByte)
}

// Visits counts the journeys of one kind: those that were not completed and did not
// fail were under way when the run ended. They add without loss.
type Visits struct {
	Started   int64     `json:"started"`
	Completed int64     `json:"completed"`         // every step came back as expected
	Failed    int64     `json:"failed"`            // a step did not, and those after it were skipped
	Duration  Histogram `json:"duration,omitzero"` // of the completed ones, from when the first step was due to the end of the last
}

func (v *Visits) add(o Visits) {
	v.Started += o.Started
	v.Completed += o.Completed
	v.Failed += o.Failed
	v.Duration.Add(o.Duration)
}

func share(part, whole int64) float64 {
	if whole == 0 {
		return 0
	}
	return float64(part) / float64(whole)
}

func total(steps []Tally) Tally {
	var sum Tally
	for _, t := range steps {
		sum.Add(t)
	}
	return sum
}

func (c Clocks) clock(family string) Histogram {
	switch family {
	case "latency":
		return c.Latency
	case "service":
		return c.Service
	case "lateness":
		return c.Lateness
	case "connect":
		return c.Connect
	case "tls":
		return c.TLS
	case "first_byte":
		return c.FirstByte
	}
	panic("bug: no clock is called " + family)
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
