package scenarios

import (
	"strings"

	"flywheel/loadtest/plan"
)

// The scalar forms of a journey.
var (
	aWait   = parsed("a time such as 2s, or 1s..3s", func(text string) error { _, err := plan.ParseWait(text); return err })
	aSource = condition(`a place such as $.items[0].id, "header Location", "cookie sid" or "match id=([0-9]+)"`, func(text string) error { _, err := plan.ParseSource(text); return err })
	aSum    = &verbatim{"the SHA-256 of the file, in hexadecimal"}
)

// aVersion is a version of HTTP, with or without quotes.
var aVersion = &verbatim{"1.1 or 2"}

func aWire() *record {
	return &record{name: "a wire", fields: []field{
		{key: "version", form: aVersion, about: "Version of HTTP: 1.1 or 2; else 1.1 to an http target, and what an https target prefers."},
		{key: "keep_alive", form: oneOf("true", "false"), preset: "true", source: definition, about: "Whether connections are kept for the next request."},
		{key: "engine", form: oneOf(plan.Engines()...), about: "lanes, for HTTP/1.1 alone and lighter, or vegeta; else lanes where the version is known to be 1.1."},
	}}
}

func aTLS() *record {
	return &record{name: "an encryption", fields: []field{
		{key: "ca", form: aFile("a PEM file such as ca.pem"), about: "Certificates to trust instead of the system's."},
		{key: "certificate", form: aFile("a PEM file such as me.pem"), about: "One's own certificate."},
		{key: "key", form: &verbatim{"a PEM file such as me.key"}, about: "Its private key."},
		{key: "server_name", form: aText, about: "Name to ask for; else the target's host."},
		{key: "skip_verify", form: oneOf("true", "false"), preset: "false", source: off, about: "Trusts anybody who answers."},
	}}
}

// aFile is a file, alone or with what its content must add up to.
func aFile(about string) *record {
	return &record{name: "a file", shorts: about, short: func(n *node) *node {
		return &node{kind: mapping, at: n.at, entries: []entry{{"file", n.at, n}}}
	}, fields: []field{
		{key: "file", form: &verbatim{about}, required: "name a file", about: "Where it is, beside the plan or in the working directory."},
		{key: "sha256", form: aSum, about: "What its content must add up to."},
	}}
}

func aFeeder() *record {
	return &record{name: "a feeder", fields: []field{
		{key: "name", form: aName, required: "write a name, such as name: user", about: "What it is called: its column email is {{NAME.email}}."},
		{key: "file", form: &verbatim{"a CSV file such as users.csv"}, required: "name a CSV file, such as file: users.csv", about: "Table whose first row names the columns, beside the plan or in the working directory."},
		{key: "order", form: oneOf(plan.Orders()...), preset: string(plan.InTurn), source: definition, about: "Which row a start takes: in_turn, at_random, or once, for which there must be as many rows as starts."},
		{key: "sha256", form: aSum, about: "What the file's content must add up to."},
	}}
}

func anAuth() *record {
	return &record{name: "an authorization", fields: []field{
		{key: "bearer", choice: "bearer", form: &verbatim{"the name of a variable of the environment"}, about: "Variable of the environment that holds a token."},
		{key: "user", choice: "user", form: &verbatim{"a name"}, required: "write a name, such as user: anna", about: "Name for basic authorization."},
		{key: "password", choice: "user", form: &verbatim{"the name of a variable of the environment"}, required: "name a variable of the environment, such as password: SHOP_PASSWORD", about: "Variable of the environment that holds the password."},
	}}
}

func aJourney() *record {
	return &record{name: "a journey", fields: []field{
		{key: "name", form: aText, about: "What it is called; else the name of its first step."},
		{key: "weight", form: aWhole, unit: "1", preset: "1", source: definition, about: "Relative number of starts."},
		{key: "steps", form: &rows{item: aStep(), about: "a list of steps, such as [{get: /}]"}, required: "write a step, such as steps: [{get: /}]",
			about: "The requests of the journey, in order; one that fails ends it."},
	}}
}

func aStep() *record {
	fields := []field{{key: "name", form: aText, about: "What it is called, once in a plan; else the last word of its path."}}
	for _, method := range []string{"get", "post", "put", "patch", "delete", "head", "options"} {
		fields = append(fields, field{key: method, form: aPath, about: "Path to " + strings.ToUpper(method) + ", with its query."})
	}
	return &record{name: "a step", fields: append(fields,
		field{key: "headers", form: &keyed{keysAre: "HEADER", value: aHeaderText}, about: "Request headers."},
		field{key: "auth", form: anAuth(), about: "Who asks, in this step."},
		field{key: "json", choice: "json", form: &free{about: "any value", json: true}, about: "Body, sent as JSON."},
		field{key: "form", choice: "form", form: &keyed{keysAre: "FIELD", value: aHeaderText}, about: "Body, sent as the fields of a form."},
		field{key: "multipart", choice: "multipart", form: &rows{item: aPart(), about: "a list of {name, text} and {name, file, type}"}, about: "Body, sent as the parts of a form, which may be files."},
		field{key: "body", choice: "body", form: &verbatim{"a text"}, about: "Body, sent as it is."},
		field{key: "expect", about: "What must come back for the request to count as ok.", form: &record{name: "an expected response", fields: []field{
			{key: "status", form: aWhole, unit: "1", about: "Exact status; without it any from 200 to 399 will do."},
			{key: "contains", form: &rows{item: &verbatim{"a text"}, about: "a list of texts", alone: true}, about: "Texts that the body holds."},
			{key: "json", form: &keyed{keysAre: "JSONPATH", value: &free{about: "any value", json: true}}, about: "Values at places in a body of JSON, such as {$.ok: true}."},
		}}},
		field{key: "capture", form: &keyed{keysAre: "NAME", value: aSource}, about: "Values to take from the response, for {{NAME}} in later steps."},
		field{key: "wait", form: aWait, unit: "time", about: "Time to think after the response, before the next step is due."},
	)}
}

func aPart() *record {
	return &record{name: "a part", fields: []field{
		{key: "name", form: &verbatim{"the name of a field"}, required: "write the name of a field, such as name: photo", about: "Field that it fills."},
		{key: "text", choice: "text", form: &verbatim{"a text"}, about: "Its value; or"},
		{key: "file", choice: "file", form: &verbatim{"a file such as photo.jpg"}, required: "name a file, such as file: photo.jpg", about: "a file, beside the plan or in the working directory."},
		{key: "type", choice: "file", form: &verbatim{"a type such as image/jpeg"}, about: "Type of the file's content; else application/octet-stream."},
		{key: "sha256", choice: "file", form: aSum, about: "What the file's content must add up to."},
	}}
}
