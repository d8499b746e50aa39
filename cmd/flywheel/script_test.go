package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"flywheel/results/files"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"flywheel": main})
}

var update = flag.Bool("update", false, "write what a script compares stdout with anew")

// TestScripts tries the program as a user would: each file is a session.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:           "testdata/script",
		UpdateScripts: *update,
		Condition: func(name string) (bool, error) {
			if name == "duckdb" {
				return files.HasSQL, nil
			}
			return false, fmt.Errorf("no condition is called %q", name)
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"exits":     exits,
			"interrupt": interrupt,
			"killed":    killed,
			"ctrlc":     ctrlC,
			"shop":      openShop,
			"closeshop": closeShop,
		},
		Setup: func(e *testscript.Env) error {
			e.Setenv("TERM", "dumb")
			e.Values[openShops{}] = map[string]func(){}
			return nil
		},
	})
}

// exits CODE COMMAND... runs a command that must exit with the code.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	if got := codeOf(ts, ts.Exec(args[1], args[2:]...)); got != want {
		ts.Fatalf("exit code %d, wanted %d", got, want)
	}
}

func codeOf(ts *testscript.TestScript, err error) int {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit):
		return exit.ExitCode()
	}
	ts.Fatalf("%v", err)
	return -1
}

// interrupt GLOB BYTES COMMAND... starts a command, waits until a file that matches has so
// many bytes, presses Ctrl-C, and wants exit code 130. What was printed is in the files
// stdout.txt and stderr.txt.
func interrupt(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 {
		ts.Fatalf("usage: interrupt GLOB BYTES COMMAND...")
	}
	stopAt(ts, args, os.Interrupt, exitInterrupted)
}

// killed GLOB BYTES COMMAND... is interrupt by kill -9.
func killed(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 {
		ts.Fatalf("usage: killed GLOB BYTES COMMAND...")
	}
	stopAt(ts, args, os.Kill, -1)
}

// stopAt starts a command, waits until a file that matches has so many bytes, sends a signal,
// and wants an exit code.
func stopAt(ts *testscript.TestScript, args []string, signal os.Signal, want int) {
	enough, err := strconv.ParseInt(args[1], 10, 64)
	ts.Check(err)
	program, err := exec.LookPath(args[2])
	ts.Check(err)
	var out, said bytes.Buffer
	c := exec.Command(program, args[3:]...)
	c.Dir, c.Stdout, c.Stderr = ts.MkAbs("."), &out, &said
	ts.Check(c.Start())
	grown := func() bool {
		paths, err := filepath.Glob(ts.MkAbs(args[0]))
		ts.Check(err)
		for _, path := range paths {
			if info, err := os.Stat(path); err == nil && info.Size() >= enough {
				return true
			}
		}
		return false
	}
	const patience = 30 * time.Second
	for end := time.Now().Add(patience); !grown(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			ts.Check(c.Process.Kill())
			ts.Fatalf("%s has not reached %d bytes in %s", args[0], enough, patience)
		}
	}
	ts.Check(c.Process.Signal(signal))
	if got := codeOf(ts, c.Wait()); got != want {
		ts.Fatalf("exit code %d, wanted %d; stderr: %s", got, want, said.String())
	}
	ts.Check(os.WriteFile(ts.MkAbs("stdout.txt"), out.Bytes(), 0o666))
	ts.Check(os.WriteFile(ts.MkAbs("stderr.txt"), said.Bytes(), 0o666))
}
