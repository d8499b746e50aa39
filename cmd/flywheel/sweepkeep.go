package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"sync"

	"flywheel/results/files"
	"flywheel/sim/study"
)

// keptRuns are the runs of a sweep that have finished, in a journal beside its folder: a sweep
// that was stopped or killed goes on from them.
type keptRuns struct {
	journal *files.Journal
	runs    int // of each point
	found   int // runs that were there from the start

	mu    sync.Mutex
	place []int64 // by trial: where its record is; -1 where there is none
	added int
}

// openKept opens the journal of a sweep. What another version of the program has finished is no
// part of this sweep: its numbers might be others.
func openKept(w *sweepJob, overwrite bool) (*keptRuns, error) {
	k := &keptRuns{runs: w.runs, place: make([]int64, w.trials())}
	for i := range k.place {
		k.place[i] = -1
	}
	var err error
	k.journal, err = files.Resume(w.dir, strings.Join([]string{w.digest, version, revision()}, " "), overwrite, func(at int64, record []byte) error {
		point, replication, _, err := study.Decode(record)
		trial := point*k.runs + replication
		if err != nil || point < 0 || replication < 0 || replication >= k.runs || trial >= len(k.place) {
			return fmt.Errorf("%s: its journal holds a run that this sweep has not; give another --out", w.dir)
		}
		if k.place[trial] < 0 {
			k.found++
		}
		k.place[trial] = at
		return nil
	})
	return k, err
}

// known reads a finished run again.
func (k *keptRuns) known(point, replication int) (study.Measured, bool) {
	k.mu.Lock()
	at := k.place[point*k.runs+replication]
	k.mu.Unlock()
	if at < 0 {
		return study.Measured{}, false
	}
	record, err := k.journal.Record(at)
	if err != nil {
		return study.Measured{}, false // made again rather than missed
	}
	_, _, m, err := study.Decode(record)
	return m, err == nil
}

// keep adds a finished run.
func (k *keptRuns) keep(point, replication int, m study.Measured) error {
	if _, err := k.journal.Append(m.Encode(point, replication)); err != nil {
		return err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.added++
	return nil
}

// count is how many runs are kept.
func (k *keptRuns) count() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.found + k.added
}

// finished is the sweep as its folder holds it already, all its rows or those of a page; nil where the folder holds another
// study, what another version has made, or files that are not as they were left.
func (w *sweepJob) finished(all bool) *swept {
	m, err := files.ReadManifest(w.dir)
	if err != nil || m.Digest != w.digest || m.Version != version || files.Verify(w.dir) != nil {
		return nil
	}
	t, err := files.Read(filepath.Join(w.dir, "points.parquet"))
	if err != nil {
		return nil
	}
	f := &swept{sweepJob: w, reused: w.trials(), all: all, warnings: m.Warnings}
	point := t.Integers("point")
	for from := 0; from < len(point); {
		to := from + 1
		for to < len(point) && point[to] == point[from] {
			to++
		}
		rows, err := w.sweep.ReadPoints(t.Slice(from, to))
		if err != nil {
			return nil
		}
		f.add(rows)
		from = to
	}
	for _, file := range m.Files {
		f.files = append(f.files, filepath.Join(w.dir, file.Name))
	}
	f.files = append(f.files, filepath.Join(w.dir, files.ManifestName))
	return f
}
