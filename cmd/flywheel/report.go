package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"path/filepath"

	"github.com/google/renameio/v2"
	"github.com/spf13/cobra"

	"flywheel/models"
	"flywheel/results"
	"flywheel/results/files"
	"flywheel/results/report"
	"flywheel/scenarios"
	"flywheel/sim/study"
)

// reportName is the page in a run's folder.
const reportName = "report.html"

func (p *program) reportCommand() *cobra.Command {
	var out string
	var text bool
	c := &cobra.Command{
		Use:   "report DIR",
		Short: "Write the page of a stored run: one HTML file that needs no network",
		Long: `Read the folder of a forecast, a load test, a search for a capacity or a rehearsal, and write its
page: the answer first, then growth with bands, both sides at once with critical mass, comparison,
who stays, money; or the verdict, the cost of a shortfall, rates and latencies over time, and where
it was slow. Where the numbers come from stands last. Runs write the same page by themselves; this
makes it again, or elsewhere, and runs nothing anew. --text draws the page here, in letters, instead.`,
		Example: "  flywheel run " + exampleScenario + " --out growth\n  flywheel report growth --to growth.html\n  flywheel report growth --text | less",
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if text && out != "" {
				return wrong("--text prints the page instead of writing it; leave --to away, or --text")
			}
			if text {
				var page bytes.Buffer
				if err := p.reportText(&page, args[0]); err != nil {
					return err
				}
				_, err := p.out.Write(page.Bytes())
				return err
			}
			if out == "" {
				out = filepath.Join(args[0], reportName)
			}
			page, err := reportOf(args[0])
			if err != nil {
				return err
			}
			if err := renameio.WriteFile(out, page, 0o666); err != nil {
				return err
			}
			fmt.Fprintln(p.out, out)
			return nil
		},
	}
	c.Flags().StringVar(&out, "to", "", "write the page to `FILE` (default DIR/"+reportName+")")
	c.Flags().BoolVar(&text, "text", false, "print the page's sentences, tables and charts in letters, and write nothing")
	return c
}

// reportOf is the page of a stored run.
func reportOf(dir string) ([]byte, error) {
	forecast, about, load, err := storedReport(dir)
	if err != nil {
		return nil, err
	}
	var page bytes.Buffer
	if forecast == nil {
		err = load.Write(&page)
	} else {
		err = forecast.Write(&page, about)
	}
	return page.Bytes(), err
}

// reportText is the page of a stored run in letters.
func (p *program) reportText(page *bytes.Buffer, dir string) error {
	forecast, about, load, err := storedReport(dir)
	if err != nil {
		return err
	}
	k := pen{page: page, colour: p.colourful()}
	if forecast == nil {
		page.WriteString(fold(fmt.Sprintf("%s: %s", load.Provenance.Scenario, load.Provenance.Kind), pageWidth) + "\n\n")
		return k.section(load.Section())
	}
	k.unit, k.band = forecast.PeriodUnit, levels(forecast.Band)
	page.WriteString(fold(fmt.Sprintf("%s: forecast by %s, %s, seed %d", about.Provenance.Scenario, about.Provenance.Engine,
		several(about.Provenance.Replications, "replication"), about.Provenance.Seed), pageWidth) + "\n\n")
	if err := k.differences(report.Compared(about.Differences)); err != nil {
		return err
	}
	if err := spending(page, about.Channels); err != nil {
		return err
	}
	if err := happened(page, about.Happenings, k.unit, k.band); err != nil {
		return err
	}
	for _, s := range forecast.Sections(about.Frontier) {
		if err := k.section(s); err != nil {
			return err
		}
	}
	return nil
}

// storedReport is what the page of a stored run is made from: a forecast and what is said about
// it, or else a run of the load half.
func storedReport(dir string) (forecast *report.Forecast, about report.About, load report.Load, err error) {
	manifest, err := files.ReadManifest(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, about, load, failure{exitUsage, fmt.Errorf("%s: no run is kept here; give the folder that a run was written to", dir)}
	}
	if err != nil {
		return nil, about, load, err
	}
	switch manifest.Kind {
	case results.KindForecast:
		forecast, about, err = storedForecast(dir, manifest)
	case results.KindLoad, kindCapacity, kindRehearsal:
		load, err = storedLoad(dir, manifest)
	default:
		err = failure{exitUsage, fmt.Errorf("%s: a %s has no page; give the folder of a forecast, a load test, a search for a capacity or a rehearsal", dir, manifest.Kind)}
	}
	return forecast, about, load, err
}

// storedForecast reads a stored forecast.
func storedForecast(dir string, manifest results.Provenance) (*report.Forecast, report.About, error) {
	about := report.About{Provenance: manifest, Command: again}
	scenario, err := scenarios.Load(filepath.Join(dir, "resolved.yaml"), scenarios.Options{})
	if err != nil {
		return nil, about, err
	}
	timeline, err := files.Read(filepath.Join(dir, "timeline.parquet"))
	if err != nil {
		return nil, about, err
	}
	forecast := &report.Forecast{PeriodUnit: scenario.Model.Horizon.Unit, Band: scenario.Settings.Band}
	if err := forecast.Add(timeline); err != nil {
		return nil, about, fmt.Errorf("%s: %w", dir, err)
	}
	if law, err := models.Compile(scenario.Model); err == nil {
		frontiers, why := frontiersOf(law, reportEvaluations)
		chronicle := study.NewChronicle(law, frontiers)
		for _, run := range runsOf(timeline, study.Base) {
			chronicle.Add(run)
		}
		curve, err := optional(dir, "curve.csv")
		if err != nil {
			return nil, about, err
		}
		about = aboutOf(manifest, law, scenario, frontiers, why, rushed(chronicle.Happenings(scenario.Settings.Band), curve))
	}
	if about.Differences, err = optional(dir, differencesName+".csv"); err != nil {
		return nil, about, err
	}
	if about.Channels, err = optional(dir, "channels.parquet"); err != nil {
		return nil, about, err
	}
	return forecast, about, nil
}

