package agents

import "flywheel/models"

// remember lets everybody who remembers add the period before to what it remembers.
func (e *Engine) remember(m *models.Market) {
	e.everywhere(func(_ *worker, i int) {
		b := e.blocks[i]
		t := e.tastes[b.group]
		if t == nil || t.memories == nil {
			return
		}
		e.census.remember(t, e.law.Standings.Used, m.Unserved[t.group.Crowd], b)
	})
}

func (c standings[T]) remember(t *tastes, used []models.Homing, unserved []float64, b span) {
	people := c[b.group][b.from:b.to]
	for k, share := range unserved {
		memory := t.memories[k][b.from:b.to]
		for i, s := range people {
			if used[s].Has(k) && (memory[i] > 0 || share > 0) {
				memory[i] = t.Memory.Remembered(memory[i], share)
			}
		}
	}
}
