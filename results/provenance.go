package results

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// ManifestFormat is the format number that this program writes into manifests and can read.
const ManifestFormat = 1

// The two kinds of run a manifest can describe.
const (
	KindForecast = "forecast" // KindForecast is a simulated run.
	KindLoad     = "load"     // KindLoad is a load test of a real system.
)

// Provenance is what reproduces a result, and what a run's manifest.json holds. It contains nothing that
// varies between two runs of the same inputs: no clock time, no host, no thread count and no path outside
// the run's folder. The zero value is a valid start.
type Provenance struct {
	Format       int       `json:"format"`           // Format is ManifestFormat; zero is written as that.
	Kind         string    `json:"kind"`             // Kind is KindForecast, KindLoad, or the command of a study, such as "sensitivity".
	Scenario     string    `json:"scenario"`         // Scenario is the scenario's or plan's own name.
	Digest       string    `json:"digest"`           // Digest identifies the resolved inputs, in hexadecimal.
	Version      string    `json:"version"`          // Version is the program's version.
	Engine       string    `json:"engine"`           // Engine is agents, cohorts or meanfield; empty for a load test.
	Seed         uint64    `json:"seed"`             // Seed is the base of all random streams.
	Replications int       `json:"replications"`     // Replications is how many were run per variant.
	Variants     []string  `json:"variants"`         // Variants in the order in which the plan has them.
	Changes      []string  `json:"changes,omitzero"` // Changes are the flags that changed the scenario, as PATH=VALUE.
	Study        []string  `json:"study,omitzero"`   // Study is what shaped a study beside its scenario, in the words of its flags.
	Warnings     []Warning `json:"warnings"`         // Warnings that hold for the run as a whole.
	Files        []File    `json:"files"`            // Files of the run besides the manifest, in order of creation.
}

// File is one entry of a manifest.
type File struct {
	Name    string `json:"name"`             // Name is the slash-separated path inside the run's folder.
	Rows    int    `json:"rows"`             // Rows of the table; 0 for what is not a table.
	Bytes   int64  `json:"bytes"`            // Bytes is the file's size.
	SHA256  string `json:"sha256"`           // SHA256 of the file's bytes, in hexadecimal.
	Columns Schema `json:"columns,omitzero"` // Columns of the table; absent for what is not a table.
}

// JSON returns the manifest's bytes: indented, keys in a fixed order, lists never null, a final newline.
// Equal values give equal bytes.
func (p Provenance) JSON() ([]byte, error) {
	if p.Format == 0 {
		p.Format = ManifestFormat
	}
	p.Variants, p.Warnings, p.Files = listed(p.Variants), listed(p.Warnings), listed(p.Files)
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(p); err != nil {
		return nil, fmt.Errorf("bug: manifest of %s: %w", p.Scenario, err)
	}
	return b.Bytes(), nil
}

func listed[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// ParseProvenance reads a manifest's bytes; another format than ManifestFormat is refused. Keys that this
// version does not know are ignored, so that a later one can add some.
func ParseProvenance(data []byte) (Provenance, error) {
	var p Provenance
	if err := json.Unmarshal(data, &p); err != nil {
		return Provenance{}, fmt.Errorf("not a manifest: %w", err)
	}
	if p.Format != ManifestFormat {
		return Provenance{}, fmt.Errorf("format: %d is unknown; this version reads format %d", p.Format, ManifestFormat)
	}
	return p, nil
}
