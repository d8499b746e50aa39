package plan

import (
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/big"
	"slices"
	"strings"
	"time"
)

// Replay repeats the instants at which requests came once. Its area rises by one at
// each of them, so each makes one start due, just then.
type Replay struct {
	File   string
	Sum    string          // SHA-256 of the file, in hexadecimal
	Speed  float64         // how many times as fast as it was; 0 means 1
	Times  float64         // how many starts each instant makes due, one by one as they add to whole ones; 0 means 1
	Stamps []time.Duration // from the beginning of the segment, never decreasing; the last ends it
}

// maxStamps bounds a replay, as all of it is kept in memory.
const maxStamps = 5_000_000

// ReadStamps reads a file of instants: CSV with a column t_s, in seconds from the
// beginning, or a column time, as RFC 3339 writes it, where the first is the beginning.
// Other columns are not looked at, and rows may come in any order. Its error is the
// Faults of the file, up to twenty, with the paths LINE:COLUMN; an error of the source
// is returned as it is.
func ReadStamps(file string, source io.Reader) (Replay, error) {
	hash := sha256.New()
	r := csv.NewReader(io.TeeReader(source, hash))
	r.ReuseRecord = true
	header, err := r.Read()
	if err == io.EOF {
		return Replay{}, Faults{{Path: wholeFile, Problem: "the file is empty", Remedy: "begin with a header that names a column t_s or time"}}
	}
	if err != nil {
		return Replay{}, stampFault(nil, err)
	}
	header[0] = strings.TrimPrefix(header[0], "\ufeff")
	column, clock := slices.Index(header, "t_s"), false
	if column < 0 {
		column, clock = slices.Index(header, "time"), true
	}
	if column < 0 {
		return Replay{}, Faults{{Path: wholeFile, Problem: fmt.Sprintf("the header %q names neither t_s nor time", clip(strings.Join(header, ","))), Remedy: "name the column of seconds t_s, or that of times such as 2026-11-22T02:30:00Z time"}}
	}
	p := Replay{File: file}
	var fs Faults
	var zero time.Time
	for {
		row, err := r.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			return Replay{}, stampFault(fs, err)
		}
		line, at := r.FieldPos(column)
		stamp, fault := readStamp(strings.TrimSpace(row[column]), clock, &zero)
		if fault != nil {
			fs.add(fmt.Sprintf("%d:%d", line, at), fault.Remedy, "%s", fault.Problem)
		}
		p.Stamps = append(p.Stamps, stamp)
		if len(p.Stamps) > maxStamps {
			fs.add(wholeFile, "use fewer rows", "the file has more than %d rows", maxStamps)
		}
		if len(fs) > 20 || len(p.Stamps) > maxStamps {
			return Replay{}, fs
		}
	}
	if len(fs) > 0 {
		return Replay{}, fs
	}
	slices.Sort(p.Stamps)
	if clock && len(p.Stamps) > 0 { // rows in another order: the earliest is the beginning
		first := p.Stamps[0]
		for i := range p.Stamps {
			p.Stamps[i] -= first
		}
	}
	p.Sum = hex.EncodeToString(hash.Sum(nil))
	if len(p.Stamps) == 0 {
		return Replay{}, Faults{{Path: wholeFile, Problem: "the file has no row", Remedy: "write one row for each start"}}
	}
	if last := p.Stamps[len(p.Stamps)-1]; last > MaxLength || last == 0 {
		return Replay{}, Faults{{Path: wholeFile, Problem: fmt.Sprintf("the instants span %v", last), Remedy: "let the last come later than the first, and within ten years"}}
	}
	return p, nil
}

func readStamp(text string, clock bool, zero *time.Time) (time.Duration, *Fault) {
	if clock {
		t, err := time.Parse(time.RFC3339Nano, text)
		if err != nil {
			return 0, &Fault{Problem: fmt.Sprintf("%q is no time", clip(text)), Remedy: "write one such as 2026-11-22T02:30:00.25Z"}
		}
		if zero.IsZero() {
			*zero = t
		}
		return t.Sub(*zero), nil
	}
	v, err := parseNumber(text)
	if err != nil {
		return 0, &Fault{Problem: err.Error(), Remedy: "write seconds from the beginning, as a decimal number that is not negative"}
	}
	if v > MaxLength.Seconds() {
		return 0, &Fault{Problem: fmt.Sprintf("%s s is longer than ten years", clip(text)), Remedy: "use seconds from the beginning"}
	}
	return time.Duration(roundRat(new(big.Rat).Mul(decimal(v), big.NewRat(int64(time.Second), 1))).Int64()), nil
}

func stampFault(before Faults, err error) error {
	var bad *csv.ParseError
	if !errors.As(err, &bad) {
		return err
	}
	before.add(fmt.Sprintf("%d:%d", bad.Line, bad.Column), "write as many values in each row as the header has names", "%v", bad.Err)
	return before
}

// faster is the speed, 1 when none was said.
func (p *Replay) faster() float64 {
	if p.Speed == 0 {
		return 1
	}
	return p.Speed
}

// each is what an instant adds, 1 when nothing was said.
func (p *Replay) each() float64 {
	if p.Times == 0 {
		return 1
	}
	return p.Times
}

// stamps are the instants at the replay's speed.
func (p *Replay) stamps() []time.Duration {
	if p.faster() == 1 {
		return p.Stamps
	}
	out := make([]time.Duration, len(p.Stamps))
	for i, s := range p.Stamps {
		out[i] = time.Duration(float64(s)/p.faster() + 0.5)
	}
	return out
}

func (p *Replay) validate(fs *Faults, path string) {
	if !finite(p.Speed) || p.Speed < 0 {
		fs.add(path+".speed", "write a number above 0, such as 2", "%v is no speed", p.Speed)
		return
	}
	if !finite(p.Times) || p.Times < 0 || p.Times > 1e6 {
		fs.add(path+".times", "write a number above 0 and up to 1000000, such as 2", "%v is out of range", p.Times)
		return
	}
	if len(p.Stamps) == 0 {
		fs.add(path+".file", "name a CSV file with a column t_s or time", "there is no instant")
		return
	}
	stamps := p.stamps()
	if !slices.IsSorted(stamps) || stamps[0] < 0 || stamps[len(stamps)-1] <= 0 || stamps[len(stamps)-1] > MaxLength {
		fs.add(path, "let them rise from 0s on, within ten years", "the instants are out of order or out of range")
	}
}
