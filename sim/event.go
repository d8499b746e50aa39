package sim

import (
	"math"

	"flywheel/models"
)

// rush adds the orders of an event: on its day, each participant of the ordering side who
// uses the platform takes the coupon with the same probability.
func (r *run) rush() {
	e := r.law.Model.Event
	if e == nil {
		return
	}
	for g := range r.law.Groups {
		group := &r.law.Groups[g]
		for k := range r.law.Platforms {
			r.rushed[g][k] = 0
			if r.today(e, k) && group.OrderRate() > 0 {
				r.rushed[g][k] = r.engine.Dealer().Take(r.using[g][k], e.Redemption, r.streams.Key(ForEvent, r.period, group.Key), uint64(k))
				r.placed[g][k] += r.rushed[g][k]
				r.appetite.pull(group, g, k, r.rushed[g][k])
			}
		}
	}
}

// reach lets the orders of an event's day reach the platform's deployment: each is as likely
// as any other to be one of those that it turns away for good.
func (r *run) reach() {
	e := r.law.Model.Event
	if r.service != nil {
		r.service.begin()
	}
	if e == nil || !e.Deployment.Limited {
		return
	}
	for k := range r.law.Platforms {
		var all, coupon float64
		for g := range r.law.Groups {
			r.refused[g][k] = 0
			all += r.placed[g][k]
			coupon += r.rushed[g][k]
		}
		if !r.today(e, k) || all == 0 {
			continue
		}
		day := e.Day(all-coupon, coupon, nil)
		lost := day.Lost / all
		for g := range r.law.Groups {
			r.refused[g][k] = r.engine.Dealer().Take(r.placed[g][k], lost, r.streams.Key(ForDeployment, r.period, r.law.Groups[g].Key), uint64(k))
			if day.Late > 0 {
				r.service.late[g][k] = r.engine.Dealer().Take(r.placed[g][k]-r.refused[g][k], math.Min(1, day.Late/day.Served), r.streams.Key(ForLateness, r.period, r.law.Groups[g].Key), uint64(k))
			}
		}
	}
}

// today tells whether a platform has the event in this period.
func (r *run) today(e *models.Event, k int) bool {
	return r.period == e.Period && r.law.Model.Platforms[k].Name == e.Platform
}
