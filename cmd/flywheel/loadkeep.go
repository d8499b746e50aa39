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
	dir    string
	job    *loadJob
	folder *files.Folder
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
	l.replaced = err == nil
	if l.report.Stopped == loadtest.ByCaller && old.Digest == k.job.digest && secondsOf(old) > rowsOf(tables, seconds) {
		l.kept = k.dir
		return nil
	}
	var names []string
	for _, t := range tables {
		for _, ending := range []string{".csv", ".parquet"} {
			w, err := k.folder.Table(t.Name+ending, t.Schema)
			if err != nil {
				return err
			}
			if err := errors.Join(w.Write(t), w.Close()); err != nil {
				return err
			}
			names = append(names, t.Name+ending)
		}
	}
	if err := k.folder.Put("resolved.yaml", k.job.resolved()); err != nil {
		return err
	}
	if err := k.folder.Commit(results.Provenance{
		Kind: results.KindLoad, Scenario: k.job.name, Digest: k.job.digest, Version: version,
		Seed: k.job.ask.seed, Changes: k.job.changes(), Warnings: l.warnings,
	}); err != nil {
		return err
	}
	for _, name := range append(names, "resolved.yaml", files.ManifestName) {
		l.files = append(l.files, filepath.Join(k.dir, name))
	}
	return nil
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
