//go:build !unix

package loadtest

import "time"

// cpuTime is not known on this operating system.
func cpuTime() time.Duration { return 0 }
