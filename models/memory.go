package models

import "math"

// Memory is how a person's own past with a platform makes it dearer or less: it remembers, for
// each platform, a running average of the share of orders that went unserved in the periods
// in which it used it, and each remembered share of one takes Worth off the platform's.
type Memory struct {
	Weight float64 // of the last period in the average, above 0 and at most 1
	Worth  float64 // money per period
}

// checkMemory looks at what people of a segment remember.
func (m *Model) checkMemory(path string, s *Segment, faults *Faults) {
	if s.Memory == nil {
		return
	}
	if w := s.Memory.Weight; !(w > 0 && w <= 1) {
		faults.add(path+".memory.weight", "give a number above 0, and 1 for a memory of the last period alone", "a weight of %g remembers nothing", w)
	}
	checkRange(path+".memory.worth", s.Memory.Worth, 0, MaxMoney, faults)
	if m.OrderingSide() == "" {
		faults.add(path+".memory", "give a segment orders: {rate: ..., basket: ...}", "remembers orders where nobody orders")
	}
}

// Remembered is a running average after one more period, in parts of 65,535, given the share
// of the period.
func (m *Memory) Remembered(before uint16, share float64) uint16 {
	was := float64(before)
	return uint16(math.Round(was + m.Weight*(share*math.MaxUint16-was)))
}

// Dear is what a remembered average takes off the worth of a platform, money per period.
func (m *Memory) Dear(remembered uint16) float64 {
	return m.Worth * (float64(remembered) / math.MaxUint16)
}
