package scenarios

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"flywheel/models"
)

// date is a day, or all days of a month or a year.
type date struct {
	first, last time.Time
}

var errNoDate = errors.New("is not a date; write one such as 2014-01-10, 2014-01 or 2014")

func parseDate(text string) (date, error) {
	for _, form := range []struct {
		layout        string
		years, months int
		days          int
	}{{"2006-01-02", 0, 0, 1}, {"2006-01", 0, 1, 0}, {"2006", 1, 0, 0}} {
		if at, err := time.Parse(form.layout, text); err == nil {
			return date{at, at.AddDate(form.years, form.months, form.days).AddDate(0, 0, -1)}, nil
		}
	}
	return date{}, errNoDate
}

// PeriodOf is the period that a date lies in, the first one beginning at the horizon's start; of
// a month or a year it is the one its last day lies in. A date before the start is an error, and
// so is any date when the scenario has no start.
func (s *Scenario) PeriodOf(text string) (int, error) {
	if _, err := parseDate(text); err == nil && s.Start == "" {
		return 0, fmt.Errorf("%s is a date, and the scenario does not say when it starts; give --set horizon.start=DATE, the date of its first period", clip(text))
	}
	return periodOf(text, s.Start, s.Model.Horizon.Unit)
}

// Date is when a period begins, as people write it: the day or, where periods are months or years, the month
// or the year; empty where the scenario does not say when it starts. Of a mean the nearest period is meant.
func (s *Scenario) Date(period float64) string {
	start, err := parseDate(s.Start)
	if err != nil {
		return ""
	}
	first, unit, layout := start.first, s.Model.Horizon.Unit, time.DateOnly
	switch unit {
	case "month":
		first, layout = first.AddDate(0, 0, 1-first.Day()), "January 2006" // every month has a first
	case "year":
		layout = "2006"
	}
	return beginning(first, unit, int(period+0.5)-1).Format(layout)
}

// beginning is when a period, counted from 0, begins that follows a start.
func beginning(start time.Time, unit string, period int) time.Time {
	switch unit {
	case "month":
		return start.AddDate(0, period, 0)
	case "year":
		return start.AddDate(period, 0, 0)
	}
	return start.Add(time.Duration(float64(period) * models.Horizon{Unit: unit}.Hours() * float64(time.Hour)))
}

// isDate tells a date from a number of periods where either may stand: a year alone is a number.
func isDate(text string) bool {
	_, err := parseDate(text)
	return err == nil && strings.Contains(text, "-")
}

// periodOf is the period of a unit that a date lies in, the first beginning at a start; of a month, a
// year or the hours of a day the last one.
func periodOf(text, from, unit string) (int, error) {
	_, last, err := periodsOf(text, from, unit)
	return last, err
}

// periodsOf are the first and the last of the periods that a date lies in.
func periodsOf(text, from, unit string) (first, last int, err error) {
	d, err := parseDate(text)
	if err != nil {
		return 0, 0, fmt.Errorf("%q %w", clip(text), err)
	}
	if from == "" {
		return 0, 0, fmt.Errorf("%s is a date, and the scenario does not say when it starts", clip(text))
	}
	start, err := parseDate(from)
	if err != nil {
		return 0, 0, fmt.Errorf("horizon.start: %q %w", clip(from), err)
	}
	first, last = periodOfDay(d.first, start.first, unit), periodOfDay(d.last, start.first, unit)
	if unit == "hour" {
		first -= 23
	}
	if last < 0 {
		return 0, 0, fmt.Errorf("%s lies before the start of the horizon, %s", clip(text), from)
	}
	return max(first, min(1, last)), last, nil // what lies before the start is left out
}

// periodOfDay is the period that a day lies in, of hours that of its last one.
func periodOfDay(day, start time.Time, unit string) int {
	days := int(day.Sub(start).Hours() / 24)
	before := 0 // whether the last month is not yet full
	if day.Day() < start.Day() {
		before = 1
	}
	months := 12*(day.Year()-start.Year()) + int(day.Month()) - int(start.Month()) - before
	return map[string]int{"hour": 24 * (days + 1), "day": days + 1, "week": floor(days, 7) + 1, "month": months + 1, "year": floor(months, 12) + 1}[unit]
}

// floor divides and rounds down.
func floor(n, by int) int {
	if n < 0 {
		return -((by - 1 - n) / by)
	}
	return n / by
}
