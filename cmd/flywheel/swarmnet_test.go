package main

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/stretchr/testify/require"
)

// The same with each worker in a network namespace of its own, as if on three machines, and a server that asks
// who they are. It changes the machine's network for as long as it goes on, so it has to be asked for:
// FLYWHEEL_NETNS=20 go test -run TestASweepSurvivesItsNetwork ./cmd/flywheel, as root.
func TestASweepSurvivesItsNetwork(t *testing.T) {
	rounds, err := strconv.Atoi(os.Getenv("FLYWHEEL_NETNS"))
	if err != nil {
		t.Skip("makes network namespaces; FLYWHEEL_NETNS says how many rounds of it are wanted")
	}
	const bridge, host = "fwtest-br", "10.213.77.1"
	ip := func(args ...string) {
		out, err := exec.Command("ip", args...).CombinedOutput()
		require.NoError(t, err, "ip %v: %s", args, out)
	}
	ip("link", "add", bridge, "type", "bridge")
	t.Cleanup(func() { ip("link", "del", bridge) })
	ip("addr", "add", host+"/24", "dev", bridge)
	ip("link", "set", bridge, "up")
	for i := range 3 {
		space, end := fmt.Sprint("fwtest-", i), fmt.Sprint("fwtest-v", i)
		ip("netns", "add", space)
		t.Cleanup(func() { ip("netns", "del", space) })
		ip("link", "add", end, "type", "veth", "peer", "name", "eth0", "netns", space)
		ip("link", "set", end, "master", bridge, "up")
		ip("-n", space, "addr", "add", fmt.Sprintf("10.213.77.%d/24", 10+i), "dev", "eth0")
		ip("-n", space, "link", "set", "eth0", "up")
		ip("-n", space, "link", "set", "lo", "up")
	}
	survive(t, rounds, stage{
		server: func(queue, addr string) (string, func() error) {
			o := &server.Options{ServerName: "flywheel", JetStream: true, StoreDir: queue, Host: host, Port: server.RANDOM_PORT, Username: "flywheel", Password: "secret", NoLog: true, NoSigs: true}
			if addr != "" {
				_, port, err := net.SplitHostPort(addr)
				require.NoError(t, err)
				o.Port, err = strconv.Atoi(port)
				require.NoError(t, err)
			}
			s, err := server.NewServer(o)
			require.NoError(t, err)
			s.Start()
			require.True(t, s.ReadyForConnections(time.Minute))
			return s.Addr().String(), func() error { s.Shutdown(); s.WaitForShutdown(); return nil }
		},
		user: "flywheel:secret@",
		worker: func(i int, program string, args ...string) *exec.Cmd {
			return exec.Command("ip", append([]string{"netns", "exec", fmt.Sprint("fwtest-", i), program}, args...)...)
		},
	})
}
