package loadtest

import (
	"context"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"flywheel/loadtest/plan"
)

func TestOnlyLoopbackAndNamedHostsArePressed(t *testing.T) {
	for _, tc := range []struct {
		target string
		hosts  []string
		ok     bool
	}{
		{"http://127.0.0.1:8080", nil, true},
		{"http://127.9.9.9", nil, true},
		{"http://[::1]:8080", nil, true},
		{"http://localhost:8080", nil, true},
		{"http://shop.localhost", nil, true},
		{"http://notlocalhost", nil, false},
		{"http://localhost.example", nil, false},
		{"http://192.0.2.1", nil, false}, // TEST-NET-1 of RFC 5737: nobody's
		{"http://192.0.2.1", []string{"192.0.2.2"}, false},
		{"http://192.0.2.1", []string{"192.0.2.1"}, true},
		{"https://shop.example", []string{"SHOP.example:443"}, true},
		{"http://shop.example", []string{"shop.example:443"}, false},
		{"http://0.0.0.0:80", nil, false},
	} {
		u, err := url.Parse(tc.target)
		require.NoError(t, err)
		_, err = newGate(u, plan.Limits{Hosts: tc.hosts}, tc.hosts)
		if tc.ok {
			require.NoError(t, err, tc.target)
			if !loopbackName(u.Hostname()) && tc.hosts != nil { // the plan's word is not enough
				_, err = newGate(u, plan.Limits{Hosts: tc.hosts}, nil)
				require.ErrorContains(t, err, "--i-may-press "+u.Hostname())
				_, err = newGate(u, plan.Limits{}, tc.hosts)
				require.ErrorContains(t, err, "add it to limits.hosts", "nor is the person's")
			}
			continue
		}
		var refused *HostRefused
		require.ErrorAs(t, err, &refused, tc.target)
		require.ErrorContains(t, err, "add it to limits.hosts")
	}
}

func TestARefusedHostIsNotContacted(t *testing.T) {
	_, err := Run(context.Background(), steady("http://192.0.2.1:9", 1, time.Second), Options{})
	var refused *HostRefused
	require.ErrorAs(t, err, &refused)
	require.Empty(t, refused.Address, "it was refused by its name, before any connection")
}

// A loopback name that resolves elsewhere is refused when the connection is made,
// by the address, before a packet leaves.
func TestTheResolvedAddressIsChecked(t *testing.T) {
	d := gate{host: "localhost"}.dialer(time.Second)
	var refused *HostRefused
	require.ErrorAs(t, d.Control("tcp", "192.0.2.1:80", nil), &refused)
	require.Equal(t, "192.0.2.1", refused.Address)
	require.NoError(t, d.Control("tcp", "127.0.0.1:80", nil))
	require.NoError(t, d.Control("tcp6", "[::1]:80", nil))
	require.NoError(t, gate{host: "shop.example", named: true}.dialer(time.Second).Control("tcp", "192.0.2.1:80", nil))
}

// Neither a redirect nor a proxy of the environment leads a run to another host.
func TestNoOtherHostIsEverAsked(t *testing.T) {
	elsewhere := make(chan string, 100)
	other := serve(t, func(_ http.ResponseWriter, r *http.Request) { elsewhere <- r.URL.String() })
	t.Setenv("HTTP_PROXY", other)
	t.Setenv("http_proxy", other)
	t.Setenv("ALL_PROXY", other)
	url := serve(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, other, http.StatusFound) })
	r := press(t, context.Background(), steady(url, 20, 200*time.Millisecond), Options{})
	require.Equal(t, int64(4), r.Requests.OK, "a redirect is an answer like another")
	require.Empty(t, elsewhere)
}
