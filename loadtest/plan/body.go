package plan

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// Part is one part of a multipart body: a text, or a file.
type Part struct {
	Name string // of the field
	Text string // its value; or
	File string // where the file was read from
	Type string // of the file's content; default application/octet-stream
	Data []byte // the file's content
}

// Sum is the SHA-256 of the file's content, in hexadecimal.
func (p Part) Sum() string {
	sum := sha256.Sum256(p.Data)
	return hex.EncodeToString(sum[:])
}

// Content is the body of the step's request, the way values are written into it, and
// its content type; all are empty when there is none. Its error says what is wrong
// with a body that no plan may have.
func (s Step) Content() (body Text, e Escape, contentType string, err error) {
	switch {
	case s.JSON != nil:
		text, err := json.Marshal(s.JSON)
		if err != nil {
			return Text{}, AsIs, "", err
		}
		body, err = ParseText(string(text))
		return body, InJSON, "application/json", err
	case len(s.Form) > 0:
		body, err = formText(slices.Sorted(maps.Keys(s.Form)), s.Form)
		return body, InForm, "application/x-www-form-urlencoded", err
	case len(s.Multipart) > 0:
		body, boundary, err := s.parts()
		return body, AsIs, "multipart/form-data; boundary=" + boundary, err
	case s.Body != "":
		body, err = ParseText(s.Body)
		return body, AsIs, "text/plain; charset=utf-8", err
	}
	return Text{}, AsIs, "", nil
}

// Payload is the body of the step's request as it was written, its places not filled
// in, and its content type.
func (s Step) Payload() (body []byte, contentType string, err error) {
	text, _, contentType, err := s.Content()
	if contentType == "" || err != nil {
		return nil, contentType, err
	}
	return []byte(text.String()), contentType, nil
}

// parts writes a multipart body (RFC 7578). Its boundary is made from its content, so
// the same plan sends the same bytes.
func (s Step) parts() (body Text, boundary string, err error) {
	hash := sha256.New()
	for _, p := range s.Multipart {
		fmt.Fprintf(hash, "%q %q %q %q %s", p.Name, p.Text, p.File, p.Type, p.Data)
	}
	boundary = "flywheel-" + hex.EncodeToString(hash.Sum(nil)[:16])
	literal := func(format string, args ...any) {
		body.parts = append(body.parts, part{literal: fmt.Sprintf(format, args...)})
	}
	for _, p := range s.Multipart {
		if p.File == "" {
			literal("--%s\r\nContent-Disposition: form-data; name=%s\r\n\r\n", boundary, quoted(p.Name))
			value, err := ParseText(p.Text)
			if err != nil {
				return Text{}, "", err
			}
			body.parts = append(body.parts, value.parts...)
		} else {
			kind := p.Type
			if kind == "" {
				kind = "application/octet-stream"
			}
			literal("--%s\r\nContent-Disposition: form-data; name=%s; filename=%s\r\nContent-Type: %s\r\n\r\n%s", boundary, quoted(p.Name), quoted(baseName(p.File)), kind, p.Data)
		}
		literal("\r\n")
	}
	literal("--%s--\r\n", boundary)
	return body, boundary, nil
}

// baseName is what follows the last slash of a file's name.
func baseName(file string) string {
	for i := len(file) - 1; i >= 0; i-- {
		if file[i] == '/' || file[i] == '\\' {
			return file[i+1:]
		}
	}
	return file
}
