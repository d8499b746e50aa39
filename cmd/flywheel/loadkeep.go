package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"flywheel/loadtest"
	"flywheel/results"
	"flywheel/results/files"
)

// keeping puts a load test into a folder, whole, once it is over.
//
// The folder's name comes from the plan and the target alone, as a forecast's does from its
// scenario; but two load tests of one plan are two measurements. The later one takes the
// earlier one's place, and the page says so and how to keep both. One that was interrupted
// does not take the place of one that saw more.
type keeping struct {
	dir      string
	job      *loadJob
	folder   *files.Folder
	replaced bool // an earlier run of the same plan made room
}

// folderOf is where a run goes when nobody says.
func folderOf(name, digest string) string {
	const enough = 8
	return filepath.Join("flywheel-out", name+"-"+digest[:enough])
}

// open makes room, or refuses before anything is sent; the folder's Abort must follow.
func (k *keeping) open(overwrite bool) (err error) {
	k.folder, err = files.Begin(k.dir, k.job.digest, overwrite)
	return err
}

// keep writes the tables and puts the folder in place.
func (k *keeping) keep(l *loaded) error {
	tables := l.report.Tables()
	old, err := files.ReadManifest(k.dir)
	if err == nil && l.report.Stopped == loadtest.ByCaller && old.Digest == k.job.digest && secondsOf(old) > rowsOf(tables, seconds) {
		l.kept = k.dir
		return nil
	}
	l.files, err = k.put(tables, k.job.resolved(), results.Provenance{Kind: results.KindLoad, Warnings: l.warnings})
	l.replaced = k.replaced
	return err
}

// put writes tables and the resolved plan, and puts the folder in place; it returns the
// files that are there then.
func (k *keeping) put(tables []*results.Table, resolved []byte, about results.Provenance) ([]string, error) {
	_, err := files.ReadManifest(k.dir)
	k.replaced = err == nil
	var names []string
	for _, t := range tables {
		for _, ending := range []string{".csv", ".parquet"} {
			w, err := k.folder.Table(t.Name+ending, t.Schema)
			if err != nil {
				return nil, err
			}
			if err := errors.Join(w.Write(t), w.Close()); err != nil {
				return nil, err
			}
			names = append(names, t.Name+ending)
		}
	}
	if err := k.folder.Put("resolved.yaml", resolved); err != nil {
		return nil, err
	}
	about.Scenario, about.Digest, about.Version = k.job.name, k.job.digest, version
	about.Seed, about.Changes = k.job.ask.seed, k.job.changes()
	page, err := loadReport(about, repeated(about.Kind), named(tables))
	if err != nil {
		return nil, err
	}
	if err := k.folder.Put(reportName, page); err != nil {
		return nil, err
	}
	if err := k.folder.Commit(about); err != nil {
		return nil, err
	}
	var paths []string
	for _, name := range append(names, "resolved.yaml", reportName, files.ManifestName) {
		paths = append(paths, filepath.Join(k.dir, name))
	}
	return paths, nil
}

// seconds is the table that grows as a run goes on.
const seconds = "seconds"

// secondsOf is how many rows of it an earlier run has; 0 where there was none.
func secondsOf(p results.Provenance) int {
	i := slices.IndexFunc(p.Files, func(f results.File) bool { return f.Name == seconds+".csv" })
	if i < 0 {
		return 0
	}
	return p.Files[i].Rows
}

func rowsOf(tables []*results.Table, name string) int {
	i := slices.IndexFunc(tables, func(t *results.Table) bool { return t.Name == name })
	return tables[i].Rows()
}

// resolved is the plan as a file that presses the same again.
func (j *loadJob) resolved() []byte {
	again := "# flywheel load resolved.yaml"
	if j.ask.seed != 0 {
		again += fmt.Sprintf(" --seed %d", j.ask.seed)
	}
	if j.ask.curve != "" {
		again += fmt.Sprintf("\n# %s", j.origin())
	}
	return append([]byte(again+"\n"), j.plan.Text()...)
}

// origin says where a curve from a file came from and what was made of it.
func (j *loadJob) origin() string {
	text := fmt.Sprintf("the curve is that of %s, a forecast's quantile %v", filepath.Base(j.ask.curve), j.quantile)
	if j.ask.speed != 1 {
		text += fmt.Sprintf(", run %v times as fast", j.ask.speed)
	}
	if j.ask.scale != 1 {
		text += fmt.Sprintf(", all rates times %v", j.ask.scale)
	}
	return text
}
