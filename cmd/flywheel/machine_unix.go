//go:build unix

package main

import (
	"runtime"
	"syscall"
)

// machine is the CPU time that this process has used, in seconds, and the most memory it
// has held, in bytes.
func machine() (cpuSeconds, peakBytes float64) {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return unknown, unknown
	}
	seconds := func(t syscall.Timeval) float64 { return float64(t.Sec) + float64(t.Usec)/1e6 }
	peak := float64(usage.Maxrss)
	if runtime.GOOS != "darwin" { // macOS counts in bytes, all others in KiB.
		peak *= 1024
	}
	return seconds(usage.Utime) + seconds(usage.Stime), peak
}
