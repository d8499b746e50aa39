package files

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
)

// Journal keeps what a long study has finished until its folder is whole: records of bytes, each
// appended in one step, in a hidden file beside the folder. A process that is killed loses none
// of the records it has appended; a last record that was torn is dropped by the next Resume. Only
// one process at a time can have the journal of a folder. Append and Record may be called by several
// goroutines at once.
type Journal struct {
	path  string
	shown string // shown is the folder as the caller named it, for messages.

	mu   sync.Mutex
	file *os.File
	end  int64
}

// A journal is frames of a length and a CRC-32C, both four bytes, little-endian, and as many bytes of
// content. The first frame names the study.
const (
	frameHead    = 8
	largestFrame = 64 << 20
)

// Resume opens the journal of the study that will appear at dir, or starts one, and hands every
// record that is there to each with its place, in the order of their appending. A journal of
// another study, told by its name, is refused unless overwrite is set, which drops it. It is an
// error when another process has the journal. Close or Remove must follow.
func Resume(dir, name string, overwrite bool, each func(at int64, record []byte) error) (*Journal, error) {
	place, err := resolve(dir)
	if err != nil {
		return nil, pathError(dir, err)
	}
	if _, err := makeParents(place); err != nil {
		return nil, pathError(dir, err)
	}
	j := &Journal{path: journalOf(place), shown: dir}
	if j.file, err = os.OpenFile(j.path, os.O_RDWR|os.O_CREATE, 0o666); err != nil {
		return nil, pathError(dir, err)
	}
	if err := j.begin(name, overwrite, each); err != nil {
		return nil, errors.Join(err, j.file.Close())
	}
	return j, nil
}

// HasJournal tells whether an unfinished study of the folder dir can be resumed.
func HasJournal(dir string) bool {
	place, err := resolve(dir)
	if err != nil {
		return false
	}
	info, err := os.Stat(journalOf(place))
	return err == nil && info.Size() > frameHead
}

func journalOf(place string) string {
	return filepath.Join(filepath.Dir(place), hiddenPrefix+filepath.Base(place)+".journal")
}

func (j *Journal) begin(name string, overwrite bool, each func(at int64, record []byte) error) error {
	switch err := lockFile(j.file); {
	case errors.Is(err, errHeld):
		return fmt.Errorf("%s: another process is at work on this study; wait for it, or choose another --out", j.shown)
	case err != nil && !errors.Is(err, errors.ErrUnsupported):
		return pathError(j.shown, err)
	}
	if at, err := os.Stat(j.path); err != nil || !sameFile(at, j.file) {
		return fmt.Errorf("%s: another process has just finished this study; run the command again", j.shown)
	}
	in := bufio.NewReaderSize(j.file, 1<<16)
	first, err := readFrame(in)
	if err == nil && string(first) == name {
		j.end = frameHead + int64(len(first))
		for {
			record, err := readFrame(in)
			if err != nil {
				break // what follows was torn when its writer died
			}
			if err := each(j.end, record); err != nil {
				return err
			}
			j.end += frameHead + int64(len(record))
		}
		return pathOr(j.shown, j.file.Truncate(j.end))
	}
	if err == nil && !overwrite {
		return fmt.Errorf("%s: holds the finished part of another study; choose another --out, or give --overwrite to drop it", j.shown)
	}
	if err := j.file.Truncate(0); err != nil {
		return pathError(j.shown, err)
	}
	_, err = j.Append([]byte(name))
	return err
}

// readFrame is the next record, or an error when there is no whole one.
func readFrame(in io.Reader) ([]byte, error) {
	var head [frameHead]byte
	if _, err := io.ReadFull(in, head[:]); err != nil {
		return nil, err
	}
	size := binary.LittleEndian.Uint32(head[:])
	if size > largestFrame {
		return nil, errors.New("no frame")
	}
	record := make([]byte, size)
	if _, err := io.ReadFull(in, record); err != nil {
		return nil, err
	}
	if crc32.Checksum(record, crc32.MakeTable(crc32.Castagnoli)) != binary.LittleEndian.Uint32(head[4:]) {
		return nil, errors.New("torn")
	}
	return record, nil
}

// Append adds a record and tells its place. Once it has returned, a kill of this process does not
// take the record away.
func (j *Journal) Append(record []byte) (at int64, err error) {
	frame := make([]byte, frameHead, frameHead+len(record))
	binary.LittleEndian.PutUint32(frame, uint32(len(record)))
	binary.LittleEndian.PutUint32(frame[4:], crc32.Checksum(record, crc32.MakeTable(crc32.Castagnoli)))
	frame = append(frame, record...)
	j.mu.Lock()
	defer j.mu.Unlock()
	if _, err := j.file.WriteAt(frame, j.end); err != nil {
		return 0, pathError(j.shown, err)
	}
	at, j.end = j.end, j.end+int64(len(frame))
	return at, nil
}

// Record reads the record at a place again.
func (j *Journal) Record(at int64) ([]byte, error) {
	record, err := readFrame(io.NewSectionReader(j.file, at, frameHead+largestFrame))
	if err != nil {
		return nil, fmt.Errorf("%s: the journal of this study was changed while it ran: %w", j.shown, err)
	}
	return record, nil
}

// Close lets go of the journal and keeps what it holds for a later Resume.
func (j *Journal) Close() error { return pathOr(j.shown, errors.Join(j.file.Sync(), j.file.Close())) }

// Remove ends the journal of a study whose folder is in place.
func (j *Journal) Remove() error {
	err := os.Remove(j.path) // while it is locked, so that nobody resumes what is finished
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return pathOr(j.shown, errors.Join(err, j.file.Close()))
}

// sameFile tells whether a path still leads to an open file.
func sameFile(at fs.FileInfo, file *os.File) bool {
	held, err := file.Stat()
	return err == nil && os.SameFile(at, held)
}

func pathOr(path string, err error) error {
	if err == nil {
		return nil
	}
	return pathError(path, err)
}
