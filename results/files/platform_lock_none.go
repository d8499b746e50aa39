//go:build !(linux || darwin || freebsd || netbsd || openbsd || dragonfly)

package files

import (
	"errors"
	"os"
)

// lockDir refuses: folders cannot be locked here, so no hidden folder is ever taken for a dead run's.
func lockDir(string) (*os.File, error) { return nil, errors.ErrUnsupported }

// lockFile refuses: files cannot be locked here.
func lockFile(*os.File) error { return errors.ErrUnsupported }

// syncDir does nothing: folders cannot be synchronised here.
func syncDir(string) error { return nil }

// ownDevice knows nothing of devices here; a mount point fails at the rename instead.
func ownDevice(string) bool { return false }
