package models

import (
	"fmt"
	"math"
	"slices"
)

// The kinds of places that a sale passes through.
const (
	PlaceOnline  = "online"
	PlaceOffline = "offline"
)

// Sales is by which routes a platform, or a chain of shops, sells: a mode of joining online and
// offline is an ordered list of places for each of them, and is switched by routes that open and
// close at dates.
type Sales struct {
	Routes          []Route
	Elasticity      float64 // percent of a route's orders lost for a percent on its price
	Cannibalisation float64 // share of what is sold online that would have been sold offline, as far as there is as much
	Parity          Parity
}

// Route is an ordered list of places through which a sale passes; it is made in the last.
type Route struct {
	Name       string
	Stages     []Waypoint
	Reach      float64 // share of orders wished for that can go this way
	Price      float64 // multiple of the basket
	Cost       Money   // per order
	Commission float64 // share of the price paid to a third party
	From       int     // first period in which it is open
	Until      int     // last period; 0: to the end of the horizon
}

// Waypoint is one place on a route, and the share of those who come that go on from it.
type Waypoint struct {
	Place      string
	Conversion float64
}

// Parity is one price on all routes; it begins at a period of 1 or more, and 0 is for never.
type Parity struct {
	From  int
	Price float64 // multiple of the basket; 0: the lowest of the routes that are open
}

// Online tells whether the sale is made online.
func (r *Route) Online() bool { return r.Stages[len(r.Stages)-1].Place == PlaceOnline }

// Open tells whether a period lies within the route's time.
func (r *Route) Open(period int) bool {
	return period >= r.From && (r.Until == 0 || period <= r.Until)
}

// Selling is what routes come to in a period. Lists are by route.
type Selling struct {
	Orders      float64   // multiple of the orders wished for that are placed
	Share       []float64 // of them
	Price       []float64 // multiple of the basket
	Cannibalise float64   // share of what is sold online that would have been sold offline
}

// Sell works out what the routes of a platform come to in a period. Each draws its reach times the
// conversions of its places times its price to the power of minus the elasticity, in orders per
// order wished for; those offline give up what the ones online have taken from them.
func (s *Sales) Sell(period int) Selling {
	out := Selling{Share: make([]float64, len(s.Routes)), Price: make([]float64, len(s.Routes))}
	same := s.Parity.Price
	if same == 0 {
		same = math.Inf(1)
		for i := range s.Routes {
			if s.Routes[i].Open(period) {
				same = min(same, s.Routes[i].Price)
			}
		}
	}
	var online, offline float64
	for i := range s.Routes {
		r := &s.Routes[i]
		out.Price[i] = r.Price
		if s.Parity.From > 0 && period >= s.Parity.From {
			out.Price[i] = same
		}
		if !r.Open(period) {
			continue
		}
		pull := r.Reach * math.Pow(out.Price[i], -s.Elasticity)
		for _, stop := range r.Stages {
			pull *= stop.Conversion
		}
		if out.Share[i] = pull; r.Online() {
			online += pull
		} else {
			offline += pull
		}
	}
	taken := min(s.Cannibalisation*online, offline)
	out.Orders = online + offline - taken
	if online > 0 {
		out.Cannibalise = taken / online
	}
	for i := range out.Share {
		if out.Orders == 0 {
			break
		}
		if !s.Routes[i].Online() && offline > 0 {
			out.Share[i] *= (offline - taken) / offline
		}
		out.Share[i] /= out.Orders
	}
	return out
}

// Sells tells whether a platform sells by routes.
func (m *Model) Sells() bool {
	return slices.ContainsFunc(m.Platforms, func(p Platform) bool { return p.Sales != nil })
}

func (m *Model) checkSales(path string, s *Sales, faults *Faults) {
	if s == nil {
		return
	}
	if m.OrderingSide() == "" {
		faults.add(path, "give a segment orders: {rate: ..., basket: ...}", "nobody orders here")
	}
	if len(s.Routes) == 0 {
		faults.add(path+".routes", "write one, such as {name: shops, stages: [offline]}", "nothing is sold by no route")
	}
	var names []string
	for i := range s.Routes {
		r := &s.Routes[i]
		at := fmt.Sprintf("%s.routes[%d]", path, i)
		checkName(at, r.Name, names, faults)
		names = append(names, r.Name)
		if len(r.Stages) == 0 {
			faults.add(at+".stages", "write the places in their order, such as [offline, online]", "a sale is made somewhere")
		}
		for j, stop := range r.Stages {
			if !slices.Contains([]string{PlaceOnline, PlaceOffline}, stop.Place) {
				faults.unknown(fmt.Sprintf("%s.stages[%d]", at, j), "place", stop.Place, []string{PlaceOnline, PlaceOffline})
			}
			checkRange(fmt.Sprintf("%s.conversion[%d]", at, j), stop.Conversion, 0, 1, faults)
		}
		checkRange(at+".reach", r.Reach, 0, maxRate, faults)
		checkRange(at+".price", r.Price, 0.001, maxRate, faults)
		checkMoney(at+".cost", r.Cost, faults)
		checkRange(at+".commission", r.Commission, 0, 1, faults)
		m.checkPeriod(at+".from", r.From, 0, faults)
		checkUntil(at, r.From, r.Until, faults)
	}
	checkRange(path+".elasticity", s.Elasticity, 0, maxRate, faults)
	checkRange(path+".cannibalisation", s.Cannibalisation, 0, 1, faults)
	if s.Parity.From > 0 && s.Parity.Price != 0 {
		checkRange(path+".parity.price", s.Parity.Price, 0.001, maxRate, faults)
	}
}
