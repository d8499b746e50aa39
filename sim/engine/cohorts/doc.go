// Package cohorts reads a law by drawing each cell: all people of one group who stand alike
// to every platform move at once, by exact multinomial draws of whole numbers. A billion
// people cost what a thousand do.
//
// The counts obey the same law as the people of package agents, not an approximation of it:
// people of a cell are exchangeable and independent given the market, so the numbers that
// move to each next standing are multinomial (strong lumpability: Kemeny and Snell 1960,
// Finite Markov Chains, 6.3). Whatever makes people of a group differ breaks that, and
// Accept refuses it.
//
// Draws are inverse distribution functions keyed by seed, period, group, standing and
// outcome, so that two variants with the same seed differ by their policies and not by luck.
package cohorts
