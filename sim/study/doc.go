// Package study runs one model many times and reads the tables that come back.
package study
