package plan

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math/big"
	"strconv"
	"strings"
	"time"
)

// Forecast is a curve that was read from a file, with the quantile of the
// forecast it stands for.
type Forecast struct {
	Curve    Curve
	Quantile float64 // between 0 and 1; 0.95 is a rate exceeded in one run of twenty
}

// csvHeader is the one header a curve file may have.
const csvHeader = "t_s,starts_per_s,quantile"

// wholeFile is the place of what no single value is to blame for.
const wholeFile = "1:1"

// ReadCurveCSV reads a curve from a file with the columns t_s (seconds from the
// beginning), starts_per_s and quantile. The rate is a straight line between two
// rows; the first row is at 0, the last row ends the curve, and all rows carry
// the same quantile. Its error is the Faults of the file, all of them up to twenty,
// with the paths LINE:COLUMN or LINE:COLUMN: FIELD, both counted from 1; an error of
// the source is returned as it is.
func ReadCurveCSV(source io.Reader) (Forecast, error) {
	r := csv.NewReader(source)
	r.ReuseRecord = true
	r.FieldsPerRecord = -1
	header, err := r.Read()
	if err == io.EOF {
		return Forecast{}, Faults{{Path: wholeFile, Problem: "the file is empty", Remedy: "begin with the header " + csvHeader}}
	}
	if err != nil {
		return Forecast{}, csvFault(nil, err)
	}
	header[0] = strings.TrimPrefix(header[0], "\ufeff")
	if got := strings.Join(header, ","); got != csvHeader {
		return Forecast{}, Faults{{Path: wholeFile, Problem: fmt.Sprintf("the header is %q", clip(got)), Remedy: "write " + csvHeader}}
	}
	var f Forecast
	points := []Point{} // not nil: a file without rows is still a curve of points
	var fs Faults
	for {
		row, err := r.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			return Forecast{}, csvFault(fs, err)
		}
		if len(points) > maxLinear {
			fs.add(wholeFile, "use fewer rows", "the file has more than %d rows", maxLinear)
			return Forecast{}, fs
		}
		p, q := readRow(&fs, r, row)
		if len(points) == 0 {
			f.Quantile = q
		} else if q != f.Quantile && len(fs) == 0 {
			fs.add(place(r, 2), "keep the rows of one quantile", "the quantile is %v here and %v in the first row", q, f.Quantile)
		}
		points = append(points, p)
		if len(fs) > 20 {
			return Forecast{}, fs
		}
	}
	f.Curve = Curve{Through(points...)}
	if len(fs) == 0 {
		fs = csvPlaces(f.Curve.Validate())
	}
	if len(fs) > 0 {
		return Forecast{}, fs
	}
	return f, nil
}

func readRow(fs *Faults, r *csv.Reader, row []string) (Point, float64) {
	if len(row) != 3 {
		line, _ := r.FieldPos(0)
		fs.add(fmt.Sprintf("%d:1", line), "write "+csvHeader, "the row has %d fields, not 3", len(row))
		return Point{}, 0
	}
	var values [3]float64
	for i, text := range row {
		v, err := parseNumber(strings.TrimSpace(text))
		if err != nil {
			fs.add(place(r, i), "write a decimal number that is not negative", "%v", err)
		}
		values[i] = v
	}
	if values[0] > MaxLength.Seconds() {
		fs.add(place(r, 0), "use seconds from the beginning of the curve", "%s s is longer than ten years", row[0])
		values[0] = 0
	}
	if q := values[2]; q <= 0 || q >= 1 {
		fs.add(place(r, 2), "write a number between 0 and 1, such as 0.95", "%v is no quantile", q)
	}
	at := roundRat(new(big.Rat).Mul(decimal(values[0]), big.NewRat(int64(time.Second), 1))).Int64()
	return Point{At: time.Duration(at), Rate: PerSecond(values[1])}, values[2]
}

func place(r *csv.Reader, field int) string {
	line, column := r.FieldPos(field)
	return fmt.Sprintf("%d:%d: %s", line, column, strings.Split(csvHeader, ",")[field])
}

// csvPlaces turns the places of a curve into those of the file it was read from:
// point i stands in line i+2.
func csvPlaces(fs Faults) Faults {
	for i, f := range fs {
		index, ok := strings.CutPrefix(f.Path, "curve[0].points[")
		if n, err := strconv.Atoi(strings.TrimSuffix(index, "]")); ok && err == nil {
			fs[i].Path = fmt.Sprintf("%d:1", n+2)
		} else {
			fs[i].Path = wholeFile
		}
	}
	return fs
}

// csvFault adds a malformed row to the faults found before it; any other error
// comes from the source and is passed on.
func csvFault(before Faults, err error) error {
	var bad *csv.ParseError
	if !errors.As(err, &bad) {
		return err
	}
	before.add(fmt.Sprintf("%d:%d", bad.Line, bad.Column), "write three plain numbers, separated by commas", "%v", bad.Err)
	return before
}
