// Package ui is the local page of flywheel serve: pick a scenario, move its levers, and see at
// once where the market goes.
//
// The page holds no model. Every answer comes from the same rooms that the commands use: a move
// builds the scenario's market anew (scenarios.Builder), the line is a run of the meanfield engine,
// the frontier is that of the market once nobody is paid, and the band is an ensemble that streams
// in behind them. A move is one stream of parts, and a newer one ends it. The page answers loopback
// alone, refuses foreign Host and Origin headers, and writes nothing but a scenario somebody asks
// it to save.
//
// Begin with handler.go (what may be asked) and guard.go (by whom), then market.go (a scenario at
// its levers), move.go (the answer to a move), line.go, mass.go and band.go (its parts), keep.go
// (saving, stored runs, differences) and underway.go. The page itself is in page/: texts in English
// and Chinese, a style, and scripts of which app.js is the first to read.
package ui
