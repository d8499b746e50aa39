// Package target is the practice shop: a small real marketplace to press. It
// serves a catalogue, a cart, a checkout and a payment over HTTP, keeps them in an
// embedded database file, and can be told to be slow in three honest ways: a
// capacity, a stall, and a share of failures.
//
// It is a world of its own that knows nothing of plans or reports, and it keeps,
// when asked, a log of when each request arrived and was answered, so that a load
// test can be checked against what really happened.
//
// Reading order: shop.go (options, starting, closing), gate.go (what makes it
// slow: the order in which a request meets stall, queue and failure), pages.go
// (what it serves), store.go (the database), journal.go (the log).
package target
