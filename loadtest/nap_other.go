//go:build !linux

package loadtest

import "time"

const osNap = false

func napOS(d time.Duration) { time.Sleep(d) }
