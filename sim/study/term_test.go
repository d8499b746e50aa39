package study_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"flywheel/models"
	"flywheel/results"
	"flywheel/sim"
	"flywheel/sim/engine/cohorts"
	"flywheel/sim/study"
)

// cohort is a market whose every number is known: nobody revises, 1000 people use the platform and
// leave at a hazard of a half, each of them orders twice; period 2 is the day of an event that nobody
// redeems.
func cohort(t *testing.T) (*study.Ensemble, func(text study.Claim) study.Judgement) {
	t.Helper()
	profile := make([]float64, models.HoursPerDay)
	profile[0], profile[12] = 3, 1
	m := &models.Model{
		Name: "cohort", Concentration: true, Horizon: models.Horizon{Periods: 3, Unit: "day"}, Clock: models.Clock{Kind: models.ClockSync}, Noise: models.Noise{Kind: models.NoiseAnnealed, Scale: 1},
		Platforms: []models.Platform{{Name: "A"}},
		Segments: []models.Segment{{Side: "people", Name: "people", Region: "everywhere", Size: 1000, Value: []models.Value{{}}, Cross: models.Effect{Form: models.FormLinear}, Same: models.Effect{Form: models.FormLinear},
			Start: []models.Begin{{Homing: 1, Share: 1}}, Life: &models.Life{Churn: models.Number(0.5)}, Orders: models.Ordering{Rate: 2}}},
		Event: &models.Event{Platform: "A", Period: 2, Length: 1, HalfLife: 1, Starts: 1, Quantile: 0.5, Profile: profile},
	}
	require.Empty(t, m.Validate())
	law, err := models.Compile(m)
	require.NoError(t, err)
	plan := study.NewPlan("cohort", []study.Variant{{Name: study.Base, Law: law}}, study.Settings{Engine: "cohorts", Replications: 1, Band: [2]float64{0.05, 0.95}, Seed: 1, At: []int{0, 1, 2, 3}})
	e := study.NewEnsemble(plan, nil)
	_, err = study.Execute(t.Context(), plan, study.Execution{Engine: func() sim.Engine { return &cohorts.Engine{} }, Deliver: func(trial study.Trial, timeline *results.Table) error {
		e.Add(trial, timeline)
		return nil
	}})
	require.NoError(t, err)
	return e, func(c study.Claim) study.Judgement {
		j, err := e.Judge(c)
		require.NoError(t, err)
		return j
	}
}

func TestTermsCompute(t *testing.T) {
	_, judge := cohort(t)
	at := func(metric string, period int) study.Term {
		q := study.Quantity{Metric: metric, Platform: "A", Side: "people", Segment: "*", Region: "*", Period: period}
		return study.Term{Factor: 1, Quantity: &q}
	}
	value := func(term study.Term) float64 {
		return judge(study.Claim{Left: term, Op: study.More, Right: study.Term{}}).Value
	}
	work := func(w study.Work, args ...study.Term) study.Term { return study.Term{Work: w, Args: args} }
	over := func(w study.Work, args ...study.Term) study.Term { return study.Term{Work: w, Args: args, From: 0} }
	n := []float64{value(at("participants", 0)), value(at("participants", 1)), value(at("participants", 2)), value(at("participants", 3))}
	require.Equal(t, 1000.0, n[0])
	require.Less(t, n[3], n[1], "half of them leave in each period")

	require.Equal(t, n[0]+n[3], value(work(study.WorkPlus, at("participants", 0), at("participants", 3))))
	require.Equal(t, n[0]-n[3], value(work(study.WorkMinus, at("participants", 0), at("participants", 3))))
	require.Equal(t, n[0]*n[3], value(work(study.WorkTimes, at("participants", 0), at("participants", 3))))
	require.Equal(t, n[3]/n[0], value(work(study.WorkOver, at("participants", 3), at("participants", 0))))
	require.Equal(t, math.Log(n[3]), value(work(study.WorkLog, at("participants", 3))))
	require.Equal(t, n[0]+n[1]+n[2]+n[3], value(over(study.WorkSum, at("participants", 3))))
	require.Equal(t, (n[0]+n[1]+n[2]+n[3])/4, value(over(study.WorkMean, at("participants", 3))))
	require.Equal(t, n[0], value(over(study.WorkMax, at("participants", 3))))
	require.Equal(t, n[3], value(over(study.WorkMin, at("participants", 3))))
	require.Zero(t, value(over(study.WorkWhen, at("participants", 3))), "nobody joins, so the first period has most")
	require.Equal(t, 1.0, value(over(study.WorkWhen, at("order_share", 3))), "there is no share before there are orders")
	require.InDelta(t, 1, value(over(study.WorkElasticity, at("participants", 3), at("share", 3))), 1e-12, "a share is in proportion to the people")
}

// Three quarters of the day's orders come in the hour after midnight, a quarter in that after noon.
func TestTermsLookIntoTheDay(t *testing.T) {
	_, judge := cohort(t)
	value := func(term study.Term) float64 {
		return judge(study.Claim{Left: term, Op: study.More, Right: study.Term{}}).Value
	}
	require.InDelta(t, 0.75*0.5, value(study.Term{Work: study.WorkDone, Factor: 1800}), 1e-9)
	require.InDelta(t, 0.75, value(study.Term{Work: study.WorkDone, Factor: 12 * 3600}), 1e-9)
	require.InDelta(t, 0.75*24, value(study.Term{Work: study.WorkPeak}), 1e-9, "the busiest hour over the mean one")
	like := study.Term{Work: study.WorkLikeness}
	for hour := range models.HoursPerDay {
		like.Args = append(like.Args, study.Term{Factor: map[int]float64{0: 6, 12: 2}[hour]})
	}
	require.InDelta(t, 1, value(like), 1e-12)
}

// Forecasts of 90 and 130 for an observed 100 are off by 10% and 30%; the training value is hit.
func TestTermsScoreForecasts(t *testing.T) {
	e, judge := cohort(t)
	q := study.Quantity{Metric: "participants", Platform: "A", Side: "people", Segment: "*", Region: "*"}
	list := []study.Observation{{Quantity: q, Value: 50, Train: true}, {Quantity: q, Value: 100}, {Quantity: q, Value: 100}}
	forecasts := []study.Interval{{Mean: 50, Lo: 40, Hi: 60}, {Mean: 90, Lo: 80, Hi: 100}, {Mean: 130, Lo: 120, Hi: 140}}
	e.Hold([]study.Held{{Quantity: q, Fitted: study.DistanceOf(list, forecasts, 0, true), Predicted: study.DistanceOf(list, forecasts, 0, false)}})
	for work, want := range map[study.Work][2]float64{study.WorkMAPE: {0.2, 0}, study.WorkWorst: {0.3, 0}, study.WorkFurthest: {30, 0}, study.WorkInside: {0.5, 1}} {
		term := study.Term{Work: work, Args: []study.Term{{Factor: 1, Quantity: &q}}}
		j := judge(study.Claim{Left: term, Op: study.AtMost, Right: study.Term{Factor: want[0] + 1e-12}})
		require.True(t, j.Holds)
		require.InDelta(t, want[0], j.Value, 1e-12, work)
		term.Fitted = true
		require.InDelta(t, want[1], judge(study.Claim{Left: term, Op: study.More}).Value, 1e-12, work)
	}
	_, err := e.Judge(study.Claim{Left: study.Term{Work: study.WorkMAPE, Args: []study.Term{{Quantity: &study.Quantity{Metric: "orders"}}}}, Op: study.More})
	require.ErrorContains(t, err, "nothing observed is known of orders")
}
