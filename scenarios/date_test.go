package scenarios

import (
	"testing"

	"github.com/stretchr/testify/require"

	"flywheel/models"
)

// The first period begins at the start; a month or year lies where its last day does.
func TestDatesFindTheirPeriods(t *testing.T) {
	for _, c := range []struct {
		unit, start, date string
		period            int
	}{
		{"day", "2014-01-10", "2014-01-10", 1}, {"day", "2014-01-10", "2014-01-11", 2}, {"day", "2014-01-10", "2014-01-09", 0},
		{"day", "2016-02-01", "2016-02", 29}, {"week", "2014-01-06", "2014-01-12", 1}, {"week", "2014-01-06", "2014-01-13", 2},
		{"month", "2014-01", "2014-01", 1}, {"month", "2014-01", "2015-02-03", 14}, {"month", "2014-01-15", "2014-02-14", 1}, {"month", "2014-01-15", "2014-02-15", 2},
		{"year", "1980", "1980", 1}, {"year", "1980", "1989", 10}, {"year", "2010-03-04", "2011-03-03", 1}, {"year", "2010-03-04", "2011-03-04", 2},
		{"hour", "2014-01-10", "2014-01-10", 24},
	} {
		s, err := Read("x.yaml", []byte("name: x\nhorizon: {periods: 9000, unit: "+c.unit+", start: "+c.start+"}\nplatforms: [{name: A}]\nsegments: [{side: a, name: b, size: 10}]\n"), Options{})
		require.NoError(t, err)
		period, err := s.PeriodOf(c.date)
		require.NoError(t, err)
		require.Equal(t, c.period, period, "%s from %s by %s", c.date, c.start, c.unit)
		again, err := Read("y.yaml", s.Resolved(), Options{})
		require.NoError(t, err)
		require.Equal(t, s.Resolved(), again.Resolved())
		_, err = s.PeriodOf("1066-10-14")
		require.ErrorContains(t, err, "before the start")
		_, err = s.PeriodOf("yesterday")
		require.ErrorContains(t, err, `"yesterday" is not a date`)
	}
}

func TestADateNeedsAStart(t *testing.T) {
	_, err := Read("x.yaml", []byte("name: x\nhorizon: {periods: 9, start: soon}\nplatforms: [{name: A}]\nsegments: [{side: a, name: b, size: 10}]\n"), Options{})
	require.ErrorContains(t, err, `x.yaml:2:30: horizon.start: "soon" is not a date; write a date such as 2014-01-10`)
	s, err := Read("x.yaml", []byte("name: x\nhorizon: {periods: 9}\nplatforms: [{name: A}]\nsegments: [{side: a, name: b, size: 10}]\n"), Options{})
	require.NoError(t, err)
	_, err = s.PeriodOf("2014")
	require.ErrorContains(t, err, "--set horizon.start=DATE")
}

func TestAQuantityIsReadAsExpectationsSayIt(t *testing.T) {
	s := load(t, "food-delivery-launch", Options{})
	q, err := s.Quantity("share(A, consumers) at 26w")
	require.NoError(t, err)
	require.Equal(t, "share A consumers * * 182", q.Metric+" "+q.Platform+" "+q.Side+" "+q.Segment+" "+q.Region+" "+"182")
	require.Equal(t, 182, q.Period)
	dated := load(t, "tencent-didi-kuaidi-2014", Options{})
	q, err = dated.Quantity("orders(didi) at 2014-03-31")
	require.NoError(t, err)
	require.Equal(t, 81, q.Period, "22 days of January, 28 of February, 31 of March")
	q, err = s.Quantity("orders")
	require.NoError(t, err)
	require.Equal(t, 365, q.Period)
	_, err = s.Quantity("participants")
	require.ErrorContains(t, err, "name a side")
	_, err = s.Quantity("orders(A) at 30 > 5")
	require.ErrorContains(t, err, "follows a finished metric")
}

// What begins in a month begins with its first day, what ends in it ends with its last; of the hours of a day alike.
func TestWhatBeginsAndWhatEnds(t *testing.T) {
	read := func(unit, from, until string) models.Policy {
		s, err := Read("x.yaml", []byte("name: x\nhorizon: {periods: 90, unit: "+unit+", start: 2014-01-10}\nplatforms: [{name: A}]\nsegments: [{side: a, name: b, size: 10}]\n"+
			"policies: [{name: p, platform: A, instrument: join, shape: {constant: 1}, from: "+from+", until: "+until+"}]\n"), Options{})
		require.NoError(t, err)
		return s.Model.Policies[0]
	}
	p := read("day", "2014-02", "2014-02")
	require.Equal(t, []int{23, 50}, []int{p.From, p.Until}, "22 days of January, 28 of February")
	p = read("day", "2014-01", "2014-01")
	require.Equal(t, []int{1, 22}, []int{p.From, p.Until}, "the horizon begins in that month")
	p = read("hour", "2014-01-11", "2014-01-11")
	require.Equal(t, []int{25, 48}, []int{p.From, p.Until})
	p = read("month", "2014-03-20", "2014-03-20")
	require.Equal(t, []int{3, 3}, []int{p.From, p.Until}, "the month from 10 March on")
}

// A period is told by the date that it begins on, whatever form the scenario's start has.
func TestPeriodsAreTold(t *testing.T) {
	for _, tc := range []struct {
		start, unit string
		period      float64
		want        string
	}{
		{"2014-01-10", "day", 1, "2014-01-10"}, {"2014-01-10", "day", 31.4, "2014-02-09"}, {"2014-01-10", "week", 2, "2014-01-17"}, {"2014-01-10", "hour", 25, "2014-01-11"},
		{"2013-01", "month", 1, "January 2013"}, {"2013-01", "month", 14, "February 2014"}, {"2013-01-31", "month", 2, "February 2013"},
		{"2013", "year", 3, "2015"}, {"", "day", 1, ""},
	} {
		s := &Scenario{Start: tc.start, Model: &models.Model{Horizon: models.Horizon{Unit: tc.unit}}}
		require.Equal(t, tc.want, s.Date(tc.period), "%+v", tc)
	}
}
