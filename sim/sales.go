package sim

import (
	"math"

	"flywheel/models"
)

// sales is what the routes of platforms sold in the period. Every list is by platform.
type sales struct {
	online     []float64 // orders sold online
	cannibal   []float64 // of them, those that would have been sold offline
	paid       []models.Money
	paidOnline []models.Money
	cost       []models.Money
	leaves     []float64   // what an order leaves by its route: its price above the basket, less what the route costs
	gap        []float64   // mean price offline over that online, less 1; not a number while nothing is sold in one of them
	byRoute    [][]float64 // orders of each
}

// newSales is nil for a law in which no platform sells by routes.
func newSales(l *models.Law) *sales {
	if !l.Model.Sells() {
		return nil
	}
	n := l.Platforms
	s := &sales{online: make([]float64, n), cannibal: make([]float64, n), paid: make([]models.Money, n), paidOnline: make([]models.Money, n), cost: make([]models.Money, n), leaves: make([]float64, n), gap: make([]float64, n)}
	for k := range l.Model.Platforms {
		if p := l.Model.Platforms[k].Sales; p != nil {
			s.byRoute = append(s.byRoute, make([]float64, len(p.Routes)))
		} else {
			s.byRoute = append(s.byRoute, nil)
		}
	}
	return s
}

// divide divides the orders fulfilled among the routes of each platform and books what routes cost
// and what their prices bring above the basket, or below it.
func (r *run) divide() {
	s := r.sales
	if s == nil || r.err != nil {
		return
	}
	for k := range r.law.Model.Platforms {
		p := r.law.Model.Platforms[k].Sales
		if p == nil {
			continue
		}
		var orders float64
		for g := range r.law.Groups {
			orders += r.served[g][k]
		}
		gmv := r.gmv(k)
		now := p.Sell(r.period)
		key := r.streams.Key(ForRoutes, r.period, uint64(k))
		r.engine.Dealer().Allot(s.byRoute[k], orders, now.Share, key)
		s.online[k], s.paid[k], s.paidOnline[k], s.cost[k] = 0, 0, 0, 0
		var high, low, offline float64 // sums of prices paid
		for i := range p.Routes {
			route, n := &p.Routes[i], s.byRoute[k][i]
			value := 0.0
			if orders > 0 {
				value = n / orders * float64(gmv) * now.Price[i]
			}
			due := value*route.Commission + n*float64(route.Cost)
			if !r.bears(k, float64(s.paid[k])+value+due) {
				return
			}
			s.paid[k] += models.Money(math.Round(value))
			s.cost[k] += models.Money(math.Round(due))
			if route.Online() {
				s.online[k] += n
				s.paidOnline[k] += models.Money(math.Round(value))
				low += n * now.Price[i]
			} else {
				offline += n
				high += n * now.Price[i]
			}
		}
		s.cannibal[k] = r.engine.Dealer().Take(s.online[k], now.Cannibalise, key, uint64(len(p.Routes)))
		if s.gap[k] = math.NaN(); offline > 0 && s.online[k] > 0 {
			s.gap[k] = high/offline/(low/s.online[k]) - 1
		}
		if s.leaves[k] = 0; orders == 0 {
			s.paid[k] = gmv
		} else {
			s.leaves[k] = (s.paid[k] - gmv - s.cost[k]).Units() / orders
		}
		above, l := s.paid[k]-gmv, &r.ledgers[k]
		l.Post(models.Markup, models.Cash, above)
		l.Post(models.Cash, models.RouteCost, s.cost[k])
		r.income[k].besides += above
		r.income[k].cost += s.cost[k]
	}
}

// routes records what was sold by which kind of route.
func (rec *Recorder) routes(r *run) {
	for m := onlineOrders; m <= priceGap; m++ {
		fill(rec.at[m], math.NaN())
	}
	s := r.sales
	if s == nil {
		return
	}
	all := r.law.Platforms
	for k := range all {
		if r.law.Model.Platforms[k].Sales == nil {
			continue
		}
		for _, sold := range [...]struct {
			metric int
			x      float64
		}{{onlineOrders, s.online[k]}, {cannibalised, s.cannibal[k]}, {takings, s.paid[k].Units()}, {onlineTakings, s.paidOnline[k].Units()}, {routeCost, s.cost[k].Units()}} {
			rec.at[sold.metric][k] = sold.x
			rec.more(sold.metric, all, sold.x)
		}
		rec.at[priceGap][k] = s.gap[k]
	}
}
