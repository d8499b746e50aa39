package scenarios

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"flywheel/models"
)

// object is a JSON object.
type object = map[string]any

// scenarioSchema is the JSON Schema of a scenario file, for editors: it completes keys, shows
// what they mean and marks unknown ones. It knows forms and no meanings; `flywheel check`
// knows both. Nothing inside the market is required, for a file may extend another.
func scenarioSchema() object {
	top := schemaOf(whole())
	properties := top["properties"].(object)
	market := object{}
	for _, f := range whole().field("variants").form.(*changes).record.fields {
		market[f.key] = object{"$ref": "#/properties/" + f.key}
	}
	properties["variants"].(object)["additionalProperties"] = object{"anyOf": []any{
		object{"type": "object", "properties": market, "additionalProperties": false, "minProperties": 1}, object{"type": "null"}}}
	top["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	top["title"] = "Flywheel scenario"
	top["required"] = []any{"name"}
	top["anyOf"] = []any{object{"required": []any{"extends"}}, object{"required": []any{"horizon", "platforms", "segments"}}}
	return top
}

// schemaOf is the JSON Schema of one form.
func schemaOf(f form) object {
	anyOf := func(options ...object) object {
		list := []any{}
		for _, o := range options {
			list = append(list, o)
		}
		return object{"anyOf": list}
	}
	null := object{"type": "null"}
	switch f := f.(type) {
	case *word:
		return schemaOfWord(f)
	case *record:
		properties := object{}
		for _, field := range f.fields {
			s := schemaOf(field.form)
			if field.removable {
				s = anyOf(s, null)
			}
			s["description"] = field.about
			if field.unit != "" {
				s["description"] = field.about + " Unit: " + field.unit + "."
			}
			properties[field.key] = s
		}
		long := object{"type": "object", "properties": properties, "additionalProperties": false}
		switch {
		case f.shorts == "a number":
			return anyOf(long, object{"type": "number"})
		case f.shorts != "":
			return anyOf(long, object{"enum": texts(strings.Split(f.shorts, " or "))})
		}
		return long
	case *roll:
		item := schemaOf(f.item)
		item["properties"].(object)["remove"] = object{"const": true, "description": "Takes the " + f.thing + " of that name away."}
		item["required"] = []any{"name"}
		return object{"type": "array", "items": item}
	case *keyed:
		value := schemaOf(f.value)
		long := object{"type": "object", "additionalProperties": anyOf(value, null)}
		if f.rest {
			return anyOf(value, long)
		}
		return long
	case *series:
		list := object{"type": "array", "items": schemaOf(f.item)}
		if f.length > 0 {
			list["minItems"], list["maxItems"] = float64(f.length), float64(f.length)
		}
		return list
	case *rows:
		return object{"type": "array", "items": schemaOf(f.item)}
	case *shape:
		return anyOf(schemaOf(f.word), schemaOf(f.series))
	case *edgeFile:
		return anyOf(object{"type": "string"}, schemaOf(&record{fields: f.record.fields}))
	case *either:
		return anyOf(schemaOf(f.word), schemaOf(f.record))
	case *changes:
		return object{"type": "object"}
	case *verbatim:
		return anyOf(object{"type": "string"}, object{"type": "number"})
	case *free:
		return object{}
	}
	panic("bug: a form without a schema")
}

// schemaOfWord finds out from a form's own parser whether it takes numbers, texts or both.
func schemaOfWord(w *word) object {
	var options []any
	understood := func(text string) bool {
		_, problem, _ := w.parse(text)
		return problem == ""
	}
	switch {
	case w.words != nil:
		options = append(options, object{"enum": texts(w.words)})
	case w.about == aName.about:
		options = append(options, object{"type": "string", "pattern": models.NamePattern})
	case w.bare:
		options = append(options, object{"type": "string"}, object{"type": "number"})
	case w.text:
		options = append(options, object{"type": "string"})
	default:
		if understood("1") {
			options = append(options, object{"type": "number"})
		}
		if slices.ContainsFunc([]string{"1/day", "1/s", "1d", "1m", "1:00"}, understood) {
			options = append(options, object{"type": "string"})
		}
	}
	if also := slices.DeleteFunc(slices.Clone(w.also), func(s string) bool { return s == infinite }); len(also) > 0 {
		options = append(options, object{"enum": texts(also)})
	}
	if len(options) == 1 {
		return options[0].(object)
	}
	return object{"anyOf": options}
}

func texts(words []string) []any {
	list := make([]any, len(words))
	for i, w := range words {
		list[i] = w
	}
	return list
}

func TestSchemaIsDocumented(t *testing.T) {
	text, err := json.MarshalIndent(scenarioSchema(), "", "  ")
	require.NoError(t, err)
	requireDocumented(t, "../docs/scenario.schema.json", string(text)+"\n")
}

// The schema takes every sound scenario, and refuses those whose form is wrong.
func TestSchemaKnowsForms(t *testing.T) {
	var schema object // as an editor reads it, from its text
	text, err := json.Marshal(scenarioSchema())
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &schema))
	fits := func(file string) bool {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		var r report
		return obeys(schema, schema, jsonOf(parse(&r, place{file: file}, text)))
	}
	library, err := filepath.Glob("library/*.yaml")
	require.NoError(t, err)
	for _, file := range append(corpus(t, "good"), library...) {
		require.True(t, fits(file), "%s is sound", file)
	}
	for _, name := range []string{"noise-none-with-scale", "budget-negative", "start"} {
		require.True(t, fits("testdata/bad/"+name+".yaml"), "%s is a question of meaning", name)
	}
	for _, name := range []string{"unknown-keys", "key-misspelled-and-needed", "wrong-kinds", "kinds-swapped", "kinds-in-lists", "variant-keys", "variant-empty",
		"nothing-required", "event-keys", "event-words", "event-profile", "quoted-number", "null-values"} {
		require.False(t, fits("testdata/bad/"+name+".yaml"), "%s is a question of form", name)
	}
}

