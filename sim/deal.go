package sim

import (
	"math"

	"flywheel/models"
)

// Dealer divides what a period brings among people: Draws by chance over whole people,
// Means by expectation.
type Dealer interface {
	// Take is how many of n come forward, each with probability p.
	Take(n, p float64, key Key, i uint64) float64
	// Come is how many come in a period in which so many are expected, each by itself.
	Come(mean float64, key Key, i uint64) float64
	// Ration fills dst with how many of each count are among those granted, everyone alike.
	Ration(dst, counts []float64, granted float64, key Key)
	// Allot fills dst with how many of n events fall on each weight.
	Allot(dst []float64, n float64, weights []float64, key Key)
	// Meet is how many of so many orders find one of so many places.
	Meet(m *models.Matching, orders, places float64, key Key) float64
	// Settle meets claims of one amount from the money left (negative: without limit).
	Settle(claims float64, amount, left models.Money) models.Settlement
}

// Draws deals by exact draws of whole numbers, one number of a stream for each entry.
type Draws struct{}

// Take is a binomial draw.
func (Draws) Take(n, p float64, key Key, i uint64) float64 {
	return float64(Binomial(int64(n), p, key.Uniform(i)))
}

// Come is a Poisson draw.
func (Draws) Come(mean float64, key Key, i uint64) float64 {
	return float64(Poisson(mean, key.Uniform(i)))
}

// Ration is a multivariate hypergeometric draw: without replacement over all counts.
func (Draws) Ration(dst, counts []float64, granted float64, key Key) {
	var total int64
	for _, c := range counts {
		total += int64(c)
	}
	left := int64(granted)
	for i, c := range counts {
		n := Hypergeometric(total, int64(c), left, key.Uniform(uint64(i)))
		dst[i] = float64(n)
		total -= int64(c)
		left -= n
	}
}

// Allot is a multinomial draw; weights that sum to zero leave dst empty.
func (Draws) Allot(dst []float64, n float64, weights []float64, key Key) {
	var sum float64
	last := -1 // takes what is left, whatever rounding has done to the sum
	for i, w := range weights {
		sum += w
		if w > 0 {
			last = i
		}
	}
	left := int64(n)
	for i, w := range weights {
		var drawn int64
		switch {
		case i == last:
			drawn = left
		case i < last && left > 0:
			drawn = Binomial(left, math.Min(1, w/sum), key.Uniform(uint64(i)))
		}
		dst[i] = float64(drawn)
		left -= drawn
		sum -= w
	}
}

// Meet draws who finds a place by chance; what a matching function says is no chance, and its
// fractions are left to add up. A part of a place is there by chance.
func (Draws) Meet(m *models.Matching, orders, places float64, key Key) float64 {
	if m.Kind != models.MatchUrnBall || math.IsInf(places, 1) {
		return m.Matches(orders, places)
	}
	whole := math.Floor(places)
	if key.Uniform(0) < places-whole {
		whole++
	}
	return float64(Tried(int64(orders), int64(whole), key.Uniform(1)))
}

// Settle pays whole claims.
func (Draws) Settle(claims float64, amount, left models.Money) models.Settlement {
	return models.Settle(int64(claims), amount, left)
}

// Means deals by expectation: everyone receives the share that draws would give on average.
type Means struct{}

// Take is the expected number.
func (Means) Take(n, p float64, _ Key, _ uint64) float64 { return n * p }

// Come is the expected number.
func (Means) Come(mean float64, _ Key, _ uint64) float64 { return mean }

// Ration grants every count the same share.
func (Means) Ration(dst, counts []float64, granted float64, _ Key) { divide(dst, counts, granted) }

// Allot divides by weight.
func (Means) Allot(dst []float64, n float64, weights []float64, _ Key) { divide(dst, weights, n) }

// Meet is the expected number.
func (Means) Meet(m *models.Matching, orders, places float64, _ Key) float64 {
	return m.Matches(orders, places)
}

// Settle pays the share of every claim that the money left covers.
func (Means) Settle(claims float64, amount, left models.Money) models.Settlement {
	return models.SettleShare(claims, amount, left)
}

// divide splits an amount in proportion to weights; weights that sum to zero leave dst empty.
func divide(dst, weights []float64, amount float64) {
	var sum float64
	for _, w := range weights {
		sum += w
	}
	for i, w := range weights {
		dst[i] = 0
		if sum > 0 {
			dst[i] = amount * w / sum
		}
	}
}
