package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"flywheel/results"
	"flywheel/results/files"
)

// shelf is where runs are looked for.
type shelf struct{ in string }

func (s *shelf) flags(c *cobra.Command) {
	c.Flags().StringVar(&s.in, "in", "flywheel-out", "look for runs in the folder `DIR`")
}

// find is a run by its folder, or by the beginning of its name or digest.
func (s *shelf) find(name string) (files.Stored, error) {
	r, err := files.Find(s.in, name)
	var none *files.NoRunError
	if errors.As(err, &none) {
		return r, failure{exitUsage, err}
	}
	return r, err
}

func (p *program) resultsCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "results",
		Short: "Stored runs: list, show, compare row by row, ask, export",
		Long: `Every command that makes a run keeps it as a folder; the catalogue is those folders, in
flywheel-out/ or where --in says. A RUN is a folder, or the beginning of its name or digest.
The files open as they lie in pandas, polars, R and DuckDB.`,
		Example: "  flywheel results ls",
		Args:    cobra.ArbitraryArgs,
	}
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(args) > 0 {
			return unknownCommand(c, args[0])
		}
		return c.Help()
	}
	c.AddCommand(p.resultsList(), p.resultsShow(), p.resultsDiff(), p.resultsQuery(), p.resultsExport())
	return c
}

// exactly accepts so many arguments.
func exactly(n int, what string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) == n {
			return nil
		}
		return wrong("%s wants %s, not %s; see %s --help", c.CommandPath(), what, several(len(args), "argument"), c.CommandPath())
	}
}

func (p *program) resultsList() *cobra.Command {
	var s shelf
	c := &cobra.Command{
		Use: "ls", Short: "List the stored runs", Example: "  flywheel results ls --in flywheel-out", Args: none,
		RunE: func(*cobra.Command, []string) error {
			all, err := files.Catalogue(s.in)
			if err != nil {
				return err
			}
			if p.json {
				return p.document(catalogueOf(all))
			}
			var page bytes.Buffer
			if len(all) == 0 {
				fmt.Fprintf(&page, "no runs in %s\n", s.in)
			} else if err := listing(&page, all); err != nil {
				return err
			}
			_, err = p.out.Write(page.Bytes())
			return err
		},
	}
	s.flags(c)
	return c
}

// listing prints the catalogue as a table.
func listing(page *bytes.Buffer, all []files.Stored) error {
	var rows [][]string
	for _, s := range all {
		if s.Problem != nil {
			rows = append(rows, []string{s.Name, "unreadable", "", "", "", fold(s.Problem.Error(), fromWidth)})
			continue
		}
		r := s.Run
		what := r.Kind
		if r.Engine != "" {
			what += ", " + r.Engine
		}
		written := ""
		if info, err := os.Stat(filepath.Join(s.Dir, files.ManifestName)); err == nil {
			written = info.ModTime().Format("2006-01-02 15:04")
		}
		rows = append(rows, []string{s.Name, what, results.Human(float64(r.Replications), "1"), results.Human(float64(s.Bytes()), "1") + "B", written, strings.Join(s.Tables(), " ")})
	}
	return grid(page, 2, []string{"run", "kind", "runs", "size", "written", "tables"}, rows)
}

// catalogueDocument is the catalogue as one JSON document.
type catalogueDocument struct {
	Version  string            `json:"version"`
	Warnings []results.Warning `json:"warnings"`
	Rows     []catalogueRow    `json:"rows"`
}

type catalogueRow struct {
	Name    string              `json:"name"`
	Dir     string              `json:"dir"`
	Problem string              `json:"problem,omitzero"`
	Run     *results.Provenance `json:"run,omitzero"`
	Tables  []string            `json:"tables"`
}

func catalogueOf(all []files.Stored) catalogueDocument {
	d := catalogueDocument{Version: version, Warnings: []results.Warning{}, Rows: []catalogueRow{}}
	for _, s := range all {
		row := catalogueRow{Name: s.Name, Dir: s.Dir, Tables: listed(s.Tables())}
		if s.Problem != nil {
			row.Problem = s.Problem.Error()
		} else {
			run := s.Run
			run.Files = nil // of every file there is more in show
			row.Run = &run
		}
		d.Rows = append(d.Rows, row)
	}
	return d
}

func (p *program) resultsShow() *cobra.Command {
	var s shelf
	c := &cobra.Command{
		Use: "show RUN", Short: "Show what a stored run is and what it holds", Example: "  flywheel run " + exampleScenario + " --out growth\n  flywheel results show growth", Args: exactly(1, "one run"),
		RunE: func(_ *cobra.Command, args []string) error {
			r, err := s.find(args[0])
			if err != nil {
				return err
			}
			if p.json {
				return p.document(struct {
					Name string `json:"name"`
					Dir  string `json:"dir"`
					results.Provenance
					Rows []results.File `json:"rows"`
				}{r.Name, r.Dir, r.Run, listed(r.Run.Files)})
			}
			var page bytes.Buffer
			if err := showing(&page, r); err != nil {
				return err
			}
			_, err = p.out.Write(page.Bytes())
			return err
		},
	}
	s.flags(c)
	return c
}

