// Package ui is the local page of flywheel serve: pick a scenario, move its levers, and see at
// once where the market goes.
//
// The page holds no model. Every answer comes from the same rooms that the commands use: a move
// builds the scenario's market anew (scenarios.Builder), the line is a run of the meanfield engine,
// the frontier is that of its equilibria, and the band is an ensemble that streams in behind
// it and gives way to a newer move. It answers loopback alone, refuses foreign Host and Origin
// headers, and writes nothing but a scenario somebody asks it to save.
//
// Begin with handler.go (what may be asked), then market.go (a scenario at its levers), line.go
// and band.go (the two answers), keep.go (saving, stored runs, differences). The page itself is in
// page/: texts in English and Chinese, a style, a script.
package ui
