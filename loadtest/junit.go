package loadtest

import (
	"encoding/xml"
	"fmt"
	"strconv"
	"strings"
)

// check is one thing that a run was judged by, for machines that count tests.
type check struct {
	name    string
	problem string // empty when it passed
}

// checks are the thresholds, and the abort condition when it stopped the run. A run
// that was interrupted has one more, which fails: nobody should take it for judged.
func (r Report) checks() []check {
	var all []check
	for _, j := range r.Thresholds {
		c := check{name: j.Expression}
		if !j.Holds {
			c.problem = j.problem()
		}
		all = append(all, c)
	}
	switch r.Stopped {
	case ByAbort:
		all = append(all, check{"abort: " + r.Abort, fmt.Sprintf("the run was aborted after %.3gs", r.Elapsed)})
	case ByCaller:
		all = append(all, check{"the whole plan", fmt.Sprintf("the run was interrupted after %.3gs", r.Elapsed)})
	}
	return all
}

// problem is a broken threshold in one sentence.
func (j Judgement) problem() string {
	text := fmt.Sprintf("%s: no request ended", j.Measure)
	if j.Value != nil {
		text = fmt.Sprintf("%s was %s", j.Measure, strconv.FormatFloat(*j.Value, 'g', 6, 64))
		if j.Unit != "" && j.Unit != "1" {
			text += " " + string(j.Unit)
		}
	}
	if j.Windows != nil && j.Value != nil {
		text += fmt.Sprintf(" from %gs on; %d of %d windows are broken", j.Windows.Worst, j.Windows.Broken, j.Windows.Judged)
	}
	if j.From > 0 {
		text += fmt.Sprintf("; the first %gs were not looked at", j.From)
	}
	return text
}

// JUnit is the verdict as a JUnit XML document, the form that build servers read:
// one suite under the given name, one case per threshold.
func (r Report) JUnit(name string) []byte {
	type failure struct {
		Message string `xml:"message,attr"`
		Kind    string `xml:"type,attr"`
	}
	type testCase struct {
		Name    string   `xml:"name,attr"`
		Class   string   `xml:"classname,attr"`
		Time    string   `xml:"time,attr"`
		Failure *failure `xml:"failure"`
	}
	type suite struct {
		Name     string     `xml:"name,attr"`
		Tests    int        `xml:"tests,attr"`
		Failures int        `xml:"failures,attr"`
		Errors   int        `xml:"errors,attr"`
		Time     string     `xml:"time,attr"`
		Stamp    string     `xml:"timestamp,attr"`
		Cases    []testCase `xml:"testcase"`
	}
	type suites struct {
		XMLName  xml.Name `xml:"testsuites"`
		Tests    int      `xml:"tests,attr"`
		Failures int      `xml:"failures,attr"`
		Suites   []suite  `xml:"testsuite"`
	}
	took := strconv.FormatFloat(r.Elapsed, 'f', 3, 64)
	s := suite{Name: name, Time: took, Stamp: r.Started.UTC().Format("2006-01-02T15:04:05")}
	for _, c := range r.checks() {
		each := testCase{Name: c.name, Class: name, Time: took}
		if c.problem != "" {
			each.Failure = &failure{c.problem, "threshold"}
			s.Failures++
		}
		s.Cases = append(s.Cases, each)
		s.Tests++
	}
	text, err := xml.MarshalIndent(suites{Tests: s.Tests, Failures: s.Failures, Suites: []suite{s}}, "", "  ")
	if err != nil {
		panic("bug: a verdict that XML cannot write: " + err.Error())
	}
	return append([]byte(xml.Header), append(text, '\n')...)
}

// Annotations are the broken thresholds as workflow commands of GitHub Actions, one
// line each, which that service shows beside the plan's file.
func (r Report) Annotations(file string) []string {
	var lines []string
	property := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
	message := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	for _, c := range r.checks() {
		if c.problem == "" {
			continue
		}
		place := ""
		if file != "" {
			place = "file=" + property.Replace(file) + ","
		}
		lines = append(lines, fmt.Sprintf("::error %stitle=%s::%s", place, property.Replace(c.name), message.Replace(c.problem)))
	}
	return lines
}
