// Package results keeps numbers: tables with units, bands with their uncertainty, differences that are
// shown or not shown, and the provenance that reproduces them.
//
// Both halves of the program meet here. A forecast streams one table per replication, a load test one
// table per step; comparisons, bands and reports only ever read tables. The package computes nothing
// about platforms or requests, reads no clock and no file, and imports no other package of this program.
//
// Reading order:
//
//   - schema.go: Kind, Unit, Column and Schema, the promise of what a table holds;
//   - table.go: Table, the columns themselves, and how rows are added, chosen and joined;
//   - warning.go: Warning, the caution that travels with a number;
//   - band.go: Band, the spread over replications, and when there are too few to show it;
//   - difference.go: Difference, two variants compared replication by replication;
//   - provenance.go: Provenance, the manifest's content;
//   - text.go: Human and Exact, a number as text for people and for programs.
//
// Writing tables to files and reading them back is the business of results/files.
package results
