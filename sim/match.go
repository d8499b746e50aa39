package sim

import "flywheel/models"

// chained is the number of steps up to which the law of places tried is built one order after
// another.
const chained = 4096

// Tried is the inverse distribution function, at u in [0,1), of how many of some places are
// tried at all by orders that each try one at random. Few orders are followed one by one, exactly.
// Of many, those of orders or places, whichever are fewer, that go without a match are a sum of
// independent indicators (Vatutin and Mikhailov 1982, Theory of Probability and its Applications
// 27(4)), and drawn as the binomial with their mean whose variance is next to theirs.
func Tried(orders, places int64, u float64) int64 {
	least := min(orders, places)
	if least <= 1 {
		return max(0, least)
	}
	if orders <= chained/least {
		return follow(orders, least, float64(places), u)
	}
	mean, variance := models.Missed(float64(orders), float64(places))
	trials := least - 1
	if p := 1 - variance/mean; p > 0 && mean/p < float64(trials) {
		trials = max(int64(mean)+1, int64(mean/p+0.5))
	}
	return least - Binomial(min(trials, least-1), mean/float64(min(trials, least-1)), max(0, 1-u-0x1p-54))
}

// follow is Tried by the chain of places tried after one order, two and so on.
func follow(orders, least int64, places, u float64) int64 {
	at := make([]float64, least+1)
	at[0] = 1
	for n := range orders {
		for k := min(n+1, least); k > 0; k-- {
			at[k] = (at[k]*float64(k) + at[k-1]*(places-float64(k-1))) / places
		}
		at[0] = 0
	}
	var below float64
	for k, p := range at {
		if below += p; u < below {
			return int64(k)
		}
	}
	return least // u lies in what rounding has left out
}
