//go:build !linux && !darwin

package files

import "errors"

// exchange refuses: folders cannot change places in one step here.
func exchange(_, _ string) error { return errors.ErrUnsupported }
