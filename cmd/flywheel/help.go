package main

import (
	"strings"

	"github.com/spf13/cobra"

	"flywheel/scenarios"
)

// root is the program itself: its help, the flags of every command, and the commands.
func (p *program) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "flywheel",
		Short: "Forecast a two-sided platform, and see whether the real one will hold",
		Long: `Flywheel forecasts the growth of two-sided platforms under subsidy strategies: an
agent-based model of network effects, run many times, with bands on every number.`,
		Example:       "  flywheel run " + exampleScenario + "     a forecast: chart, summary, tables in flywheel-out/",
		Version:       version,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.ArbitraryArgs,
	}
	root.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return cmd.Help()
		}
		return unknownCommand(root, args[0])
	}
	root.SetOut(p.out)
	root.SetErr(p.err)
	root.SetFlagErrorFunc(wrongFlag)
	root.SetHelpCommand(helpCommand(root))
	root.SetUsageTemplate(usageText)
	root.SetVersionTemplate("flywheel {{.Version}}\n")

	flags := root.PersistentFlags()
	flags.BoolVar(&p.json, "json", false, "print exactly one JSON document instead of tables")
	flags.BoolVar(&p.quiet, "quiet", false, "show no progress")
	flags.BoolVar(&p.noColour, "no-color", false, "print without colours, as NO_COLOR does")

	for _, group := range []struct{ id, title string }{
		{simulate, "Simulate:"}, {press, "Press:"}, {understand, "Understand:"},
	} {
		list := p.commands()[group.id]
		if len(list) == 0 {
			continue
		}
		root.AddGroup(&cobra.Group{ID: group.id, Title: group.title})
		for _, c := range list {
			c.GroupID = group.id
			root.AddCommand(c)
		}
	}
	return root
}

// exampleScenario is the library scenario that examples run.
const exampleScenario = "food-delivery-launch"

// helpCommand prints a command's help, and refuses to help with what is not there.
func helpCommand(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use:     "help [COMMAND]",
		Short:   "Help about a command",
		Example: "  flywheel help run",
		RunE: func(_ *cobra.Command, args []string) error {
			topic := root
			for _, word := range args {
				next, left, err := topic.Find([]string{word})
				if err != nil || len(left) > 0 || next == topic {
					return unknownCommand(topic, word)
				}
				topic = next
			}
			topic.InitDefaultHelpFlag()
			return topic.Help()
		},
	}
}

// usageText is what follows a command's description in its help.
const usageText = `Usage:
  {{if .HasAvailableSubCommands}}{{.CommandPath}} COMMAND{{else}}{{.UseLine}}{{end}}
{{- if .HasExample}}

Example:
{{.Example}}{{end}}
{{- $commands := .Commands}}
{{- range $group := .Groups}}

{{.Title}}{{range $commands}}{{if (and (eq .GroupID $group.ID) .IsAvailableCommand)}}
  {{rpad .Name .NamePadding}} {{.Short}}{{end}}{{end}}{{end}}
{{- if .HasAvailableSubCommands}}

{{if .Groups}}Other{{else}}Commands{{end}}:{{range $commands}}{{if (and (eq .GroupID "") .IsAvailableCommand)}}
  {{rpad .Name .NamePadding}} {{.Short}}{{end}}{{end}}{{end}}
{{- if .HasAvailableLocalFlags}}

Flags:
{{.LocalFlags.FlagUsages | trimTrailingWhitespaces}}{{end}}
{{- if .HasAvailableInheritedFlags}}

Flags of every command:
{{.InheritedFlags.FlagUsages | trimTrailingWhitespaces}}{{end}}
`

// completeScenario offers the names of the library beside YAML files.
func completeScenario(_ *cobra.Command, _ []string, word string) ([]string, cobra.ShellCompDirective) {
	var names []string
	for _, name := range scenarios.Library() {
		if strings.HasPrefix(name, word) {
			names = append(names, name)
		}
	}
	if len(names) > 0 {
		return names, cobra.ShellCompDirectiveDefault
	}
	return []string{"yaml", "yml"}, cobra.ShellCompDirectiveFilterFileExt
}
