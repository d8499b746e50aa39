package agents

import "flywheel/models"

// grow makes room for the periods in which people of a group joined, where their hazards
// depend on it. Those who start on a platform joined it at period 0.
func (t *tastes) grow(size int64) {
	if t.Age == nil {
		return
	}
	for range t.platforms {
		t.joined = append(t.joined, make([]uint16, size))
	}
}

// aged is where life brings person i of a standing in a period, if the turn comes that far: the
// hazards of its own ages add up to no more than those of its table.
func (t *tastes) aged(c *chooser, f *models.Field, at models.Standing, i, period int, turn uint64) models.Standing {
	for k := range t.platforms {
		c.ages[k] = max(1, period-int(t.joined[k][i]))
	}
	f.LiveAged(&c.row, at, c.ages[:t.platforms])
	for j, below := range c.row.Cumulative {
		if turn < threshold(f.Group.Revision()+below) {
			return c.row.To[j]
		}
	}
	return at
}

// join writes down in which period person i joined what it used not.
func (t *tastes) join(i, period int, before, after models.Homing) {
	for k, joined := range t.joined {
		if (after &^ before).Has(k) {
			joined[i] = uint16(period)
		}
	}
}

// inherit writes down that person i has used what it did not use before since it joined what it
// uses no more.
func (t *tastes) inherit(i int, before, after models.Homing) {
	var since uint16
	for k, joined := range t.joined {
		if (before &^ after).Has(k) {
			since = joined[i]
		}
	}
	for k, joined := range t.joined {
		if (after &^ before).Has(k) {
			joined[i] = since
		}
	}
}
