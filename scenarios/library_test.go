package scenarios

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"flywheel/sim/study"
)

// TestLibraryKeepsItsLetters: scenarios of what has happened state all that they are held to. Each letter is one statement about
// the world; lines that begin with it make it comparable. Conditions of a statement are plain lines; the statement itself is one that was
// fitted to or predicted, but for the same day twice, which is none of both.
func TestLibraryKeepsItsLetters(t *testing.T) {
	for name, letters := range map[string]string{
		"campus-friday-noon-coupon": "abcde", "ctrip-exclusive-merchants": "abcde", "double-eleven-midnight": "abcd", "groupon-2009-2013": "abcd",
		"jd-nearest-store-2011-2016": "abcde", "juhuasuan-new-store-trap": "abcde", "nyc-ride-hailing-2015-2019": "abcde", "papa-johns-multichannel": "abcd",
		"refined-operation-repurchase": "abcde", "suning-offline-first-2013": "abc", "tencent-didi-kuaidi-2014": "abcde", "tuangou-shakeout-lifecycle": "abcdef",
	} {
		s := load(t, name, Options{})
		stated := map[byte]bool{}
		for _, c := range s.Claims {
			letter, rest, lettered := strings.Cut(c.Name, ": ")
			if !lettered || len(letter) != 1 {
				continue
			}
			require.NotEmpty(t, rest, "%s: %s", name, c.Name)
			require.Contains(t, letters, letter, "%s: %s", name, c.Name)
			if c.Kind != study.Plain || name == "campus-friday-noon-coupon" && letter == "d" {
				stated[letter[0]] = true
			}
		}
		for i := range letters {
			require.True(t, stated[letters[i]], "%s has nothing fitted or predicted under letter %c", name, letters[i])
		}
	}
}

// TestLibraryStatesBenchmarks: where a series was observed before what is predicted, a prediction stands beside what
// a forecast without a model says: in the table of what was held out or, for numbers worked out from several, in the line itself.
func TestLibraryStatesBenchmarks(t *testing.T) {
	for name, letters := range map[string]string{
		"ctrip-exclusive-merchants": "a", "groupon-2009-2013": "ac", "jd-nearest-store-2011-2016": "ab", "juhuasuan-new-store-trap": "ab",
		"nyc-ride-hailing-2015-2019": "abcd", "suning-offline-first-2013": "ab", "tencent-didi-kuaidi-2014": "d", "tuangou-shakeout-lifecycle": "e",
	} {
		s := load(t, name, Options{})
		for _, c := range s.Claims {
			if c.Kind != study.Predict || !strings.ContainsAny(c.Name[:1], letters) {
				continue
			}
			held := s.Observed != nil && (c.Left.Work == "" || c.Left.Work == study.WorkSum || slices.ContainsFunc(append(c.Left.Args, c.Left), scored))
			require.True(t, held || len(c.Naive) > 0, "%s: %s has no benchmark", name, c.Name)
		}
	}
}

// scored tells whether a term holds a forecast to its series somewhere.
func scored(t study.Term) bool { return t.Work.Scored() || slices.ContainsFunc(t.Args, scored) }
