package main

import (
	"bufio"
	"bytes"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// The commands of scripts that press a shop.

// soon is how long a script waits for what should come at once.
const soon = 30 * time.Second

// running is a flywheel that a script started and did not wait for.
type running struct {
	command     *exec.Cmd
	out, errors bytes.Buffer
	mu          sync.Mutex // of both while it runs
}

// start runs a program with its streams in memory; every line of its streams is shown to
// see, from one goroutine at a time.
func start(ts *testscript.TestScript, see func(line string), name string, args ...string) (*running, *sync.WaitGroup) {
	program, err := exec.LookPath(name)
	ts.Check(err)
	r := &running{command: exec.Command(program, args...)}
	r.command.Dir = ts.MkAbs(".")
	r.command.Env = append(os.Environ(), "TERM=dumb")
	var read sync.WaitGroup
	follow := func(stream io.Reader, keep *bytes.Buffer) {
		read.Go(func() {
			for lines := bufio.NewReader(stream); ; {
				line, err := lines.ReadString('\n')
				r.mu.Lock()
				keep.WriteString(line)
				if line != "" {
					see(strings.TrimSpace(line))
				}
				r.mu.Unlock()
				if err != nil {
					return
				}
			}
		})
	}
	stdout, err := r.command.StdoutPipe()
	ts.Check(err)
	stderr, err := r.command.StderrPipe()
	ts.Check(err)
	ts.Check(r.command.Start())
	follow(stdout, &r.out)
	follow(stderr, &r.errors)
	return r, &read
}

// stop presses Ctrl-C and wants exit code 130.
func (r *running) stop(ts *testscript.TestScript, read *sync.WaitGroup) {
	ts.Check(r.command.Process.Signal(os.Interrupt))
	firm := time.AfterFunc(soon, func() { _ = r.command.Process.Kill() })
	defer firm.Stop()
	read.Wait()
	if got := codeOf(ts, r.command.Wait()); got != exitInterrupted {
		ts.Fatalf("exit code %d, wanted %d; stderr: %s", got, exitInterrupted, r.errors.String())
	}
}

// ctrlC REGEXP COMMAND... starts a command, waits until a line that it prints matches, and
// presses Ctrl-C: the command must then end with exit code 130. What was printed is in the
// files stdout.txt and stderr.txt.
func ctrlC(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: ctrlc REGEXP COMMAND...")
	}
	wanted, seen := regexp.MustCompile(args[0]), make(chan struct{})
	var once sync.Once
	r, read := start(ts, func(line string) {
		if wanted.MatchString(line) {
			once.Do(func() { close(seen) })
		}
	}, args[1], args[2:]...)
	select {
	case <-seen:
	case <-time.After(soon):
		ts.Check(r.command.Process.Kill())
		ts.Fatalf("no line matched %s in %s", args[0], soon)
	}
	r.stop(ts, read)
	ts.Check(os.WriteFile(ts.MkAbs("stdout.txt"), r.out.Bytes(), 0o666))
	ts.Check(os.WriteFile(ts.MkAbs("stderr.txt"), r.errors.Bytes(), 0o666))
}

// openShops is where a script keeps how to close its shops, by name.
type openShops struct{}

func shops(ts *testscript.TestScript) map[string]func() {
	return ts.Value(openShops{}).(map[string]func())
}

// openShop NAME FLAG... starts flywheel target on a free port and puts its address, the
// first line that it prints, into the variable NAME. The shop is closed with the script.
func openShop(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: shop NAME FLAG...")
	}
	lines := make(chan string, 8)
	r, read := start(ts, func(line string) {
		if strings.HasPrefix(line, "http") {
			lines <- line
		}
	}, "flywheel", append([]string{"target", "--addr", "127.0.0.1:0"}, args[1:]...)...)
	var once sync.Once
	stop := func() {
		once.Do(func() {
			r.stop(ts, read)
			ts.Check(os.WriteFile(ts.MkAbs("stdout.txt"), r.out.Bytes(), 0o666))
			ts.Check(os.WriteFile(ts.MkAbs("stderr.txt"), r.errors.Bytes(), 0o666))
		})
	}
	ts.Defer(stop)
	shops(ts)[args[0]] = stop
	select {
	case address := <-lines:
		ts.Setenv(args[0], address)
	case <-time.After(soon):
		ts.Fatalf("the shop has printed no address in %s", soon)
	}
}

// closeShop NAME presses Ctrl-C on a shop; what it printed is in stdout.txt and stderr.txt.
func closeShop(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 || shops(ts)[args[0]] == nil {
		ts.Fatalf("usage: closeshop NAME")
	}
	shops(ts)[args[0]]()
}
