package loadtest

import (
	"context"
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
		_, err = newGate(u, plan.Limits{Hosts: tc.hosts})
		if tc.ok {
			require.NoError(t, err, tc.target)
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