// optional reads a table of a stored run; nil where the run has none.
func optional(dir, name string) (*results.Table, error) {
	t, err := files.Read(filepath.Join(dir, name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return t, err
}

// runsOf are the runs of a variant in a stored timeline.
func runsOf(timeline *results.Table, variant string) []*results.Table {
	var runs []*results.Table
	period, names := timeline.Integers("period"), timeline.Texts("variant")
	for from := 0; from < len(period); {
		to := from + 1
		for to < len(period) && period[to] >= period[to-1] {
			to++
		}
		if names[from] == variant {
			runs = append(runs, timeline.Slice(from, to))
		}
		from = to
	}
	return runs
}

// How many cells' chances to move may be worked out for the frontiers of critical mass: by a run, a part of a second
// beside what it takes itself; by who asks for the page alone, a minute or so.
const (
	pageEvaluations   = 1_000_000
	reportEvaluations = 200_000_000
)

// aboutOf is what a page says of a run besides its timelines and differences.
func aboutOf(p results.Provenance, law *models.Law, s *scenarios.Scenario, frontiers []study.Frontier, why error, happenings []study.Happening) report.About {
	about := report.About{Provenance: p, Command: again, Frontier: linesOf(law, frontiers), Happenings: happenedOn(happenings, s)}
	if errors.Is(why, study.ErrTooMuch) {
		about.NoFrontier = why.Error() + "; flywheel report on the folder of the run may take more"
	}
	return about
}

// frontiersOf are the frontiers of critical mass as a page draws them, for at most so many evaluations of cells; and, where
// there are none, why not.
func frontiersOf(law *models.Law, evaluations int64) ([]study.Frontier, error) {
	return study.CriticalMass(context.Background(), law, study.Fineness{Starts: study.DefaultStarts, Points: 9, Tolerance: 5e-3, Hurried: true, Evaluations: evaluations})
}

// linesOf are frontiers as a page draws them, by platform.
func linesOf(law *models.Law, list []study.Frontier) map[string]report.Line {
	lines := map[string]report.Line{}
	for _, f := range list {
		line := report.Line{Name: "critical mass"}
		for i, x := range f.First {
			if !math.IsNaN(f.Second[i]) {
				line.X, line.Y = append(line.X, x), append(line.Y, f.Second[i])
			}
		}
		if len(line.X) > 1 {
			lines[law.Model.Platforms[f.Platform].Name] = line
		}
	}
	return lines
}

// again is how a stored run is made once more.
const again = "flywheel run resolved.yaml"

// differencesName is the table of paired differences in a run's folder.
const differencesName = "differences"

// compared is the comparison of variants as a table; nil without one.
func (f *forecast) compared() (*results.Table, error) {
	if len(f.comparisons) == 0 {
		return nil, nil
	}
	t := results.NewTable(differencesName, results.Schema{
		{Name: "metric", Kind: results.Text, About: "Name of the metric, as in a timeline."},
		{Name: "baseline", Kind: results.Text, About: "Variant that is subtracted."},
		{Name: "variant", Kind: results.Text, About: "Variant compared with it."},
		{Name: "platform", Kind: results.Text, About: "Platform, or * for all together."},
		{Name: "side", Kind: results.Text, About: "Side of the market, or * for all together."},
		{Name: "period", Kind: results.Integer, Unit: "periods", About: "At the end of which period."},
		{Name: "unit", Kind: results.Text, About: "Unit of mean, lo and hi."},
		{Name: "mean", Kind: results.Number, About: "Mean difference over pairs, in its unit."},
		{Name: "lo", Kind: results.Number, About: "Lower end of its 95% interval, in its unit."},
		{Name: "hi", Kind: results.Number, About: "Upper end of its 95% interval, in its unit."},
		{Name: "shown", Kind: results.Text, About: "yes when the interval excludes zero, else no."},
		{Name: "pairs", Kind: results.Integer, Unit: "1", About: "Replications with both values."},
		{Name: "variance_ratio", Kind: results.Number, Unit: "1", About: "How many times more replications unpaired runs would need; null when nothing varies."},
	})
	for _, c := range f.comparisons {
		d, shown := c.Difference, "no"
		if d.Shown {
			shown = "yes"
		}
		if err := t.Append(c.Metric, f.job.plan.Variants[0].Name, c.Variant, c.Platform, c.Side, c.Period, string(c.Unit),
			d.Mean, d.Lo, d.Hi, shown, d.Pairs, d.VarianceRatio); err != nil {
			return nil, err
		}
	}
	return t, nil
}
