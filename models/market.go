package models

// Market is what everybody sees at the start of a period: who used what at the end of the
// period before, and what was ordered in it. Crowds are indexed as in Law.Crowds.
type Market struct {
	Period int
	Users  [][]float64 // [crowd][homing]: participants who use exactly these platforms; whole numbers but for engines of expectations
	Orders [][]float64 // [crowd][platform]: orders fulfilled by or placed by the crowd in the period before

	// [crowd][platform]: of the orders placed in the crowd's market in the period before, the
	// share that nobody fulfilled; only where people live on after joining.
	Unserved [][]float64
}

// NewMarket makes an empty market for a law.
func NewMarket(l *Law) *Market {
	m := &Market{Users: make([][]float64, len(l.Crowds)), Orders: make([][]float64, len(l.Crowds)), Unserved: make([][]float64, len(l.Crowds))}
	for c := range l.Crowds {
		m.Users[c] = make([]float64, 1<<l.Platforms)
		m.Orders[c] = make([]float64, l.Platforms)
		m.Unserved[c] = make([]float64, l.Platforms)
	}
	return m
}

// Touching is the number of a crowd's participants who use at least one platform of the set.
func (m *Market) Touching(crowd int, set Homing) float64 {
	var n float64
	for h, users := range m.Users[crowd] {
		if Homing(h)&set != 0 {
			n += users
		}
	}
	return n
}

// Offers is what the policies hold out in one period: money per claim, by group and
// platform, after every budget has had its say.
type Offers struct {
	Join   [][]float64 // [group][platform]: once, to those who join
	Order  [][]float64 // [group][platform]: per order placed or fulfilled
	Period [][]float64 // [group][platform]: per period, to those who stay
}

// NewOffers makes an empty set of offers for a law.
func NewOffers(l *Law) *Offers {
	table := func() [][]float64 {
		rows := make([][]float64, len(l.Groups))
		for g := range rows {
			rows[g] = make([]float64, l.Platforms)
		}
		return rows
	}
	return &Offers{Join: table(), Order: table(), Period: table()}
}

// Clear takes every offer back.
func (o *Offers) Clear() {
	for _, table := range [][][]float64{o.Join, o.Order, o.Period} {
		for _, row := range table {
			clear(row)
		}
	}
}

// Of is the table of an instrument.
func (o *Offers) Of(i Instrument) [][]float64 {
	switch i {
	case PayJoin:
		return o.Join
	case PayOrder:
		return o.Order
	default:
		return o.Period
	}
}
