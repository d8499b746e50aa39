//go:build !linux

package loadtest

func newClock() clock { return newGoClock() }
