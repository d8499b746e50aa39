package scenarios

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"

	"flywheel/loadtest/plan"
)

func (b planner) step(n *node) plan.Step {
	expect := n.get("expect")
	s := plan.Step{
		Name: textOf(n.get("name")), Body: textOf(n.get("body")), Auth: auth(n.get("auth")),
		Get: textOf(n.get("get")), Post: textOf(n.get("post")), Put: textOf(n.get("put")), Patch: textOf(n.get("patch")),
		Delete: textOf(n.get("delete")), Head: textOf(n.get("head")), Options: textOf(n.get("options")),
		Expect: plan.Expect{Status: int(clamp(whole64(expect.get("status"))))},
	}
	atLeastOne(b.report, expect.get("status"), "a status such as 201")
	for _, text := range items(expect.get("contains")) {
		s.Expect.Contains = append(s.Expect.Contains, textOf(text))
	}
	for _, e := range entriesOf(expect.get("json")) {
		if s.Expect.JSON == nil {
			s.Expect.JSON = map[string]any{}
		}
		s.Expect.JSON[e.key] = jsonValue(e.value)
	}
	s.Form = b.texts(n.get("form"))
	s.Headers = b.texts(n.get("headers"))
	s.Capture = b.texts(n.get("capture"))
	s.Wait, _ = plan.ParseWait(textOf(n.get("wait")))
	for _, part := range items(n.get("multipart")) {
		s.Multipart = append(s.Multipart, b.part(part))
	}
	if body := n.get("json"); body != nil {
		s.JSON = jsonValue(body)
	}
	switch { // that they exclude the others has been said
	case s.JSON != nil:
		s.Form, s.Multipart, s.Body = nil, nil, ""
	case len(s.Form) > 0:
		s.Multipart, s.Body = nil, ""
	case len(s.Multipart) > 0:
		s.Body = ""
	}
	return s
}

func auth(n *node) plan.Auth {
	if user := textOf(n.get("user")); user != "" {
		return plan.Auth{User: user, Password: textOf(n.get("password"))}
	}
	return plan.Auth{Bearer: textOf(n.get("bearer"))}
}

func (b planner) wire(root *node) plan.Wire {
	h, t := root.get("http"), root.get("tls")
	return plan.Wire{
		Version: textOf(h.get("version")), Fresh: textOf(h.get("keep_alive")) == "false", Engine: plan.Engine(textOf(h.get("engine"))),
		TLS: plan.TLS{
			CA: b.file(t.get("ca")), Certificate: b.file(t.get("certificate")), Key: b.named(t.get("key")),
			ServerName: textOf(t.get("server_name")), SkipVerify: textOf(t.get("skip_verify")) == "true",
		},
	}
}

func (b planner) file(n *node) plan.File {
	f := b.named(n.get("file"))
	if f.Data != nil {
		b.agrees(n, f.Sum())
	}
	return f
}

func (b planner) named(n *node) plan.File {
	name := textOf(n)
	if data, ok := b.beside(n); ok {
		return plan.File{Name: name, Data: data}
	}
	return plan.File{}
}

// texts are the texts of a mapping by their keys; nil when there are none.
func (b planner) texts(n *node) map[string]string {
	var texts map[string]string
	for _, e := range entriesOf(n) {
		if e.value.kind == absent {
			b.report.add(e.at, `write "" for an empty text, or leave the key out`, "is empty")
		}
		if texts == nil {
			texts = map[string]string{}
		}
		texts[e.key] = textOf(e.value)
	}
	return texts
}

func (b planner) feeder(n *node) plan.Feeder {
	f := plan.Feeder{Name: textOf(n.get("name")), File: textOf(n.get("file")), Order: plan.Order(textOf(n.get("order")))}
	text, ok := b.beside(n.get("file"))
	if !ok {
		return f
	}
	read, err := plan.ReadFeeder(f.Name, f.File, bytes.NewReader(text))
	b.within(n.get("file"), err)
	b.agrees(n, read.Sum)
	f.Sum, f.Columns, f.Rows = read.Sum, read.Columns, read.Rows
	return f
}

func (b planner) part(n *node) plan.Part {
	p := plan.Part{Name: textOf(n.get("name")), Text: textOf(n.get("text")), File: textOf(n.get("file")), Type: textOf(n.get("type"))}
	if p.File == "" {
		return p
	}
	if data, ok := b.beside(n.get("file")); ok {
		p.Data = data
		b.agrees(n, p.Sum())
	}
	return p
}

// beside reads a file that a plan names.
func (b planner) beside(n *node) ([]byte, bool) {
	name := textOf(n)
	if n == nil || n.kind != scalar || name == "" {
		return nil, false
	}
	read := b.files
	if read == nil {
		read = BesideFile(b.folder)
	}
	text, err := read(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		b.report.add(n.at, "put it beside the plan, or correct the name", "there is no file %q", clip(name))
	case err != nil:
		b.report.add(n.at, "name a file that can be read", "%q cannot be read: %v", clip(name), err)
	}
	if err != nil {
		*n = node{kind: lost, at: n.at}
	}
	return text, err == nil
}

// BesideFile reads the files that a plan in a folder names: from that folder, else from the
// working directory.
func BesideFile(folder string) func(name string) ([]byte, error) {
	return func(name string) ([]byte, error) {
		text, err := os.ReadFile(filepath.Join(folder, name))
		if filepath.IsAbs(name) || errors.Is(err, fs.ErrNotExist) {
			text, err = os.ReadFile(name)
		}
		return text, err
	}
}

// within reports the faults of a file at the place that names it.
func (b planner) within(n *node, err error) {
	var faults plan.Faults
	if !errors.As(err, &faults) {
		if err != nil {
			b.report.add(n.at, "name another file", "%v", err)
		}
		return
	}
	for _, f := range faults {
		b.report.add(n.at, f.Remedy, "%s:%s: %s", textOf(n), f.Path, f.Problem)
	}
	*n = node{kind: lost, at: n.at}
}

// agrees reports a file that is not the one that a plan was written with.
func (b planner) agrees(n *node, sum string) {
	if want := textOf(n.get("sha256")); want != "" && want != sum {
		b.report.add(n.get("sha256").at, "bring the old file back, or take the key out", "%s is not the file that the plan was written with: its SHA-256 is %s", textOf(n.get("file")), sum)
	}
}

// jsonNumber is a number as JSON writes it.
var jsonNumber = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?$`)

// jsonValue is a free value as encoding/json writes it: numbers digit by digit as they were
// written, so that a long one loses none, and null as itself.
func jsonValue(n *node) any {
	switch {
	case n.kind == list:
		values := make([]any, len(n.items))
		for i, item := range n.items {
			values[i] = jsonValue(item)
		}
		return values
	case n.kind == mapping:
		values := map[string]any{}
		for _, e := range n.entries {
			values[e.key] = jsonValue(e.value)
		}
		return values
	case n.kind == absent:
		return json.RawMessage("null")
	case n.kind == scalar && !n.isText && jsonNumber.MatchString(n.text):
		return json.Number(n.text)
	}
	return plain(n)
}
