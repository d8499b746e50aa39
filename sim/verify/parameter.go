package verify

import "flywheel/models/theory"

// numbers are the numbers of a parameter that theory has already found sound: those given, or
// its default, or none.
func (c Case) numbers(name string) []float64 {
	raw, given := c.Params[name]
	if !given {
		raw = c.standard(name)
	}
	if raw == nil {
		return nil
	}
	list, _, _ := theory.NumbersIn(raw)
	return list
}

// number is the first number of a parameter, 0 when there is none.
func (c Case) number(name string) float64 {
	if list := c.numbers(name); len(list) > 0 {
		return list[0]
	}
	return 0
}

// pair is the two numbers of a parameter, side 1 first.
func (c Case) pair(name string) [2]float64 { return [2]float64(c.numbers(name)) }

// word is a parameter that is a word.
func (c Case) word(name string) string {
	raw, given := c.Params[name]
	if !given {
		raw = c.standard(name)
	}
	word, _ := raw.(string)
	return word
}

// gives tells whether the case itself sets a parameter.
func (c Case) gives(name string) bool {
	_, given := c.Params[name]
	return given
}

func (c Case) standard(name string) any {
	parameters, _ := theory.Parameters(c.Model)
	for _, p := range parameters {
		if p.Name == name {
			return p.Default
		}
	}
	return nil
}
