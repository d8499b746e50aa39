package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"os/signal"
	"slices"
	"syscall"

	"github.com/olekukonko/tablewriter/pkg/twwidth"
	"github.com/spf13/cobra"

	"flywheel/models"
	"flywheel/scenarios"
)

// What the program exits with.
const (
	exitDone        = 0
	exitOther       = 1   // disk full, target unreachable, anything not named here
	exitUsage       = 2   // wrong flags, or a named file that is not there
	exitFaulty      = 3   // faulty content of a file, an engine that cannot carry it
	exitJudged      = 4   // a judged condition failed
	exitInterrupted = 130 // Ctrl-C or SIGTERM; what was finished is kept
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the program at once
	log.SetOutput(io.Discard)    // package net/http writes there, a line for each oddity of a target, which reports count
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr, os.Getenv))
}

// program is one call of flywheel: where it prints, and the flags that every command has.
type program struct {
	out, err io.Writer
	env      func(string) string

	json, quiet, noColour bool
	charts                bool // of commands that draw
}

// run is the whole program as a function: arguments in, an exit code out. The context ends
// when the user interrupts.
func run(ctx context.Context, args []string, stdout, stderr io.Writer, env func(string) string) int {
	// A stroke, a dash or a sign takes one column in the charts, and so in the tables, whatever
	// the locale says: the same inputs give the same page.
	twwidth.SetEastAsian(false)
	p := &program{out: stdout, err: stderr, env: env}
	root := p.root()
	root.SetArgs(args)
	return p.exit(root.ExecuteContext(ctx))
}

// commands are what the user can type, by the group that help shows them in.
func (p *program) commands() map[string][]*cobra.Command {
	return map[string][]*cobra.Command{
		simulate: {
			p.runCommand(),
			p.compareCommand(),
			p.sweepCommand(),
			p.sensitivityCommand(),
			p.fitCommand(),
			p.optimiseCommand(),
			p.gameCommand(),
			p.workerCommand(),
			p.zoomCommand(),
		},
		press: {
			p.loadCommand(),
			p.capacityCommand(),
			p.rehearseCommand(),
			p.targetCommand(),
		},
		understand: {
			p.checkCommand(),
			p.equilibriaCommand(),
			p.explainCommand(),
			p.reportCommand(),
			p.resultsCommand(),
			p.serveCommand(),
			p.verifyCommand(),
			p.versionCommand(),
		},
	}
}

// The groups of commands.
const (
	simulate   = "simulate"
	press      = "press"
	understand = "understand"
)

// failure is an error that knows its exit code. The error is nil when everything has been
// said on the page already.
type failure struct {
	code int
	error
}

func (f failure) Unwrap() error { return f.error }

// exit prints what went wrong, if anything did, and says what to exit with.
func (p *program) exit(err error) int {
	if err == nil {
		return exitDone
	}
	if own := (failure{}); !errors.As(err, &own) || own.error != nil {
		fmt.Fprintln(p.err, err.Error()+wayOut(err))
	}
	return exitOf(err)
}

// wayOut is what to do about an error of the system that does not say so itself.
func wayOut(err error) string {
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return "; make room there, or write elsewhere"
	case errors.Is(err, syscall.EROFS):
		return "; write elsewhere"
	}
	return ""
}

// exitOf is the exit code of an error, also of one that another room returned.
func exitOf(err error) int {
	var own failure
	var missing *scenarios.NotFoundError
	var problems scenarios.Problems
	var faults models.Faults
	switch {
	case errors.As(err, &own):
		return own.code
	case errors.As(err, &missing):
		return exitUsage
	case errors.As(err, &problems) && ofFlags(problems):
		return exitUsage
	case errors.As(err, &problems), errors.As(err, &faults):
		return exitFaulty
	}
	return exitOther
}

// ofFlags tells whether nothing is wrong but the values of flags. What --set changes counts
// as content, like the file it changes.
func ofFlags(problems scenarios.Problems) bool {
	for _, p := range problems {
		if !slices.Contains([]string{"--engine", "--seed", "--replications"}, p.File) {
			return false
		}
	}
	return true
}