// jsonOf is a raw node as a JSON value.
func jsonOf(n *node) any {
	if x, is := numberIn(n); is {
		return x
	}
	switch n.kind {
	case list:
		values := []any{}
		for _, item := range n.items {
			values = append(values, jsonOf(item))
		}
		return values
	case mapping:
		values := object{}
		for _, e := range n.entries {
			values[e.key] = jsonOf(e.value)
		}
		return values
	}
	return plain(n)
}

// numberIn is the number that a raw node says, if it says one.
func numberIn(n *node) (float64, bool) {
	if n.kind != scalar || n.isText {
		return 0, false
	}
	if strings.EqualFold(n.text, infinite) {
		return math.Inf(1), true
	}
	x, problem, _ := parseDecimal(n.text)
	return x, problem == ""
}

// obeys tells whether a value obeys a schema, as far as schemas here go.
func obeys(root, schema object, value any) bool {
	if ref, ok := schema["$ref"].(string); ok {
		return obeys(root, root["properties"].(object)[strings.TrimPrefix(ref, "#/properties/")].(object), value)
	}
	for key, rule := range schema {
		good := true
		switch key {
		case "type":
			good = kindOf(value) == rule
		case "enum":
			good = slices.Contains(rule.([]any), value)
		case "const":
			good = value == rule
		case "pattern":
			s, isText := value.(string)
			good = isText && regexp.MustCompile(rule.(string)).MatchString(s)
		case "anyOf":
			good = slices.ContainsFunc(rule.([]any), func(option any) bool { return obeys(root, option.(object), value) })
		case "minProperties":
			o, isObject := value.(object)
			good = isObject && len(o) >= int(rule.(float64))
		case "minItems", "maxItems":
			l, isList := value.([]any)
			good = isList && len(l) == int(rule.(float64)) // both are the same number here
		case "required":
			o, _ := value.(object)
			good = !slices.ContainsFunc(rule.([]any), func(key any) bool { _, there := o[key.(string)]; return !there })
		case "items":
			l, _ := value.([]any)
			good = !slices.ContainsFunc(l, func(item any) bool { return !obeys(root, rule.(object), item) })
		case "properties", "additionalProperties":
			o, _ := value.(object)
			good = obeysKeys(root, schema, o)
		}
		if !good {
			return false
		}
	}
	return true
}

func obeysKeys(root, schema, value object) bool {
	known, _ := schema["properties"].(object)
	for key, v := range value {
		rule, is := known[key].(object)
		if !is {
			rule, is = schema["additionalProperties"].(object)
		}
		if !is && schema["additionalProperties"] == false || is && !obeys(root, rule, v) {
			return false
		}
	}
	return true
}

func kindOf(value any) string {
	switch value.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case float64, int64:
		return "number"
	case string:
		return "string"
	case []any:
		return "array"
	}
	return "object"
}
