// Package meanfield reads a law by its expectation: in every cell, the share that the law
// says moves does move, and fractions of people are carried on. It is the deterministic
// limit that large markets follow (Kurtz 1970, Journal of Applied Probability 7(1)): the
// fluctuations of agents and cohorts around it shrink as one over the square root of the
// population, and their mean differs from it by one over the population.
//
// Reading order:
//
//	meanfield.go  the engine: a period of either clock
//	passage.go    the moves of one group, and where they come to rest
//	ode.go        the continuous motion of the asynchronous clock, by steps of controlled error
//	flow.go       the same motion as a function of the state, for studies of where it leads
//
// Seeds and replications change nothing here. People with tastes of their own have no
// finite set of cells, and Accept refuses them.
package meanfield
