package files

import (
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

// exchange makes two folders change places in one step; errors.ErrUnsupported where the kernel or the
// file system cannot.
func exchange(a, b string) error {
	err := unix.Renameat2(unix.AT_FDCWD, a, unix.AT_FDCWD, b, unix.RENAME_EXCHANGE)
	if errors.Is(err, unix.EINVAL) { // The file system does not know the flag.
		return fmt.Errorf("%w: %w", errors.ErrUnsupported, err)
	}
	return err
}
