package study

import (
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distmv"
	"gonum.org/v1/gonum/stat/samplemv"
)

// MaxPoints bounds how many points one design may have.
const MaxPoints = 1_000_000

// Design lists the points of a study: for each the values of all its inputs, which never part
// from the paths that they belong to. It is a value; At may be called by several goroutines.
type Design struct {
	Paths []string                 // of the inputs
	Count int                      // of points
	At    func(point int) []string // the values at a point, in the order of Paths
	About string                   // what kind of design it is, in a few words
}

// Grid is every combination of the inputs' values, the last input changing fastest.
func Grid(inputs []Input) (Design, error) {
	values := valuesOf(inputs)
	count := 1
	for _, v := range values {
		if count > MaxPoints/len(v) {
			return Design{}, fmt.Errorf("a grid of %s points or more is beyond %d; vary less, or sample the space", sizesOf(values), MaxPoints)
		}
		count *= len(v)
	}
	return Design{Paths: pathsOf(inputs), Count: count, About: "grid of " + sizesOf(values), At: func(point int) []string {
		row := make([]string, len(values))
		for i := len(values) - 1; i >= 0; i-- {
			row[i] = values[i][point%len(values[i])]
			point /= len(values[i])
		}
		return row
	}}, nil
}

// sizesOf is how many values each input has, in words.
func sizesOf(values [][]string) string {
	var sizes []string
	for _, v := range values {
		sizes = append(sizes, strconv.Itoa(len(v)))
	}
	return strings.Join(sizes, " x ")
}

// Zip takes the inputs' values side by side: point i has value i of each. All inputs need
// equally many.
func Zip(inputs []Input) (Design, error) {
	values := valuesOf(inputs)
	for i, v := range values {
		if len(v) != len(values[0]) {
			return Design{}, fmt.Errorf("%s has %d values where %s has %d; values taken side by side must be equally many",
				inputs[i].Path, len(v), inputs[0].Path, len(values[0]))
		}
	}
	return Design{Paths: pathsOf(inputs), Count: len(values[0]), About: "values side by side", At: func(point int) []string {
		row := make([]string, len(values))
		for i := range row {
			row[i] = values[i][point]
		}
		return row
	}}, nil
}

// The ways to sample a space.
const (
	Latin      = "lhs"    // Latin hypercube: each input is spread evenly by itself (McKay, Beckman and Conover 1979, Technometrics 21(2))
	SobolNet   = "sobol"  // Sobol' points with a random digital shift: pairs of inputs are spread evenly too (Joe and Kuo 2008)
	RandomDraw = "random" // independent and uniform
)

// Samplings are the names of the ways to sample a space.
func Samplings() []string { return []string{Latin, SobolNet, RandomDraw} }

// Sample draws n points from the space that the inputs span, in one of the ways of Samplings.
// The same seed gives the same points.
func Sample(inputs []Input, way string, n int, seed uint64) (Design, error) {
	if n < 1 || n > MaxPoints {
		return Design{}, fmt.Errorf("%d points cannot be drawn; ask for 1 to %d", n, MaxPoints)
	}
	d := Design{Paths: pathsOf(inputs), Count: n}
	var at func(point, input int) float64
	switch way {
	case Latin:
		d.About = fmt.Sprintf("Latin hypercube of %d points", n)
		m := mat.NewDense(n, len(inputs), nil)
		samplemv.LatinHypercube{Q: distmv.NewUnitUniform(len(inputs), nil), Src: designBits(seed)}.Sample(m)
		at = m.At
	case SobolNet:
		d.About = fmt.Sprintf("%d Sobol' points", n)
		if len(inputs) > maxNet {
			return Design{}, fmt.Errorf("Sobol' points are known here for up to %d inputs, not %d; use %s", maxNet, len(inputs), Latin)
		}
		net := newNet(len(inputs), seed)
		at = net.at
	case RandomDraw:
		d.About = fmt.Sprintf("%d random points", n)
		draw := rand.New(designBits(seed))
		numbers := make([]float64, n*len(inputs))
		for i := range numbers {
			numbers[i] = draw.Float64()
		}
		at = func(point, input int) float64 { return numbers[point*len(inputs)+input] }
	default:
		return Design{}, fmt.Errorf("a space cannot be sampled by %q; use one of: %s", way, strings.Join(Samplings(), ", "))
	}
	d.At = func(point int) []string {
		row := make([]string, len(inputs))
		for i := range inputs {
			row[i] = inputs[i].At(at(point, i))
		}
		return row
	}
	return d, nil
}

// designBits are the random bits that a design is drawn from; no run has a part in them.
func designBits(seed uint64) rand.Source {
	const design = 0x64657369676e // any constant that is never changed
	return rand.NewPCG(seed, design)
}

// ReadDesign reads points from CSV text: paths in the first line, then a line of values for each
// point. All faults are told at once, each with its line.
func ReadDesign(r io.Reader, name string) (Design, error) {
	in := csv.NewReader(r)
	in.FieldsPerRecord = -1
	in.TrimLeadingSpace = true
	in.Comment = '#'
	paths, err := in.Read()
	if errors.Is(err, io.EOF) {
		return Design{}, fmt.Errorf("%s: is empty; write paths in the first line, such as platforms.A.fee, and a line of values for each point", name)
	}
	if err != nil {
		return Design{}, fmt.Errorf("%s: is not CSV: %w", name, err)
	}
	var faults []error
	for i := range paths {
		paths[i] = strings.TrimSpace(paths[i])
		if paths[i] == "" {
			faults = append(faults, fmt.Errorf("%s:1: column %d has no path", name, i+1))
		}
	}
	var rows [][]string
	for {
		row, err := in.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return Design{}, errors.Join(append(faults, fmt.Errorf("%s: is not CSV: %w", name, err))...)
		}
		line, _ := in.FieldPos(0)
		if len(row) != len(paths) {
			faults = append(faults, fmt.Errorf("%s:%d: has %d values for %d paths", name, line, len(row), len(paths)))
		}
		if i := slices.IndexFunc(row, func(v string) bool { return strings.TrimSpace(v) == "" }); i >= 0 && i < len(paths) {
			faults = append(faults, fmt.Errorf("%s:%d: %s has no value", name, line, paths[i]))
		}
		if rows = append(rows, row); len(rows) > MaxPoints {
			faults = append(faults, fmt.Errorf("%s:%d: has more than %d points", name, line, MaxPoints))
			break
		}
	}
	if len(rows) == 0 {
		faults = append(faults, fmt.Errorf("%s: has paths and no points; write a line of values for each", name))
	}
	if len(faults) > 0 {
		return Design{}, errors.Join(faults...)
	}
	return Design{Paths: paths, Count: len(rows), About: "points of " + name, At: func(point int) []string { return rows[point] }}, nil
}

// Digest names the design by its paths and every value of every point: SHA-256, in hexadecimal.
func (d Design) Digest() string {
	sum := sha256.New()
	fmt.Fprintf(sum, "%q\n", d.Paths)
	for point := range d.Count {
		fmt.Fprintf(sum, "%q\n", d.At(point))
	}
	return hex.EncodeToString(sum.Sum(nil))
}

func pathsOf(inputs []Input) []string {
	paths := make([]string, len(inputs))
	for i, in := range inputs {
		paths[i] = in.Path
	}
	return paths
}

func valuesOf(inputs []Input) [][]string {
	values := make([][]string, len(inputs))
	for i, in := range inputs {
		values[i] = in.Values()
	}
	return values
}
