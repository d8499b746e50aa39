package rehearsal

import (
	"context"
	"time"

	"flywheel/loadtest"
	"flywheel/loadtest/plan"
)

// The few requests that see whether a target is at rest.
const (
	restStarts   = 5
	restRate     = 2 // starts per second
	restPatience = time.Minute
)

// Settle waits until a target has worked off what a press left behind, so that the backlog does
// not fail what comes next: until most of a few requests are answered, and no longer in half the
// time of the few before. It gives up waiting after a minute, without an error; its errors are those of press.
func Settle(ctx context.Context, p plan.Plan, press func(context.Context, plan.Plan) (loadtest.Report, error)) error {
	rate := float64(restRate)
	if ceiling := p.Limits.Rate.PerSecond(); ceiling > 0 {
		rate = min(rate, ceiling)
	}
	p.Curve = plan.Curve{plan.HoldFor(plan.PerSecond(rate), time.Duration(restStarts/rate*float64(time.Second)))}
	p.WarmUp, p.Thresholds, p.Limits.Abort = 0, nil, plan.Abort{Never: true}
	before := 0.0
	for begun := time.Now(); time.Since(begun) < restPatience; {
		r, err := press(ctx, p)
		if err != nil {
			return err
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if 2*r.Requests.Failed > r.Requests.Sent {
			before = 0
			continue
		}
		if before > 0 && r.Latency.P50 > before/2 {
			return nil
		}
		before = r.Latency.P50
	}
	return nil
}
