package scenarios

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// problemLine is the form of every message: file:line:column: what is wrong.
var problemLine = regexp.MustCompile(`^(fuzz\.yaml|library/[a-z-]+\.yaml|--set [^\n]*|--[a-z]+):[1-9][0-9]*:[1-9][0-9]*: .`)

// Whatever the text, reading it ends in a scenario that resolves to itself or in problems
// that say where they are.
func FuzzLoad(f *testing.F) {
	for _, kind := range []string{"good", "bad"} {
		for _, file := range corpus(f, kind) {
			text, err := os.ReadFile(file)
			require.NoError(f, err)
			f.Add(string(text), "platforms.A.fee=0.2")
		}
	}
	f.Add("name: x", "a.b[0]=")
	f.Fuzz(func(t *testing.T, text, set string) {
		if regexp.MustCompile(`extends["']?\s*:`).MatchString(text) {
			return // would read whatever file it names
		}
		for _, o := range []Options{{}, {Set: []string{set}, Engines: engines}} {
			s, err := Read("fuzz.yaml", []byte(text), o)
			if err != nil {
				for line := range strings.SplitSeq(err.Error(), "\n") {
					require.Regexp(t, problemLine, line)
				}
				continue
			}
			again, err := Read("fuzz.yaml", s.Resolved(), Options{})
			require.NoError(t, err, "%s", s.Resolved())
			requireSame(t, s, again)
		}
	})
}

// Whatever the claim, parsing it ends in a claim or in clauses that stand inside it.
func FuzzExpect(f *testing.F) {
	for _, text := range []string{"share(A, consumers) at 26w between 0.45 and 0.60", "1.5 * cash(*) in alone < orders(segment=students) at end", "share((", "share(A) at -1 > 2"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		scopes, variants := cities()
		claim, faults := parseClaim(text, scopes, variants)
		if len(faults) == 0 {
			require.NotEmpty(t, claim.Op)
			require.True(t, claim.Left.Quantity != nil || claim.Right.Quantity != nil || claim.Upper.Quantity != nil)
		}
		for _, fault := range faults {
			require.True(t, fault.at >= 1 && fault.at <= len([]rune(text))+1, "%d", fault.at)
			require.NotEmpty(t, fault.problem)
			require.NotEmpty(t, fault.remedy)
		}
	})
}
