package scenarios

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"time"

	"flywheel/loadtest/plan"
	"flywheel/models"
)

// anEvent is a promotion that opens at one moment of one day.
func anEvent() *record {
	return &record{name: "an event", fields: []field{
		{key: "platform", form: aName, required: "name the platform whose users it is for", about: "Platform whose users it is for."},
		{key: "period", form: aPeriod, unit: "period", required: "say on which day, such as period: 5", about: "Day on which it happens; the horizon's unit must be day."},
		{key: "hour", form: anHour, unit: "hours after midnight", required: "say when it opens, such as hour: 12:00", about: "When it opens, as 12:30 or 12.5."},
		{key: "announced", form: aPeriod, unit: "periods", aside: true, about: "How long before it people know of it, and put off orders (orders.demand.defer). Left out: they do not."},
		{key: "length", form: aTime, unit: "time", preset: "1h", source: definition, about: "Length of the request curve, from the opening on; it ends by midnight."},
		{key: "profile", form: &shape{oneOf(profileNames()...), &series{item: aNumber, length: models.HoursPerDay, about: "[24 weights, from midnight on]"}},
			unit: "relative weight", preset: "food_weekday", source: "food delivery: one DoorDash market, January and February 2015",
			about: "Shape of the day of ordinary orders: a name, or the weights of its 24 hours."},
		{key: "redemption", form: aNumber, unit: "share", preset: "0.15", source: assumed, about: "Probability that a user of the platform takes the offer and orders once more."},
		{key: "half_life", form: aTime, unit: "time", preset: "20m", source: assumed, about: "Time in which half of the remaining orders of the event come."},
		{key: "starts", form: aNumber, unit: "journey starts per order", preset: "8", source: "assumed: menu views per order of food delivery, 4 to 15",
			about: "Journeys started in the deployment for each order placed."},
		{key: "quantile", form: aNumber, unit: "share", preset: "0.95", source: "convention: exceeded in one run of twenty", about: "Quantile over replications that the request curve is taken at."},
		{key: "mix", form: &keyed{keysAre: "endpoint", value: aNumber}, unit: "requests per order", preset: "{}", source: off,
			about: "Requests that an order makes at each endpoint of the deployment, such as {browse: 8, cart: 1, checkout: 1, pay: 1}; splits the zoom by endpoint."},
		{key: "deployment", form: aDeployment(), preset: "{}", about: "What the system behind the platform can carry on the event's day."},
	}}
}

// aDeployment is what the system behind a platform can carry.
func aDeployment() *record {
	return &record{name: "a deployment", fields: []field{
		{key: "capacity", form: aFrequency.or(infinite), unit: "journey starts per second", preset: infinite, source: off, about: "Journey starts per second that it takes; orders need the event's starts of them."},
		{key: "interval", form: &series{item: aFrequency, length: 2, about: "[lower, upper], such as [240/s, 260/s]"}, unit: "journey starts per second",
			about: "Interval of a measured capacity."},
		{key: "measured", form: aText, preset: "no", source: off, about: "What measured the capacity, when, and how surely."},
		{key: "collapse", form: aNumber, unit: "1", preset: "0", source: off,
			about: "Loss of throughput under overload: it takes capacity * (capacity/offered)^collapse; 0 keeps it, 1 halves it at twice the capacity."},
		{key: "retries", form: aWhole, unit: "times", preset: "0", source: off, about: "Times that a failed order is tried again, 0 to 10."},
		{key: "backoff", form: aTime, unit: "time", preset: "2s", source: "assumed: exponential back-off of 1 to 4 s is common practice", about: "Mean time to the first retry, doubled for each further one."},
		{key: "abandon", form: aNumber, unit: "probability", preset: "0.3", source: "assumed: 0.2 to 0.4 give up at a failure", about: "Probability that a failure ends an order that could be retried."},
		{key: "room", form: aNumber, unit: "orders", preset: "0", source: off, about: "Orders that a waiting room holds instead of failing them."},
		{key: "patience", form: aTime, unit: "time", preset: "2m", source: assumed, about: "Mean time that people stay in the waiting room."},
		{key: "late", form: aTime, unit: "time", preset: "10s", source: assumed, about: "Waiting time from which on an order counts as late."},
	}}
}

// aFrequency is a rate per second, as load plans write it.
var aFrequency = &word{about: "a rate such as 250/s", parse: func(text string) (string, string, string) {
	r, err := plan.ParseRate(text)
	var f plan.Fault
	if errors.As(err, &f) {
		return "", f.Problem, f.Remedy
	}
	return formatNumber(r.PerSecond()) + "/s", "", ""
}}

