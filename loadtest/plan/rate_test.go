package plan

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestParseRate(t *testing.T) {
	for text, perSecond := range map[string]float64{"50/s": 50, " 0.5 / s ": 0.5, "3000/m": 50, "3600/h": 1, "86400/d": 1, "2e3/s": 2000, "0/s": 0} {
		r, err := ParseRate(text)
		require.NoError(t, err, text)
		require.Equal(t, perSecond, r.PerSecond(), text)
	}
	for text, why := range map[string]string{
		"":                             "no unit of time",
		"50":                           "no unit of time",
		"/s":                           "the number is missing",
		"-1/s":                         "negative",
		"-0/s":                         "negative",
		"NaN/s":                        "not a decimal number",
		"Inf/s":                        "not a decimal number",
		"0x10/s":                       "not a decimal number",
		"1e999/s":                      "not a finite decimal number",
		"1_000/s":                      "not a decimal number",
		"50/w":                         `"w" is no unit of time for a rate`,
		"50/s/s":                       "no unit of time for a rate",
		strings.Repeat("9", 99) + "/s": "more than 40 digits",
	} {
		_, err := ParseRate(text)
		require.ErrorContains(t, err, why, text)
		require.ErrorContains(t, err, "such as 50/s", "the remedy")
	}
}

func TestParseDuration(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"250ms": 250 * time.Millisecond, "1.5s": 1500 * time.Millisecond, "2m": 2 * time.Minute, "1h30m": 90 * time.Minute,
		"3d": 72 * time.Hour, "1w2d": 9 * 24 * time.Hour, "0": 0, "0s": 0, "7us": 7 * time.Microsecond, "7µs": 7 * time.Microsecond,
		"0.5ns": 1, "0.4ns": 0, "0.1d": 144 * time.Minute,
	} {
		d, err := ParseDuration(text)
		require.NoError(t, err, text)
		require.Equal(t, want, d, text)
	}
	for text, why := range map[string]string{
		"": "it is empty", "5": "the unit is missing", "s": "a number is missing", "5x": `"x" is no unit`, "-5s": "a number is missing",
		"1.2.3s": "a number is missing", ".s": "a number is missing", "400000d": "longer than 292 years", "5s ": "",
		strings.Repeat("1s", 100): "too long",
	} {
		_, err := ParseDuration(text)
		if why == "" {
			require.NoError(t, err)
			continue
		}
		require.ErrorContains(t, err, why, text)
	}
}

// Whatever is read can be written and read again, and nothing makes a parser panic.
func FuzzParseRate(f *testing.F) {
	for _, s := range []string{"50/s", "0.5/m", "1e-300/h", "/", "1e/s", "9999999999999999999999/d"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r, err := ParseRate(text)
		if err != nil {
			return
		}
		require.GreaterOrEqual(t, r.Count, 0.0)
		again, err := ParseRate(r.String())
		if len(r.String()) <= longestNumber {
			require.NoError(t, err)
			require.Equal(t, r, again)
		}
	})
}

func FuzzParseDuration(f *testing.F) {
	for _, s := range []string{"1h30m", "0.5ns", "1w", "1.s", "..", "999999999999999999w", "5µs"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := ParseDuration(text)
		if err != nil {
			return
		}
		require.GreaterOrEqual(t, d, time.Duration(0))
		again, err := ParseDuration(d.String())
		require.NoError(t, err)
		require.Equal(t, d, again)
	})
}
