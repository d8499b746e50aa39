package files

import "golang.org/x/sys/unix"

// exchange makes two folders change places in one step; errors.ErrUnsupported where the file system cannot.
func exchange(a, b string) error { return unix.RenamexNp(a, b, unix.RENAME_SWAP) }
