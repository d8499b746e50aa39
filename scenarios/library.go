package scenarios

import (
	"embed"
	"path"
	"slices"
	"strings"
)

//go:embed library/*.yaml library/data/*.csv
var shelf embed.FS

// Library lists the names of the scenarios that come with the program, in the order of the
// alphabet.
func Library() []string {
	entries, err := shelf.ReadDir("library")
	if err != nil {
		panic("bug: the library is not embedded: " + err.Error())
	}
	var list []string
	for _, e := range entries {
		if name, is := strings.CutSuffix(e.Name(), ".yaml"); is {
			list = append(list, name)
		}
	}
	slices.Sort(list)
	return list
}

// shelved is the text of a library scenario and the file name it is quoted by.
func shelved(name string) (text []byte, file string, known bool) {
	if !slices.Contains(Library(), name) {
		return nil, "", false
	}
	file = path.Join("library", name+".yaml")
	text, err := shelf.ReadFile(file)
	if err != nil {
		panic("bug: the library lists what it does not hold: " + err.Error())
	}
	return text, file, true
}

// nearestNames is the name of the library that a word was probably meant to be, else all of
// them in the order of the alphabet.
func nearestNames(word string) []string {
	if near := nearest(word, Library()); near != "" {
		return []string{near}
	}
	return Library()
}
