// Package swarm lets many machines make the runs of one study. The lead puts every run into a queue of NATS
// JetStream, workers take runs from it, and what comes of them goes back to the lead, which delivers it in the
// order of the plan: the tables are those of one machine, byte for byte.
//
// Reading order:
//
//	wire.go    what is said on the wire, and under which subjects
//	connect.go a connection to a cluster, and the streams that a study needs there
//	server.go  the server inside this process, for those who have no cluster
//	lead.go    the runs of a study handed out, and what comes of them collected
//	worker.go  runs taken, made and answered
//
// What a worker makes stands in a stream, under an id of its own, before the worker says that the run is done: a
// worker that dies in between has its run made again by another, and the lead takes the first answer to each
// run and no second. What a study is, swarm does not know: its content is bytes that the worker's Open
// understands.
package swarm
