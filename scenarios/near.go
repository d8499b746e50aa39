package scenarios

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/agnivade/levenshtein"
)

// longestName bounds the words that are compared: far beyond any name, and short enough
// that hostile input costs nothing.
const longestName = 80

// leastPrefix is how many letters make a beginning that tells what was meant.
const leastPrefix = 3

// nearest is the known name that the word was probably meant to be, or nothing: one edit
// is forgiven for every three letters, and at least one, but something has to be alike.
// The beginning of a name stands for it too, for the shortest where several begin so.
func nearest(word string, known []string) string {
	ranked := rank(word, known)
	if len(ranked) == 0 || len(word) > longestName {
		return ""
	}
	best := ranked[0]
	if d, letters := distance(word, best), utf8.RuneCountInString(best); d <= max(1, letters/3) && d < max(utf8.RuneCountInString(word), letters) {
		return best
	}
	for _, name := range ranked {
		if len(word) >= leastPrefix && strings.HasPrefix(strings.ToLower(name), strings.ToLower(word)) {
			return name
		}
	}
	return ""
}

// rank orders the known names by their distance from the word, ties by the alphabet.
func rank(word string, known []string) []string {
	ranked := slices.Clone(known)
	if len(word) > longestName {
		word = word[:longestName]
	}
	slices.SortFunc(ranked, func(a, b string) int {
		return cmp.Or(cmp.Compare(distance(word, a), distance(word, b)), cmp.Compare(a, b))
	})
	return ranked
}

// distance counts the edits between two words; two neighbours swapped are one.
func distance(a, b string) int {
	a, b = strings.ToLower(a), strings.ToLower(b)
	for i := 1; len(a) == len(b) && i < len(a); i++ {
		if a[i-1] == b[i] && a[i] == b[i-1] && a[:i-1] == b[:i-1] && a[i+1:] == b[i+1:] {
			return 1
		}
	}
	return levenshtein.ComputeDistance(a, b)
}

// meant is the remedy for an unknown word: the nearest known one, or all of them.
func meant(word string, known []string) string {
	if near := nearest(word, known); near != "" {
		return "did you mean " + near + "?"
	}
	switch len(known) {
	case 0:
		return "leave it out"
	case 1:
		return "the only one is " + known[0]
	}
	return "use one of: " + strings.Join(known, ", ")
}

// few names are enough to find the right one among many.
const few = 5

// Meant is the remedy for an unknown word: the known one nearest to it, or where these are too many to be
// told the nearest few.
func Meant(word string, known []string) string {
	if near := nearest(word, known); near != "" || len(known) <= few {
		return meant(word, known)
	}
	return "the nearest are " + strings.Join(rank(word, known)[:few], ", ")
}
