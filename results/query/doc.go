// Package query asks tables questions: which rows, grouped how, joined to what, in which order.
// It computes on tables in memory and knows no file.
//
// Reading order:
//
//	query.go  a question as a value, and its answer; choosing and ordering columns and rows
//	where.go  the condition of a row, an expression over its columns
//	group.go  groups of rows and what is said of them
//	join.go   the rows of two tables that belong together
//	differ.go which rows of two tables differ, and whether beyond what luck does
package query
