package results

import (
	"fmt"
	"slices"
	"strings"
)

// Kind is what the values of a column are: text, whole numbers or real numbers.
type Kind uint8

// The three kinds a column can have.
const (
	Text    Kind = iota // Text is a string of valid UTF-8, never missing.
	Integer             // Integer is a signed 64-bit whole number, never missing.
	Number              // Number is a 64-bit float; NaN means that the quantity does not apply to the row.
)

// String names the kind in lower case, as manifests and documentation write it.
func (k Kind) String() string {
	switch k {
	case Text:
		return "text"
	case Integer:
		return "integer"
	case Number:
		return "number"
	}
	return fmt.Sprintf("kind %d", uint8(k))
}

// MarshalText writes the kind's name; an unknown kind is an error.
func (k Kind) MarshalText() ([]byte, error) {
	if k > Number {
		return nil, fmt.Errorf("bug: %v is not one of text, integer, number", k)
	}
	return []byte(k.String()), nil
}

// UnmarshalText reads a kind's name; any other word is an error that lists the three.
func (k *Kind) UnmarshalText(text []byte) error {
	for known := Text; known <= Number; known++ {
		if string(text) == known.String() {
			*k = known
			return nil
		}
	}
	return fmt.Errorf("column kind %q is unknown; it is one of text, integer, number", text)
}

// Unit is the unit of a column's values, such as "participants", "orders", "money" (the scenario's
// currency), "ms", "share" (a fraction of one) or "1" (a pure number); it is empty for text.
type Unit string

// Column promises what one column of a table holds.
type Column struct {
	Name  string `json:"name"`
	Kind  Kind   `json:"kind"`
	Unit  Unit   `json:"unit,omitempty"`
	About string `json:"about,omitempty"` // About is one sentence for the generated table documentation.
}

// Schema is the ordered list of a table's columns.
type Schema []Column

// Identity returns the columns that say which row of a forecast this is; a forecast's schema begins
// with them and its measures follow.
func Identity() Schema {
	return Schema{
		{Name: "run", Kind: Text, About: "Name of the run the row belongs to."},
		{Name: "variant", Kind: Text, About: "Name of the scenario's variant."},
		{Name: "replication", Kind: Integer, Unit: "1", About: "Which repetition with other luck, from 0."},
		{Name: "period", Kind: Integer, Unit: "periods", About: "0 is the start, t the end of period t."},
		{Name: "platform", Kind: Text, About: "Platform, or * for all together."},
		{Name: "side", Kind: Text, About: "Side of the market, or * for all together."},
		{Name: "segment", Kind: Text, About: "Segment, or * for all together."},
		{Name: "region", Kind: Text, About: "Region, or * for all together."},
	}
}

// Index returns the position of the named column, or -1 when the schema has none.
func (s Schema) Index(name string) int {
	return slices.IndexFunc(s, func(c Column) bool { return c.Name == name })
}

// Names returns the column names in order.
func (s Schema) Names() []string {
	names := make([]string, len(s))
	for i, c := range s {
		names[i] = c.Name
	}
	return names
}

// Equal reports whether both schemas promise the same columns in the same order, descriptions included.
func (s Schema) Equal(other Schema) bool { return slices.Equal(s, other) }

// Markdown renders the schema as a table of column, kind, unit and description, for docs/tables.md.
func (s Schema) Markdown() string {
	var b strings.Builder
	b.WriteString("| column | kind | unit | about |\n| --- | --- | --- | --- |\n")
	cell := strings.NewReplacer("|", `\|`, "\r\n", " ", "\n", " ", "\r", " ")
	for _, c := range s {
		fmt.Fprintf(&b, "| `%s` | %v | %s | %s |\n",
			cell.Replace(c.Name), c.Kind, cell.Replace(string(c.Unit)), cell.Replace(c.About))
	}
	return b.String()
}

// check finds everything wrong with the promise itself: nameless, repeated or kindless columns.
func (s Schema) check() []string {
	var faults []string
	seen := make(map[string]bool, len(s))
	for i, c := range s {
		switch {
		case c.Name == "":
			faults = append(faults, fmt.Sprintf("column %d has no name", i))
		case seen[c.Name]:
			faults = append(faults, fmt.Sprintf("column %s stands twice", c.Name))
		}
		seen[c.Name] = true
		if c.Kind > Number {
			faults = append(faults, fmt.Sprintf("column %s has %v", c.Name, c.Kind))
		}
	}
	return faults
}