// shape is a form of one word, or else of a list.
type shape struct {
	word   *word
	series *series
}

func (s *shape) what() string { return s.word.what() + ", or " + s.series.what() }

func (s *shape) read(r *report, n *node) *node {
	if n.kind == list {
		return s.series.read(r, n)
	}
	if n.kind == mapping || n.kind == absent {
		return wants(r, n, list, s.what())
	}
	return s.word.read(r, n)
}

func (s *shape) fill(_ *report, n *node, _ place) *node { return n }

// clockTime is a time of day as people write it.
var clockTime = regexp.MustCompile(`^([0-9]{1,2}):([0-5][0-9])$`)

var (
	anHour = &word{about: "a time of day such as 12:00", parse: func(text string) (string, string, string) {
		if parts := clockTime.FindStringSubmatch(text); parts != nil {
			hours, _ := strconv.Atoi(parts[1])
			minutes, _ := strconv.Atoi(parts[2])
			return formatNumber(float64(hours) + float64(minutes)/60), "", ""
		}
		x, problem, _ := parseDecimal(text)
		if problem != "" {
			return "", fmt.Sprintf("%q is not a time of day", clip(text)), "write hours and minutes, such as 12:30, or hours after midnight, such as 12.5"
		}
		return formatNumber(x), "", ""
	}}
	// aTime is a time finer than a period can be, so it has minutes and seconds too.
	aTime = &word{about: "a time such as 20m", parse: func(text string) (string, string, string) {
		d, err := plan.ParseDuration(text)
		var f plan.Fault
		if errors.As(err, &f) {
			return "", f.Problem, f.Remedy
		}
		return formatTime(d), "", ""
	}}
)

// formatTime is the one way in which a resolved scenario writes a time: in the largest unit
// that it is a whole number of.
func formatTime(d time.Duration) string {
	for _, u := range []struct {
		unit time.Duration
		word string
	}{{time.Hour, "h"}, {time.Minute, "m"}, {time.Second, "s"}, {time.Millisecond, "ms"}, {time.Microsecond, "us"}} {
		if d%u.unit == 0 {
			return strconv.FormatInt(int64(d/u.unit), 10) + u.word
		}
	}
	return strconv.FormatInt(int64(d), 10) + "ns"
}

// event turns a filled node into the event it describes, nil for none.
func (b *builder) event(n *node) *models.Event {
	if n == nil || n.kind != mapping {
		return nil
	}
	e := &models.Event{
		Platform: textOf(n.get("platform")), Period: b.beginning(n.get("period")), Hour: number(n.get("hour")), Announced: b.ahead(n.get("announced")),
		Length: hours(n.get("length")), HalfLife: hours(n.get("half_life")),
		Redemption: number(n.get("redemption")), Starts: number(n.get("starts")), Quantile: number(n.get("quantile")),
		Profile: profiles()[textOf(n.get("profile"))],
	}
	for _, m := range n.get("mix").entries {
		e.Mix = append(e.Mix, models.Request{Endpoint: m.key, PerOrder: number(m.value)})
	}
	e.Deployment = deployment(n.get("deployment"))
	for _, weight := range items(n.get("profile")) {
		e.Profile = append(e.Profile, number(weight))
	}
	return e
}

// deployment turns a filled node into the deployment it describes.
func deployment(n *node) models.Deployment {
	d := models.Deployment{
		Collapse: number(n.get("collapse")), Retries: int(number(n.get("retries"))), Backoff: 3600 * hours(n.get("backoff")),
		Abandon: number(n.get("abandon")), Room: number(n.get("room")), Patience: 3600 * hours(n.get("patience")), Late: 3600 * hours(n.get("late")),
	}
	if text := textOf(n.get("capacity")); text != infinite {
		d.Limited, d.Capacity = true, frequency(n.get("capacity"))
	}
	if ends := items(n.get("interval")); len(ends) == 2 {
		d.Lo, d.Hi = frequency(ends[0]), frequency(ends[1])
	}
	if text := textOf(n.get("measured")); text != "no" {
		d.Measured = text
	}
	return d
}

// frequency is a rate in 1/s.
func frequency(n *node) float64 {
	r, _ := plan.ParseRate(textOf(n))
	return r.PerSecond()
}

func hours(n *node) float64 {
	d, _ := plan.ParseDuration(textOf(n))
	return d.Hours()
}
