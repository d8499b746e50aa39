// Package swarm lets several machines press one target together. The lead has the plan;
// each worker makes a fixed share of its starts, so that all of them together make the
// due times, journeys and values of one machine, exactly (package plan, Share). What they
// measure travels to the lead in parts, about once a second, which add to the report
// that one machine would have made.
//
// Reading order:
//
//	wire.go    what is said on the wire, and under which subjects
//	clock.go   how far a worker's clock is from the lead's
//	lead.go    workers gathered, started together, heard and stopped
//	crew.go    what the lead knows of its workers
//	worker.go  a share pressed
//	courier.go what a worker reports until the lead has it
//
// Only workers speak first: each reports to the lead, a few times a second before the start and
// once a second after it, and is answered with its orders; the lead also calls orders
// out to all. So a report or an order that is lost is said again, a part that is said twice
// is counted once, and a server that is away for some seconds delays the lead's view of the run and
// not the run.
//
// A worker that says nothing for long is given up: what is due of its share counts as due
// and not sent, and nobody takes its place, as that would be another load. A worker that
// does not hear from the lead for as long stops, as nobody could stop it any more.
//
// A connection to the server is given by the caller (package sim/swarm makes them).
package swarm
