package theory

import "math"

// MMC is a queue with Poisson arrivals, exponential service and Servers servers who take customers in
// the order of arrival (Erlang 1917; Kleinrock 1975, Queueing Systems 1).
type MMC struct {
	Arrival float64 // arrivals per unit of time, above 0
	Service float64 // services per server and unit of time, above 0
	Servers int     // at least 1
}

// ErlangB returns the share of arrivals lost when nobody can wait.
func (q MMC) ErlangB() float64 {
	a, b := q.Arrival/q.Service, 1.0
	for k := 1; k <= q.Servers; k++ {
		b = 1 / (1 + float64(k)/(a*b))
	}
	return b
}

// spare is the rate at which the queue shrinks when all servers work; the queue settles where it is
// above 0.
func (q MMC) spare() float64 { return float64(q.Servers)*q.Service - q.Arrival }

// ErlangC returns the share of arrivals who wait: everybody, where the queue does not settle.
func (q MMC) ErlangC() float64 {
	if !(q.spare() > 0) {
		return 1
	}
	b, load := q.ErlangB(), q.Arrival/q.Service/float64(q.Servers)
	return b / (1 - load*(1-b))
}

// Wait returns the mean wait before service; +Inf where the queue does not settle.
func (q MMC) Wait() float64 {
	if !(q.spare() > 0) {
		return math.Inf(1)
	}
	return q.ErlangC() / q.spare()
}

// WaitsLonger returns the probability of a wait longer than t: 1 where the queue does not settle.
func (q MMC) WaitsLonger(t float64) float64 {
	return q.ErlangC() * math.Exp(-math.Max(0, q.spare())*t)
}

// MM1K is a queue with Poisson arrivals, one exponential server and room for Room customers, the one
// served included; who finds it full is lost.
type MM1K struct {
	Arrival, Service float64 // per unit of time, above 0
	Room             int     // at least 1
}

// Loss returns the share of arrivals lost.
func (q MM1K) Loss() float64 {
	load, k := q.Arrival/q.Service, float64(q.Room)
	switch {
	case load == 1:
		return 1 / (k + 1)
	case load > 1: // in the odds of an empty place, which cannot overflow
		r := 1 / load
		return (1 - r) / -math.Expm1((k+1)*math.Log1p(r-1))
	default:
		return (1 - load) * math.Pow(load, k) / -math.Expm1((k+1)*math.Log1p(load-1))
	}
}

// flowRates are the parameters that every queue has.
func flowRates(more ...Parameter) []Parameter {
	return append([]Parameter{
		{Name: "lambda", Kind: Number, Required: true, limit: aboveZero, Doc: "arrivals per unit of time"},
		{Name: "mu", Kind: Number, Required: true, limit: aboveZero, Doc: "services per server and unit of time"},
	}, more...)
}

func mmcModel() model {
	staff := limit{func(x float64) bool { return x >= 1 && x <= 1e7 }, "a whole number from 1 to 1e7"}
	return model{
		name: "mmc",
		parameters: flowRates(
			Parameter{Name: "c", Kind: Count, Required: true, limit: staff, Doc: "number of servers"},
			Parameter{Name: "t", Kind: Numbers, Default: []float64{0.5}, limit: zeroOrMore, Doc: "times at which the distribution of the wait is stated"}),
		solve: func(v values) []Quantity {
			q := MMC{Arrival: v.number("lambda"), Service: v.number("mu"), Servers: v.count("c")}
			wait := q.Wait()
			stay := wait + 1/q.Service
			out := quantities{{"Erlang B", q.ErlangB()}, {"Erlang C", q.ErlangC()}, {"Wq", wait}, {"W", stay}, {"L", q.Arrival * stay}}
			for _, t := range v.list("t") {
				out.add("P(Wq>"+numeral(t)+")", q.WaitsLonger(t))
			}
			return out
		},
	}
}

func mm1kModel() model {
	return model{
		name:       "mm1k",
		parameters: flowRates(Parameter{Name: "K", Kind: Count, Required: true, limit: population, Doc: "room, the customer served included"}),
		solve: func(v values) []Quantity {
			q := MM1K{Arrival: v.number("lambda"), Service: v.number("mu"), Room: v.count("K")}
			return []Quantity{{"loss", q.Loss()}, {"throughput", q.Arrival * (1 - q.Loss())}}
		},
	}
}