// showing prints a run's manifest, and whether its files are as the run left them.
func showing(page *bytes.Buffer, s files.Stored) error {
	r := s.Run
	fmt.Fprintf(page, "%s: %s of %s\n", s.Dir, r.Kind, r.Scenario)
	for _, line := range [][2]string{
		{"digest", r.Digest}, {"version", r.Version}, {"engine", r.Engine}, {"seed", fmt.Sprint(r.Seed)},
		{"replications", fmt.Sprint(r.Replications)}, {"variants", strings.Join(r.Variants, ", ")},
		{"changes", strings.Join(r.Changes, ", ")}, {"study", strings.Join(r.Study, ", ")},
	} {
		if line[1] != "" {
			fmt.Fprintf(page, "  %-13s %s\n", line[0], fold(line[1], pageWidth))
		}
	}
	var rows [][]string
	for _, f := range r.Files {
		columns := ""
		if len(f.Columns) > 0 {
			columns = fmt.Sprintf("%d rows of %d columns", f.Rows, len(f.Columns))
		}
		rows = append(rows, []string{f.Name, columns, results.Human(float64(f.Bytes), "1") + "B"})
	}
	page.WriteString("\n")
	if err := grid(page, 2, []string{"file", "holds", "size"}, rows); err != nil {
		return err
	}
	for _, w := range r.Warnings {
		page.WriteString(fold("warning: "+w.Text, pageWidth) + "\n")
	}
	if err := files.Verify(s.Dir); err != nil {
		return err
	}
	page.WriteString("all files are as the run left them\n")
	return nil
}

func (p *program) resultsExport() *cobra.Command {
	var s shelf
	var table, format, to string
	var columns []string
	c := &cobra.Command{
		Use: "export RUN", Short: "Write a table as CSV, Markdown or LaTeX", Args: exactly(1, "one run"),
		Example: "  flywheel run " + exampleScenario + " --out growth\n  flywheel results export growth --table summary --columns metric,platform,side,mean,lo,hi --format latex",
		RunE: func(_ *cobra.Command, args []string) error {
			if err := knownFormat(format); err != nil {
				return err
			}
			q := asking{shelf: s, table: table, format: format, query: queryOf("", nil, nil, nil, columns, nil, 0)}
			t, _, err := q.answer(args)
			if err != nil {
				return err
			}
			var page bytes.Buffer
			if err := writeTable(&page, t, format); err != nil {
				return err
			}
			if to != "" {
				return os.WriteFile(to, page.Bytes(), 0o666)
			}
			_, err = p.out.Write(page.Bytes())
			return err
		},
	}
	s.flags(c)
	c.Flags().StringVar(&table, "table", "", "export the table `NAME` (default the run's summary)")
	c.Flags().StringVar(&format, "format", "csv", "write as `NAME`: "+strings.Join(formats, ", "))
	c.Flags().StringVar(&to, "to", "", "write into `FILE` instead of printing")
	c.Flags().StringSliceVar(&columns, "columns", nil, "keep the columns `A,B,...`, in this order")
	return c
}

// usual is the table that is meant when nobody names one: what sums a run up.
func usual(s files.Stored) string {
	have := s.Tables()
	for _, name := range []string{"summary", "points", "differences"} {
		if slices.Contains(have, name) {
			return name
		}
	}
	if len(have) > 0 {
		return have[0]
	}
	return ""
}

// rowsOfTable are the rows of a table as JSON objects, keys in the order of the columns.
func rowsOfTable(t *results.Table) ([]json.RawMessage, error) {
	names := make([][]byte, len(t.Schema))
	for i, c := range t.Schema {
		names[i], _ = json.Marshal(c.Name)
	}
	rows := []json.RawMessage{}
	for row := range t.Rows() {
		var b bytes.Buffer
		for i, c := range t.Schema {
			b.WriteString(map[bool]string{true: "{", false: ","}[i == 0])
			b.Write(names[i])
			b.WriteByte(':')
			var cell any
			switch d := t.Data[i]; c.Kind {
			case results.Text:
				cell = d.Text[row]
			case results.Integer:
				cell = d.Integer[row]
			default:
				if cell = results.Nullable(d.Number[row]); math.IsInf(d.Number[row], 0) {
					cell = t.Cell(row, i)
				}
			}
			value, err := json.Marshal(cell)
			if err != nil {
				return nil, err
			}
			b.Write(value)
		}
		b.WriteByte('}')
		rows = append(rows, b.Bytes())
	}
	return rows, nil
}
