package loadtest

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"flywheel/loadtest/plan"
)

const archive = `{"log": {"entries": [
 {"startedDateTime": "2026-11-22T10:00:03.500Z", "time": 10, "request": {"method": "POST", "url": "https://shop.example/cart?x=1", "headers": [{"name": "content-type", "value": "application/json"}, {"name": "Cookie", "value": "sid=1"}, {"name": ":path", "value": "/cart"}], "postData": {"text": "{\"item\": 7}"}}},
 {"startedDateTime": "2026-11-22T10:00:00.000Z", "time": 500, "request": {"method": "GET", "url": "https://shop.example/", "headers": [{"name": "Accept", "value": "text/html"}, {"name": "Authorization", "value": "Bearer secret"}]}},
 {"startedDateTime": "2026-11-22T10:00:00.600Z", "time": 500, "request": {"method": "GET", "url": "https://ads.example/a.js", "headers": []}},
 {"startedDateTime": "2026-11-22T10:00:04.000Z", "time": 1, "request": {"method": "GET", "url": "https://shop.example/cart", "headers": []}}]}}`

func TestFromHAR(t *testing.T) {
	p, notes, err := FromHAR(strings.NewReader(archive))
	require.NoError(t, err)
	require.Equal(t, "https://shop.example", p.Target)
	require.Equal(t, []string{"shop.example"}, p.Limits.Hosts)
	require.Equal(t, []plan.Step{
		{Name: "root", Get: "/", Headers: map[string]string{"Accept": "text/html"}, Wait: plan.Wait{From: 3 * time.Second, To: 3 * time.Second}}, // from 0.5 s to 3.5 s
		{Name: "cart", Post: "/cart?x=1", Body: `{"item": 7}`, Headers: map[string]string{"Content-Type": "application/json"}, Wait: plan.Wait{From: 490 * time.Millisecond, To: 490 * time.Millisecond}},
		{Name: "cart-2", Get: "/cart"},
	}, p.Journeys[0].Steps)
	require.ElementsMatch(t, []string{"left out requests to ads.example", "left out cookies: a journey keeps those that it is given", "left out an authorization: name its variable under auth"}, notes)
	require.NotContains(t, string(p.Text()), "secret")
	for text, want := range map[string]string{"": "no HTTP archive", "{}": "no request that can be sent", `{"log": {"entries": [{"request": {"method": "GET", "url": "ftp://x/"}}]}}`: "no request that can be sent"} {
		_, _, err := FromHAR(strings.NewReader(text))
		require.ErrorContains(t, err, want)
	}
}

func TestFromTargets(t *testing.T) {
	p, _, err := FromTargets(strings.NewReader("GET http://127.0.0.1:8080/a?b=c\nX-A: 1\n\nDELETE http://127.0.0.1:8080/a\n"))
	require.NoError(t, err)
	require.Equal(t, []plan.Journey{{Steps: []plan.Step{{Name: "a", Get: "/a?b=c", Headers: map[string]string{"X-A": "1"}}}}, {Steps: []plan.Step{{Name: "a-2", Delete: "/a"}}}}, p.Journeys)
	require.Empty(t, p.Limits.Hosts)
	_, _, err = FromTargets(strings.NewReader("nonsense\n"))
	require.ErrorContains(t, err, "no file of vegeta's targets")
}

func FuzzFromHAR(f *testing.F) {
	f.Add(archive)
	f.Add(`{"log":{"entries":[{"startedDateTime":"2026-01-01T00:00:00Z","time":1e300,"request":{"method":"get","url":"http://x/{{a","headers":[{"name":"a b","value":"\n"}]}}]}}`)
	f.Fuzz(func(t *testing.T, text string) {
		p, _, err := FromHAR(strings.NewReader(text))
		if err == nil {
			require.NoError(t, p.Validate().Err(), "a plan that was made can be run")
			require.NotEmpty(t, p.Text())
		}
	})
}

func FuzzFromTargets(f *testing.F) {
	f.Add("GET http://127.0.0.1:8080/a?b=c\nX-A: 1\n\nDELETE http://127.0.0.1:8080/a\n")
	f.Add("POST http://x/{{a\n# note\nX-B:\n")
	f.Add("POST http://*/0000000000000000")
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Contains(text, "@") {
			t.Skip("a body that is a file of this machine")
		}
		p, _, err := FromTargets(strings.NewReader(text))
		if err == nil {
			require.NoError(t, p.Validate().Err(), "a plan that was made can be run")
			require.NotEmpty(t, p.Text())
		}
	})
}
