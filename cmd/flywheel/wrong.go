package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"flywheel/scenarios"
)

// wrong is an error in what the user typed after the program's name.
func wrong(format string, args ...any) error {
	return failure{exitUsage, fmt.Errorf(format, args...)}
}

// wrongFlag says what is wrong with a flag, with the near miss where the flag is unknown.
func wrongFlag(cmd *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	var value *pflag.InvalidValueError
	var missing *pflag.ValueRequiredError
	switch {
	case errors.As(err, &unknown):
		var known []string
		cmd.Flags().VisitAll(func(f *pflag.Flag) { known = append(known, "--"+f.Name) })
		typed := "--" + unknown.GetSpecifiedName()
		if letters := unknown.GetSpecifiedShortnames(); letters != "" {
			typed = "-" + letters
		}
		return wrong("unknown flag %s; %s", typed, meant(typed, known, "see "+cmd.CommandPath()+" --help"))
	case errors.As(err, &value):
		return wrong("--%s: %q is not %s", value.GetFlag().Name, value.GetValue(), wanted(value.GetFlag().Value.Type()))
	case errors.As(err, &missing):
		return wrong("--%s: has no value; give %s", missing.GetSpecifiedName(), wanted(missing.GetFlag().Value.Type()))
	}
	return wrong("%w; see %s --help", err, cmd.CommandPath())
}

// wanted says in words what a flag's value must be.
func wanted(kind string) string {
	switch kind {
	case "bool":
		return "true or false"
	case "int":
		return "a whole number"
	case "float64":
		return "a number"
	case "uint64":
		return "a whole number from 0 to 18446744073709551615"
	}
	return "a value"
}

func unknownCommand(parent *cobra.Command, word string) error {
	var known []string
	for _, c := range parent.Commands() {
		if c.IsAvailableCommand() {
			known = append(known, c.Name())
		}
	}
	return wrong("unknown command %q; %s", word, meant(word, known, "see flywheel help"))
}

// oneScenario accepts exactly one scenario as argument.
func oneScenario(cmd *cobra.Command, args []string) error {
	switch len(args) {
	case 1:
		return nil
	case 0:
		return wrong("%s wants a scenario: a file, or a name of the library (%s)", cmd.Name(), strings.Join(scenarios.Library(), ", "))
	}
	return wrong("%s takes one scenario at a time, not %d: %s", cmd.Name(), len(args), strings.Join(args, " "))
}

// none refuses arguments.
func none(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return wrong("%s takes no argument such as %q; see %s --help", cmd.Name(), args[0], cmd.CommandPath())
	}
	return nil
}

// meant is the remedy for an unknown word: the known one nearest to it, else something
// more general.
func meant(word string, known []string, otherwise string) string {
	distance := func(name string) int {
		return levenshtein.ComputeDistance(strings.ToLower(word), strings.ToLower(name))
	}
	nearest := slices.MinFunc(append(slices.Clone(known), ""), func(a, b string) int { return distance(a) - distance(b) })
	// Two edits forgive two letters swapped, the commonest slip of the fingers.
	if nearest == "" || distance(nearest) > max(2, len(nearest)/3) {
		return otherwise
	}
	return "did you mean " + nearest + "?"
}
