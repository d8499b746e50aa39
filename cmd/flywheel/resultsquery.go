package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"flywheel/results"
	"flywheel/results/files"
	"flywheel/results/query"
)

// asking is a question to stored runs.
type asking struct {
	shelf
	table  string
	query  query.Query
	join   string
	on     []string
	sql    string
	format string
}

func queryOf(where string, by, agg, of, columns, sort []string, limit int) query.Query {
	return query.Query{Where: where, By: by, Agg: agg, Of: of, Columns: columns, Sort: sort, Limit: limit}
}

func (p *program) resultsQuery() *cobra.Command {
	var a asking
	c := &cobra.Command{
		Use:   "query RUN [RUN...]",
		Short: "Ask stored tables: filter, group, join, or SQL",
		Long: `Ask a table of a run: which rows (--where, an expression over the columns), grouped (--by) and
summed up (--agg), joined to another run (--join), ordered and cut. With a build that has SQL
(the duckdb tag), --sql asks anything of all tables of one run or several, which are views of
their names.`,
		Example: "  flywheel run " + exampleScenario + ` --out growth
  flywheel results query growth --table summary --where 'metric == "gmv" and period >= 182' --columns period,platform,mean
  flywheel sweep ` + exampleScenario + ` --engine cohorts --vary platforms.A.fee=0.1:0.2:3 --out sweep
  flywheel results query sweep --table trials --where 'side == "consumers"' --by platforms.A.fee,platform --agg mean,p5,p95 --of participants`,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return wrong("%s wants a run: its folder, or the beginning of its name or digest; flywheel results ls lists them", c.CommandPath())
			}
			return p.question(c.Context(), &a, args)
		},
	}
	a.flags(c)
	f := c.Flags()
	f.StringVar(&a.table, "table", "", "ask the table `NAME` (default the run's summary)")
	f.StringVar(&a.query.Where, "where", "", "keep the rows for which the `EXPRESSION` over columns holds")
	f.StringSliceVar(&a.query.By, "by", nil, "group by the columns `A,B,...`")
	f.StringSliceVar(&a.query.Agg, "agg", nil, "say `WORDS` of every group: mean, sd, min, max, sum, count, p50, ...")
	f.StringSliceVar(&a.query.Of, "of", nil, "sum up the columns `A,B,...` (default every number)")
	f.StringSliceVar(&a.query.Columns, "columns", nil, "keep the columns `A,B,...`, in this order")
	f.StringSliceVar(&a.query.Sort, "sort", nil, "order by the columns `A,B,...`; -A for the largest first")
	f.IntVar(&a.query.Limit, "limit", 0, "keep the first `N` rows")
	f.StringVar(&a.join, "join", "", "join the same table of `RUN`, or RUN:TABLE, before anything else is asked")
	f.StringSliceVar(&a.on, "on", nil, "join where the columns `A,B,...` agree (default all texts and whole numbers)")
	f.StringVar(&a.sql, "sql", "", "ask by a `STATEMENT` in SQL instead")
	f.StringVar(&a.format, "format", "text", "print as `NAME`: "+strings.Join(formats, ", "))
	return c
}

// question answers a question and prints the answer.
func (p *program) question(ctx context.Context, a *asking, names []string) error {
	if err := knownFormat(a.format); err != nil {
		return err
	}
	var t *results.Table
	var runs []files.Stored
	var err error
	if a.sql != "" {
		t, runs, err = a.answerSQL(ctx, names)
	} else {
		if len(names) > 1 {
			return wrong("several runs can be asked by --sql, or joined by --join; name one run")
		}
		t, runs, err = a.answer(names)
	}
	if err != nil {
		return err
	}
	if p.json {
		rows, err := rowsOfTable(t)
		if err != nil {
			return err
		}
		return p.document(queryDocument{Scenario: runs[0].Run.Scenario, Digest: runs[0].Run.Digest, Version: version, Warnings: []results.Warning{}, Table: t.Name, Columns: t.Schema, Rows: rows})
	}
	var page bytes.Buffer
	if err := writeTable(&page, t, a.format); err != nil {
		return err
	}
	if a.format == "text" {
		fmt.Fprintf(&page, "%s\n", several(t.Rows(), "row"))
	}
	_, err = p.out.Write(page.Bytes())
	return err
}

type queryDocument struct {
	Scenario string            `json:"scenario"`
	Digest   string            `json:"digest"`
	Version  string            `json:"version"`
	Warnings []results.Warning `json:"warnings"`
	Table    string            `json:"table"`
	Columns  results.Schema    `json:"columns"`
	Rows     []json.RawMessage `json:"rows"`
}

// answer asks the plain way.
func (a *asking) answer(names []string) (*results.Table, []files.Stored, error) {
	run, t, err := a.read(names[0], a.table)
	if err != nil {
		return nil, nil, err
	}
	if a.join != "" {
		name, table, named := strings.Cut(a.join, ":")
		if !named {
			table = t.Name
		}
		_, other, err := a.read(name, table)
		if err != nil {
			return nil, nil, err
		}
		if t, err = query.Join(t, other, a.on, "_2"); err != nil {
			return nil, nil, failure{exitUsage, err}
		}
	}
	t, err = a.query.Run(t)
	if err != nil {
		return nil, nil, failure{exitUsage, err}
	}
	return t, []files.Stored{run}, nil
}

// read finds a run and reads one of its tables.
func (a *asking) read(name, table string) (files.Stored, *results.Table, error) {
	run, err := a.find(name)
	if err != nil {
		return run, nil, err
	}
	if table == "" {
		table = usual(run)
	}
	if run.Rows(table) == 0 && !slices.Contains(run.Tables(), table) {
		return run, nil, wrong("%s has no table %q; %s", run.Name, table, meant(table, run.Tables(), "it has "+strings.Join(run.Tables(), ", ")))
	}
	t, err := run.Table(table)
	return run, t, err
}

// answerSQL asks by SQL.
func (a *asking) answerSQL(ctx context.Context, names []string) (*results.Table, []files.Stored, error) {
	if a.join != "" || a.query.Where != "" || len(a.query.By)+len(a.query.Agg)+len(a.query.Sort)+len(a.query.Columns)+len(a.query.Of) > 0 {
		return nil, nil, wrong("--sql: stands beside --where, --by and the like; say it all in SQL, or nothing")
	}
	var runs []files.Stored
	for _, name := range names {
		run, err := a.find(name)
		if err != nil {
			return nil, nil, err
		}
		runs = append(runs, run)
	}
	t, err := files.SQL(ctx, runs, a.sql)
	if err != nil {
		return nil, nil, failure{exitUsage, err}
	}
	return t, runs, nil
}
