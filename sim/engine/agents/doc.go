// Package agents reads a law by drawing each person. It is the reference: it can carry
// whatever a law can say, personal tastes included, at one byte per person, or two where a law
// tells more than 256 standings apart.
//
// People lie in one flat array, group after group, so that a group is a range and costs no
// byte. A person's luck is keyed by seed, period, group and place in the group; everybody
// reacts to the market at the start of the period. Hence people of one period are
// independent given the market, and blocks of them can be moved by any number of goroutines
// with the same result to the last bit: only whole numbers are added up.
//
// In most periods nothing happens to most people. Whether a person's turn can have come is told
// from one byte, for eight people at a glance; only those marked are looked at, and what
// happens to them is the place of their turn among the thresholds of their standing. A plain
// engine in the tests looks at everybody and asks the law; it ends with the same bits.
//
// Reading order:
//
//	agents.go    the engine: a period of everybody, in blocks
//	census.go    where everybody stands
//	screen.go    whose turn can have come
//	table.go     what a period may bring, as thresholds
//	move.go      people who are exchangeable; news.go what people hear
//	personal.go  people with tastes of their own; taste.go those tastes, ages.go their ages
//	async.go     the asynchronous clock, one event after another
package agents
