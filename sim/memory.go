package sim

import "flywheel/models"

// Memory is how much of it the people of one run take for one thing that is known of them.
type Memory struct {
	What  string
	Bytes int64
}

// CellMemory is what an engine holds that moves whole cells: a number of people, eight bytes,
// for each group and standing, however many they are.
func CellMemory(l *models.Law) []Memory {
	return []Memory{{"cells", 8 * int64(len(l.Groups)) * int64(l.Standings.Count())}}
}
