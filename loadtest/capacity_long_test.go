//go:build long

package loadtest

import (
	"context"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"flywheel/loadtest/target"
)

// The capacity of the practice shop, and of nginx with limit_req, is found to five in a
// hundred, ten times of ten:
// go test -tags long -run FindsTheCapacity -parallel 3 -v -timeout 60m ./loadtest
//
// nginx is set up as its manual advises for visitors: counted by their address, with a
// burst without delay, of a twentieth of a second here (five requests at least). Without a
// burst it turns away whatever comes a millisecond early, so evenly sent requests fail far
// below its rate; with one its capacity is its rate, beyond which a probe of four seconds
// sees one request in a hundred turned away from 2% on.
func TestFindsTheCapacity(t *testing.T) {
	open := map[string]func(t *testing.T, rate int) string{
		"shop": func(t *testing.T, rate int) string {
			shop, err := target.Open(target.Options{Capacity: float64(rate)})
			require.NoError(t, err)
			t.Cleanup(func() { _ = shop.Close(context.Background()) })
			return shop.URL
		},
		"nginx": func(t *testing.T, rate int) string {
			return nginxWith(t, fmt.Sprintf("limit_req_zone $binary_remote_addr zone=all:1m rate=%dr/s;", rate),
				fmt.Sprintf("limit_req zone=all burst=%d nodelay; try_files /missing.html =204;", max(5, rate/20)))
		},
	}
	for _, rate := range []int{50, 80, 120, 200, 330, 400, 500, 640, 700, 800} {
		for _, name := range []string{"shop", "nginx"} {
			t.Run(fmt.Sprintf("%s-%d", name, rate), func(t *testing.T) {
				t.Parallel()
				url := open[name](t, rate)
				c, err := FindCapacity(context.Background(), steady(url, 200, time.Minute), CapacityOptions{})
				require.NoError(t, err)
				load, _ := os.ReadFile("/proc/loadavg")
				miss := math.Abs(orNaN(c.Highest)/float64(rate) - 1)
				t.Logf("FIGURE %s %d/s: %s, %g to %g, off by %.1f%%, %d probes in %.0f s, %s, load of the machine %s", name, rate,
					c.Ending, orNaN(c.Highest), orNaN(c.Lowest), 100*miss, len(c.Probes), c.Elapsed, c.Broke, strings.Fields(string(load))[0])
				if c.Ending != Found || miss > 0.05 {
					for _, p := range c.Probes {
						t.Logf("%+v", p)
					}
				}
				require.Equal(t, Found, c.Ending)
				require.LessOrEqual(t, miss, 0.05)
			})
		}
	}
}
