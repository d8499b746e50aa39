package sim

// set brings the conditions to the period.
func (r *run) set() {
	if c := r.offers.Under; c != nil {
		c.Set(r.period)
	}
}
