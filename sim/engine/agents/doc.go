// Package agents reads a law by drawing each person. It is the reference: it can carry
// whatever a law can say, personal tastes included, at two bytes per person.
//
// People lie in one flat array, group after group, so that a group is a range and costs no
// byte. A person's luck is keyed by seed, period, group and place in the group; everybody
// reacts to the market at the start of the period. Hence people of one period are
// independent given the market, and blocks of them can be moved by any number of goroutines
// with the same result to the last bit: only whole numbers are added up.
package agents
