package agents

import (
	"math"

	"flywheel/models"
	"flywheel/sim"
)

// Memory is what the engine holds for the people of a run while it runs, by feature; tables
// that do not grow with them are left out.
func (e *Engine) Memory(l *models.Law) []sim.Memory {
	var standing, dealt, memory, ages, network int64
	each := int64(1)
	if l.Standings.Count() > 1<<8 {
		each = 2
	}
	column := 2 * int64(l.Platforms) // of sixteen bits for each platform
	for g := range l.Groups {
		group := &l.Groups[g]
		keeps := group.Lasting()
		standing += each * group.Size
		if keeps.Tasteful() && keeps.Draw == models.DrawStratified {
			dealt += column * group.Size
		}
		if keeps.Memory != nil {
			memory += column * group.Size
		}
		if keeps.Age != nil {
			ages += column * group.Size
		}
	}
	for c := range l.Crowds {
		crowd := &l.Crowds[c]
		for _, g := range crowd.Groups {
			if n := l.Groups[g].Lasting().Network; n != nil {
				const list, acquaintance = 5, 4 // where a person's list begins and what it uses; one entry
				network += list*crowd.Size + int64(math.Round(acquaintance*models.Acquaintances(n.Graph, crowd.Size)*float64(crowd.Size)))
				break
			}
		}
	}
	held := []sim.Memory{{What: "standing", Bytes: standing}}
	for _, m := range []sim.Memory{{What: "stratified tastes", Bytes: dealt}, {What: "memory", Bytes: memory}, {What: "hazards by age", Bytes: ages}, {What: "network", Bytes: network}} {
		if m.Bytes > 0 {
			held = append(held, m)
		}
	}
	return held
}
