package main

import (
	"bytes"
	"errors"
	"path/filepath"
	"slices"

	"flywheel/models"
	"flywheel/results"
	"flywheel/results/files"
	"flywheel/results/report"
	"flywheel/sim/study"
)

// archive keeps a forecast in a folder: timelines as they come, the rest at the end.
type archive struct {
	dir      string
	job      *job
	changes  []string
	folder   *files.Folder
	timeline files.Writer
	names    []string // of the tables
	rows     int      // of the timeline, so far
	work     int64    // participant-periods, so far
	page     report.Forecast
}

// place is where a run goes when nobody says.
func place(j *job) string { return folderOf(j.scenario.Name, j.digest) }

// open makes room for the run, or refuses before any work is done; the folder's Abort must
// follow.
func (a *archive) open(overwrite bool) (err error) {
	if a.folder, err = files.Begin(a.dir, a.job.digest, overwrite); err != nil {
		return err
	}
	if a.timeline, err = a.table("timeline", a.job.plan.TimelineSchema(), ".csv", ".parquet"); err != nil {
		return errors.Join(err, a.folder.Abort())
	}
	return nil
}

// add keeps the timeline of a finished run.
func (a *archive) add(t study.Trial, timeline *results.Table) error {
	a.work += work(a.job.plan.Variants[t.Variant].Law)
	a.rows += timeline.Rows()
	if err := a.page.Add(timeline); err != nil {
		return err
	}
	return a.timeline.Write(timeline)
}

// work is the participant-periods of one run.
func work(l *models.Law) int64 {
	var people int64
	for g := range l.Groups {
		people += l.Groups[g].Size
	}
	return people * int64(l.Model.Horizon.Periods)
}

// table begins a table in the formats given by their endings.
func (a *archive) table(name string, schema results.Schema, endings ...string) (files.Writer, error) {
	var writers []files.Writer
	for _, ending := range endings {
		w, err := a.folder.Table(name+ending, schema)
		if err != nil {
			return nil, errors.Join(err, files.Tee(writers...).Close())
		}
		writers = append(writers, w)
		a.names = append(a.names, name+ending)
	}
	return files.Tee(writers...), nil
}

// whole writes a finished table in the formats given by their endings.
func (a *archive) whole(t *results.Table, endings ...string) error {
	w, err := a.table(t.Name, t.Schema, endings...)
	if err != nil {
		return err
	}
	return errors.Join(w.Write(t), w.Close())
}

// finish writes what remains, puts the folder in place and names its files. An interrupted
// run does not replace one of the same inputs that holds as much: then there are no names.
func (a *archive) finish(f *forecast, stopped bool) (paths []string, err error) {
	if err := a.timeline.Close(); err != nil {
		return nil, err
	}
	if stopped && a.fuller() {
		return nil, nil
	}
	summary, err := study.SummaryTable(f.entries)
	if err != nil {
		return nil, err
	}
	if err := a.whole(summary, ".csv", ".parquet"); err != nil {
		return nil, err
	}
	if f.channels != nil {
		if err := a.whole(f.channels, ".csv", ".parquet"); err != nil {
			return nil, err
		}
	}
	if f.curve != nil {
		if err := a.whole(f.curve, ".csv"); err != nil {
			return nil, err
		}
	}
	if err := a.folder.Put("resolved.yaml", a.resolved()); err != nil {
		return nil, err
	}
	settings := a.job.plan.Settings
	p := results.Provenance{
		Kind: results.KindForecast, Scenario: a.job.scenario.Name, Digest: a.job.digest, Version: version,
		Engine: settings.Engine, Seed: settings.Seed, Replications: settings.Replications,
		Changes: a.changes, Warnings: f.warnings,
	}
	for _, v := range a.job.plan.Variants {
		p.Variants = append(p.Variants, v.Name)
	}
	if err := a.report(p, f); err != nil {
		return nil, err
	}
	if err := a.folder.Commit(p); err != nil {
		return nil, err
	}
	for _, name := range append(a.names, "resolved.yaml", reportName, files.ManifestName) {
		paths = append(paths, filepath.Join(a.dir, name))
	}
	return paths, nil
}

// report writes the run's page, and the table of differences that it shows.
func (a *archive) report(p results.Provenance, f *forecast) error {
	differences, err := f.compared()
	if err != nil {
		return err
	}
	if differences != nil {
		if err := a.whole(differences, ".csv"); err != nil {
			return err
		}
	}
	a.page.PeriodUnit, a.page.Band = a.job.scenario.Model.Horizon.Unit, a.job.plan.Settings.Band
	var page bytes.Buffer
	about := aboutOf(p, a.job.plan.Variants[0].Law, a.job.scenario, f.frontiers, f.unbounded, f.happenings)
	about.Differences, about.Channels = differences, f.channels
	if err := a.page.Write(&page, about); err != nil {
		return err
	}
	return a.folder.Put(reportName, page.Bytes())
}

// fuller tells whether the folder already holds this very run with at least as many rows.
func (a *archive) fuller() bool {
	old, err := files.ReadManifest(a.dir)
	if err != nil || old.Digest != a.job.digest || old.Version != version {
		return false
	}
	return slices.ContainsFunc(old.Files, func(f results.File) bool { return f.Name == "timeline.csv" && f.Rows >= a.rows })
}

// resolved is the scenario as a file that gives the same run again.
func (a *archive) resolved() []byte {
	text := a.job.scenario.Resolved()
	variants := a.job.plan.Variants[1:]
	if len(variants) == 0 {
		return text
	}
	again := "# flywheel run resolved.yaml"
	for _, v := range variants {
		again += " --variant " + v.Name
	}
	return append([]byte(again+"\n"), text...)
}
