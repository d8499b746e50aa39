// Package loadtest presses a real deployment under a plan and tells the truth
// about what came back.
package loadtest
