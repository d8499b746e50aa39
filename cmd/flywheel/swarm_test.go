package main

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"flywheel/results/files"
	"flywheel/sim/swarm"
)

// stage is where a swarm of processes works.
type stage struct {
	server func(queue, addr string) (at string, end func() error) // with its queue in a folder; without an address, at any that is free
	user   string                                                 // what stands before the address
	worker func(i int, program string, args ...string) *exec.Cmd
}

// Three worker processes make a sweep; one of them is killed and the server is stopped and started again in the
// middle. No run is lost, none stands twice, and every file is that of one machine.
func TestASweepSurvivesItsSwarm(t *testing.T) {
	rounds := 1
	if asked, err := strconv.Atoi(os.Getenv("FLYWHEEL_SWARMS")); err == nil {
		rounds = asked
	} else if testing.Short() {
		t.Skip("starts and kills processes and waits 15 s until the runs of a dead one are given away")
	}
	survive(t, rounds, stage{
		server: func(queue, addr string) (string, func() error) {
			if addr == "" {
				free, err := net.Listen("tcp", "127.0.0.1:0")
				require.NoError(t, err)
				addr = free.Addr().String()
				require.NoError(t, free.Close())
			}
			s, err := swarm.Listen(queue, addr)
			require.NoError(t, err)
			return addr, s.Close
		},
		worker: func(_ int, program string, args ...string) *exec.Cmd { return exec.Command(program, args...) },
	})
}

func survive(t *testing.T, rounds int, on stage) {
	dir, binary := inTown(t)
	start := func(said *bytes.Buffer, c *exec.Cmd) *exec.Cmd {
		c.Dir, c.Stderr = dir, said
		require.NoError(t, c.Start())
		t.Cleanup(func() { _ = c.Process.Kill() })
		return c
	}
	sweep := []string{"sweep", "town.yaml", "--vary", "platforms.A.fee=0:0.5:20", "--out"}
	require.NoError(t, start(new(bytes.Buffer), exec.Command(binary, append(sweep, "alone")...)).Wait())
	for round := range rounds {
		queue := t.TempDir()
		addr, end := on.server(queue, "")
		url := "nats://" + on.user + addr
		var workers []*exec.Cmd
		var heard [3]bytes.Buffer
		for i := range heard {
			workers = append(workers, start(&heard[i], on.worker(i, binary, "worker", "--nats", url, "--threads", "1")))
		}
		name := fmt.Sprint("swarm", round)
		var said bytes.Buffer
		lead := start(&said, exec.Command(binary, append(sweep, name, "--nats", url)...))
		require.Eventually(t, func() bool {
			info, err := os.Stat(filepath.Join(dir, ".flywheel-"+name+".journal"))
			return err == nil && info.Size() > 5000 // a few of the 80 runs
		}, time.Minute, time.Millisecond, "no run has come back")
		require.NoError(t, workers[round%3].Process.Kill())
		require.NoError(t, end())
		_, end = on.server(queue, addr)
		stuck := time.AfterFunc(2*time.Minute, func() { _ = lead.Process.Kill() })
		require.NoError(t, lead.Wait(), said.String())
		stuck.Stop()
		for i, w := range workers {
			if i != round%3 {
				require.NoError(t, w.Process.Signal(os.Interrupt))
			}
			_ = w.Wait()
			require.Equal(t, i == round%3, w.ProcessState.ExitCode() != exitInterrupted, "round %d, worker %d: %s", round, i, heard[i].String())
		}
		require.NoError(t, end())
		for _, file := range []string{"trials.csv", "trials.parquet", "points.csv", "points.parquet", "resolved.yaml", files.ManifestName} {
			alone, err := os.ReadFile(filepath.Join(dir, "alone", file))
			require.NoError(t, err)
			together, err := os.ReadFile(filepath.Join(dir, name, file))
			require.NoError(t, err)
			require.Equal(t, alone, together, "round %d: %s", round, file)
		}
		t.Logf("round %d: worker %d killed, server restarted, same bytes", round+1, round%3)
	}
}
