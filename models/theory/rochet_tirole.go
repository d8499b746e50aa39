package theory

import "math"

// RochetTirole is a platform that joins every pair of a buyer and a seller for whom both prices of the
// transaction are worth paying, so that volume is DB·DS (Rochet and Tirole 2003, Journal of the European
// Economic Association 1(4), 990-1029).
type RochetTirole struct {
	Buyer, Seller UsageDemand
	C             float64 // cost of a transaction
}

// UsageDemand is the share of one side that a price is worth paying for. With Slope above 0 it is
// A - Slope·p, which is benefits even on a line; with Mu above 0 it is logistic((A-p)/Mu), which is
// benefits logistic around A. Exactly one of the two is above 0.
type UsageDemand struct{ A, Slope, Mu float64 }

// Share returns who pays the price; NaN where linear demand leaves the range from 0 to 1.
func (d UsageDemand) Share(p float64) float64 {
	if d.Mu > 0 {
		return logistic((d.A - p) / d.Mu)
	}
	if n := d.A - d.Slope*p; n >= 0 && n <= 1 {
		return n
	}
	return math.NaN()
}

// Prices returns the prices of the largest profit: at both the margin pB + pS - C equals demand over
// the fall of demand, so that their ratio is that of the elasticities. Both are NaN where linear demand
// has no optimum with shares strictly above 0 and at most 1.
func (m RochetTirole) Prices() (pB, pS float64) {
	if m.Buyer.Mu > 0 {
		return m.logistic()
	}
	keenB, keenS := m.Buyer.A/m.Buyer.Slope, m.Seller.A/m.Seller.Slope // nobody pays more
	margin := (keenB + keenS - m.C) / 3
	pB, pS = keenB-margin, keenS-margin
	if !(m.Buyer.Share(pB)*m.Seller.Share(pS) > 0) {
		return math.NaN(), math.NaN()
	}
	return pB, pS
}

// logistic solves Mu/(1-D) = margin on both sides and pB + pS - C = margin. In the log-odds x of the
// side with the larger Mu the margin is Mu·(1 + e^x), which rises, while both prices fall.
func (m RochetTirole) logistic() (pB, pS float64) {
	mu := math.Max(m.Buyer.Mu, m.Seller.Mu)
	price := func(d UsageDemand, x float64) float64 {
		// The odds of demand are margin/Mu - 1.
		return d.A - d.Mu*math.Log((mu-d.Mu)/d.Mu+mu/d.Mu*math.Exp(x))
	}
	gap := func(x float64) float64 {
		return price(m.Buyer, x) + price(m.Seller, x) - m.C - mu*(1+math.Exp(x))
	}
	// As x falls the price of the side with the larger Mu rises without bound, as it rises the margin does.
	lo, hi := -1.0, 1.0
	for gap(lo) < 0 && lo > -1e9 {
		lo *= 2
	}
	for gap(hi) > 0 && hi < 700 {
		hi *= 2
	}
	x := bisect(gap, lo, hi)
	return price(m.Buyer, x), price(m.Seller, x)
}

func rochetTiroleModel() model {
	needed := func(names ...string) []string { return names }
	return model{
		name: "rochet-tirole",
		parameters: []Parameter{
			{Name: "demand", Kind: Word, Required: true, words: []string{"linear", "logit"}, Doc: "linear (share a - b·p) or logit (share logistic((a-p)/mu))"},
			{Name: "aB", Kind: Number, Required: true, Doc: "buyers' share at price 0 if linear, middle of their benefits if logit"},
			{Name: "aS", Kind: Number, Required: true, Doc: "sellers' share at price 0 if linear, middle of their benefits if logit"},
			{Name: "bB", Kind: Number, limit: aboveZero, Doc: "fall of the buyers' share with the price, with linear demand"},
			{Name: "bS", Kind: Number, limit: aboveZero, Doc: "fall of the sellers' share with the price, with linear demand"},
			{Name: "muB", Kind: Number, limit: aboveZero, Doc: "scale of the buyers' benefits, with logit demand"},
			{Name: "muS", Kind: Number, limit: aboveZero, Doc: "scale of the sellers' benefits, with logit demand"},
			{Name: "c", Kind: Number, Required: true, Doc: "cost of a transaction"},
		},
		check: func(v values) []error {
			faults := variants(v, "demand", map[string][]string{"linear": needed("bB", "bS"), "logit": needed("muB", "muS")})
			faults = append(faults, drowned(v, "muB", "aB", "aS", "c", "muS")...)
			return append(faults, drowned(v, "muS", "aB", "aS", "c", "muB")...)
		},
		solve: func(v values) []Quantity {
			m := RochetTirole{Buyer: UsageDemand{A: v.number("aB")}, Seller: UsageDemand{A: v.number("aS")}, C: v.number("c")}
			if v.word("demand") == "linear" {
				m.Buyer.Slope, m.Seller.Slope = v.number("bB"), v.number("bS")
			} else {
				m.Buyer.Mu, m.Seller.Mu = v.number("muB"), v.number("muS")
			}
			pB, pS := m.Prices()
			buyers, sellers, margin := m.Buyer.Share(pB), m.Seller.Share(pS), pB+pS-m.C
			return []Quantity{
				{"pB", pB}, {"pS", pS}, {"DB", buyers}, {"DS", sellers},
				{"profit_per_pair", margin * buyers * sellers}, {"lerner", margin / (pB + pS)},
			}
		},
	}
}
