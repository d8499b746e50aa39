// Package files puts tables into files and runs into folders, and reads them back.
//
// A run is one folder: its tables as Parquet and CSV, whatever else belongs to it, and a manifest.json
// with every file's size and digest. The folder appears whole or not at all: it is built as a hidden
// sibling and put in place in one step when everything is written. Equal tables give equal bytes; nothing
// here reads a clock, a host name or a thread count into a file.
//
// Reading order:
//
//   - writer.go: Writer, the small interface that both formats share, and Tee, both at once;
//   - csv.go and csvread.go: CSV as RFC 4180 has it;
//   - parquet.go and parquetread.go: Parquet, with units and descriptions in its metadata;
//   - read.go: Read, which opens either;
//   - folder.go: Begin, Create, Table, Commit and Abort, the life of a run's folder;
//   - place.go: how a finished folder replaces an older one, and what of the older one stays;
//   - hidden.go: the hidden siblings, and how those of a dead process are told from those of a live one;
//   - manifest.go: ReadManifest and Verify;
//   - journal.go: what a long study has finished, kept until its folder is whole;
//   - catalogue.go: the runs in a folder, and one of them by its name;
//   - sql_duckdb.go: SQL over the tables of runs, in builds that have it.
//
// What each platform does differently (directory locks, exchanging two folders) is in platform_*.go.
package files
