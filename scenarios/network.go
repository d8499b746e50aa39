package scenarios

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"flywheel/models"
)

// aNetwork is who knows whom on one side.
func aNetwork() *record {
	return &record{name: "a network", fields: []field{
		{key: "name", form: aName, required: "give it a name", about: "What it is called."},
		{key: "side", form: aName, required: "name the side whose people know each other, such as consumers", about: "Side whose people know each other, in every region by itself. Engine agents only."},
		{key: "small_world", choice: "small_world", about: "A ring of neighbours with some ties rewired (Watts and Strogatz 1998).", form: &record{name: "a small world", fields: []field{
			{key: "neighbours", form: aWhole, unit: "people", preset: "10", source: assumed, about: "How many each knows before rewiring, half on each side: an even number."},
			{key: "rewired", form: aNumber, unit: "probability", preset: "0.1", source: "in the middle of the range with short paths and high clustering (Watts and Strogatz 1998)",
				about: "Probability that a tie is exchanged for one with anybody."},
		}}},
		{key: "preferential", choice: "preferential", about: "Growth by preferential attachment (Barabási and Albert 1999).", form: &record{name: "preferential attachment", fields: []field{
			{key: "links", form: aWhole, unit: "people", preset: "5", source: assumed, about: "How many each becomes acquainted with when it comes."},
		}}},
		{key: "file", choice: "file", form: &edgeFile{&record{
			name: "a list of acquaintances", shorts: "a file's path", short: func(n *node) *node { return brief(n, "path", n) },
			fields: []field{
				{key: "path", form: aText, required: "name the file, such as path: friends.csv", about: "File with two numbers in each line, of people who know each other; they count from 0 in the order of segments. Relative to this scenario."},
				{key: "sha256", form: aText, about: "What the file's SHA-256 has to be; filled in."},
			}}}, about: "A list of acquaintances."},
		{key: "carries", form: oneOf(string(models.CarriesNews), string(models.CarriesWorth), string(models.CarriesBoth)), preset: string(models.CarriesBoth), source: definition,
			about: "What passes between acquaintances: news (awareness grows with the share of one's acquaintances who use the platform), worth (the same-side effect acts on that share), or both."},
	}}
}

// network is the network a filled node describes.
func (b *builder) network(n *node) models.Network {
	net := models.Network{Name: textOf(n.get("name")), Side: textOf(n.get("side")), Carries: models.Carries(textOf(n.get("carries")))}
	switch small, growth, file := n.get("small_world"), n.get("preferential"), n.get("file"); {
	case small != nil:
		net.Graph = models.SmallWorld{Neighbours: int(clamp(whole64(small.get("neighbours")))), Rewired: number(small.get("rewired"))}
	case growth != nil:
		net.Graph = models.Preferential{Links: int(clamp(whole64(growth.get("links"))))}
	case file != nil:
		var list models.Edges
		if path := file.get("path"); path != nil {
			list.Pairs = path.pairs
		}
		net.Graph = list
	}
	return net
}

// edgeFile is a form of a file that lists who knows whom. It is read when the document that
// names it is, and its checksum is written into the resolved scenario: another file of that
// name is another scenario.
type edgeFile struct{ record *record }

func (f *edgeFile) what() string { return f.record.what() }

func (f *edgeFile) fill(_ *report, n *node, _ place) *node { return n }

func (f *edgeFile) read(r *report, n *node) *node {
	out := f.record.read(r, n)
	path := out.get("path")
	switch {
	case out.kind != mapping || path != nil && path.kind == lost:
		return out
	case path == nil:
		return r.add(out.at.under("path"), f.record.field("path").required, "is missing")
	}
	at := path.at
	name := path.text
	if folder := filepath.Dir(at.file); !filepath.IsAbs(name) && !strings.HasPrefix(at.file, "--") {
		name = filepath.Join(folder, name)
	}
	file, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return r.add(at, "give a path relative to the file that names it", "there is no file %s", name)
	} else if err != nil {
		return r.add(at, "make it readable", "cannot read it: %v", err)
	}
	defer file.Close()
	sum := sha256.New()
	pairs, problem := readPairs(io.TeeReader(file, sum))
	if problem != "" {
		return r.add(at, "write two numbers a line, such as 0,17", "%s%s", name, problem)
	}
	digest := hex.EncodeToString(sum.Sum(nil))
	if said := out.get("sha256"); said != nil && said.kind == scalar && said.text != digest {
		return r.add(said.at, "restore the file, or take sha256 out", "the file has another content: its SHA-256 is %s", digest)
	}
	held := *path
	held.pairs = pairs
	return &node{kind: mapping, at: out.at, form: f.record, whole: true, source: out.source, entries: []entry{
		{"path", at, &held}, {"sha256", at, &node{text: digest, isText: true, at: at, form: aText}},
	}}
}

// readPairs reads a list of acquaintances: two numbers a line, apart by a comma, a semicolon
// or blanks; empty lines and those that begin with # are left out, and so is a first line of
// words. The problem begins with the line's number.
func readPairs(from io.Reader) (pairs [][2]uint32, problem string) {
	lines := bufio.NewScanner(from)
	for number := 1; lines.Scan(); number++ {
		text := strings.TrimSpace(lines.Text())
		if text == "" || text[0] == '#' {
			continue
		}
		words := strings.FieldsFunc(text, func(c rune) bool { return strings.ContainsRune(",; \t", c) })
		if number == 1 && !strings.ContainsAny(text, "0123456789") {
			continue
		}
		if len(words) != 2 {
			return nil, fmt.Sprintf(":%d: %q is not two numbers", number, clip(text))
		}
		var pair [2]uint32
		for i, word := range words {
			n, err := strconv.ParseUint(word, 10, 32)
			if err != nil || n == math.MaxUint32 {
				return nil, fmt.Sprintf(":%d: %q is not the number of a person", number, clip(word))
			}
			pair[i] = uint32(n)
		}
		if pair[0] == pair[1] {
			return nil, fmt.Sprintf(":%d: person %d knows itself", number, pair[0])
		}
		pairs = append(pairs, pair)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Sprintf(": %v", err)
	}
	if len(pairs) == 0 {
		return nil, " names nobody"
	}
	return pairs, twice(pairs)
}

// twice finds two people whose acquaintance is listed twice.
func twice(pairs [][2]uint32) string {
	keys := make([]uint64, len(pairs))
	for i, p := range pairs {
		keys[i] = uint64(min(p[0], p[1]))<<32 | uint64(max(p[0], p[1]))
	}
	slices.Sort(keys)
	for i := 1; i < len(keys); i++ {
		if keys[i] == keys[i-1] {
			return fmt.Sprintf(" lists %d and %d twice", keys[i]>>32, uint32(keys[i]))
		}
	}
	return ""
}
