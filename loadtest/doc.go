// Package loadtest presses a real deployment under a plan and tells the truth
// about what came back.
//
// # The truth
//
// Requests come from people, who do not wait for each other: request n is due
// when the plan's curve says so, whatever became of the requests before it. So
// latency counts from the due time. A generator that counts from the moment of
// sending leaves out the wait for a free worker, and reports a server that froze
// for a second as one that answered in milliseconds; that mistake is known as
// coordinated omission (Tene 2013, "How NOT to Measure Latency"). Here both
// clocks are kept, latency from the due time and service from the time of
// sending; the difference is the lateness, and it stands in every report, with
// an answer to whether the target or the generator caused it.
//
// Two equations hold in every report, for the whole run, each step and each
// second: due = sent + not sent, and sent = ok + failed. A due request that finds
// all workers busy waits its turn and is sent late. When the last due time has
// passed, the queue may drain for limits.timeout more; what is still unsent then
// was not sent.
//
// # The path of a request
//
// Package plan says when journeys start; script is its journeys made ready to be
// sent, and agenda knows which step of which journey is due next: starts from the
// plan's curve, later steps from the ends of those before them. An engine takes
// tasks from the agenda in due order, sends them, and tells each one's Sample to
// the ledger. From there they are gathered into a Part about once a second, and a
// Merger adds the parts: those of this generator or, where several press together,
// each with its Share of the starts, those of all (package swarm carries them). When the run is over, judge.go holds it against the thresholds and bottleneck.go
// looks for the cause of what went wrong.
//
// There are two engines, which agree in what they send and report. Lanes is for
// HTTP/1.1: one connection is one lane, read by one goroutine and written by
// whoever finds a task due, with the wire format of package fasthttp. Courier is
// for HTTP/2 and whatever else package net/http knows: the attacker of vegeta
// (package github.com/tsenart/vegeta/v12/lib) provides the workers, asks pacer
// when to release a hit, and courier sends the real request from the worker's hands.
// The plan's wire decides, and wire_test.go holds both against the same answers.
//
// # What vegeta leaves to us
//
//   - Its latency begins when a worker takes a hit: the due times are ours, and go
//     with the task that the hit stands for.
//   - Its targeter's time counts as latency: ours gives a blank, and the request
//     is made inside courier before the clock of service starts.
//   - Its percentiles are estimates that do not add, and its metrics keep every
//     distinct error text: Histogram and Failure stand in for both.
//   - Its attacker serves once, cannot be interrupted while it sleeps, and lets
//     requests in flight go on: each run makes its own, pacer does the waiting, and
//     requests carry a context that a stop cancels.
//   - Its pacers overshoot, drift or divide by zero at their edges: none is used.
//   - Options that come in the wrong order panic: the client is ours and comes first.
//   - It holds workers until their results are read: they are read at once, and no
//     body is kept.
//
// Reading order: attack.go, script.go with message.go and answer.go, agenda.go with alarm.go, lanes.go with
// lane.go, courier.go with pacer.go, dialer.go, ledger.go, part.go, merge.go, tally.go
// with histogram.go and failure.go, timeline.go, report.go, judge.go, bottleneck.go,
// live.go, tables.go; host.go says whom a plan may press, junit.go and meter.go tell
// machines, and contrast.go holds two runs against each other.
//
// # The capacity
//
// A search for the highest rate that passes is a sequence of short runs: capacity.go
// is its door, capacitysearch.go decides which rate comes next and what is settled
// (without a clock or a network), capacityprobe.go presses, capacitycurve.go gathers,
// and usl.go fits the universal scalability law.
package loadtest
