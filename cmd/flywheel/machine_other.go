//go:build !unix

package main

// machine is unknown on systems without getrusage.
func machine() (cpuSeconds, peakBytes float64) { return unknown, unknown }
