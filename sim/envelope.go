package sim

import (
	"math"

	"flywheel/models"
)

// circulate lets envelopes go round among the people aimed at: a burst begins with a share of the
// members, and each who has received one in the period before passes so many on, by chance, of which
// those count that meet somebody who has none yet: the expectation of a chain of Reed and Frost (Abbey
// 1952, Human Biology 24(3)). Whoever receives one hears of the platform; who uses it is paid. Networks have no part in it: the chain is
// one of chance meetings.
func (r *run) circulate(c *campaign) {
	k := c.platform
	c.amount, c.passing = 0, 0
	if c.offered == 0 { // the next burst is a new one
		c.reached, c.fresh = 0, 0
		return
	}
	if c.reached == 0 {
		c.fresh = 0
		for _, g := range c.groups {
			c.fresh += c.Envelope.Seeds * r.using[g][k]
		}
	}
	left := math.Max(0, c.people-c.reached)
	c.fresh = left * -math.Expm1(-c.Envelope.Reproduction*c.fresh/c.people)
	c.reached += c.fresh
	c.passing = c.fresh / c.people
	c.amount = models.MoneyOf(c.offered)
	add(r.offers.Hazard, c.groups, k, c.passing)
}

// opened is how many members of a group open an envelope in the period.
func (r *run) opened(c *campaign, g int) float64 {
	key := r.streams.Key(ForEnvelopes, r.period, r.law.Groups[g].Key)
	return r.engine.Dealer().Take(r.using[g][c.platform], c.passing, key, uint64(c.index))
}
