package models

// Conditions are what dates, and not people, make of one period: which platforms are there at
// all for whom, and what holds of them beside what they offer. A law whose calendar is empty has
// none.
type Conditions struct {
	Shut []Homing // by group: platforms that nobody of it can hear of, begin to use or go on using

	law *Law
}

// conditions makes room for the conditions of a law; nil where nothing depends on the date.
func (l *Law) conditions() *Conditions {
	if !l.dated() {
		return nil
	}
	return &Conditions{law: l, Shut: make([]Homing, len(l.Groups))}
}

// dated tells whether anything in the law depends on the date besides policies and the event.
func (l *Law) dated() bool {
	for i := range l.Model.Platforms {
		if l.Model.Platforms[i].Launch != nil {
			return true
		}
	}
	return false
}

// Set brings the conditions to what the calendar alone says of a period.
func (c *Conditions) Set(period int) {
	for g := range c.Shut {
		c.Shut[g] = 0
		region := c.law.Crowds[c.law.Groups[g].Crowd].Region
		for k := range c.law.Model.Platforms {
			if !c.law.Model.Platforms[k].Launched(region, period) {
				c.Shut[g] = c.Shut[g].With(k)
			}
		}
	}
}

// barred are the platforms that one of a standing cannot choose this period, whatever it knows.
func (f *Field) barred(Standing) Homing { return f.shut }
