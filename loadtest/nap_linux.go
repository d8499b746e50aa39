package loadtest

import (
	"syscall"
	"time"
)

const osNap = true

// napOS sleeps in the operating system; a signal may end it early.
func napOS(d time.Duration) {
	t := syscall.NsecToTimespec(int64(d))
	_ = syscall.Nanosleep(&t, nil) // EINTR: the caller looks at the clock and sleeps again
}
