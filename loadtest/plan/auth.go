package plan

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
)

// Auth says who asks. Secrets are named, never written: a plan holds the names of
// variables of the environment, and a run reads them where it begins. The zero value
// is nobody.
type Auth struct {
	Bearer   string // variable that holds a token, sent as Authorization: Bearer; or
	User     string // name, sent with a password as Authorization: Basic (RFC 7617)
	Password string // variable that holds the password
}

// environment is the word before the name of a variable in a place such as {{env.TOKEN}}.
const environment = "env"

// Variables lists the variables of the environment that the plan's requests want, in
// the order of the alphabet.
func (p Plan) Variables() []string {
	var all []string
	for _, s := range p.Steps() {
		auth := p.AuthOf(s)
		all = append(all, auth.Bearer, auth.Password)
		for _, name := range s.names() {
			if variable, is := strings.CutPrefix(name, environment+"."); is {
				all = append(all, variable)
			}
		}
	}
	slices.Sort(all)
	return slices.DeleteFunc(slices.Compact(all), func(name string) bool { return name == "" })
}

// AuthOf is who asks in a step: the step's own word, or else the plan's.
func (p Plan) AuthOf(s Step) Auth {
	if s.Auth != (Auth{}) {
		return s.Auth
	}
	return p.Auth
}

// Header is the value of the header Authorization; secret gives the value of a
// variable. It is empty for nobody.
func (a Auth) Header(secret func(variable string) string) string {
	switch {
	case a.Bearer != "":
		return "Bearer " + secret(a.Bearer)
	case a.User != "":
		return "Basic " + base64.StdEncoding.EncodeToString([]byte(a.User+":"+secret(a.Password)))
	}
	return ""
}

func (a Auth) validate(fs *Faults, path string) {
	variable := func(path, name string) {
		if name != "" && (!valueName(name) || strings.ContainsAny(name, ".-")) {
			fs.add(path, "write the name of a variable, such as SHOP_TOKEN, and set it where flywheel is started", "%q is no name of a variable of the environment", clip(name))
		}
	}
	variable(path+".bearer", a.Bearer)
	variable(path+".password", a.Password)
	switch {
	case a.Bearer != "" && a.User+a.Password != "":
		fs.add(path, "keep one of the two", "it has both a bearer and a user")
	case a.User == "" && a.Password != "", a.User != "" && a.Password == "":
		fs.add(path, "write {user: NAME, password: VARIABLE}", "a user and a password go together")
	case strings.Contains(a.User, ":"):
		fs.add(path+".user", "use another name", "%q holds a colon, which basic authorization cannot carry", clip(a.User))
	}
}

// MissingVariables are the faults of a plan whose variables are not all there; has says
// which are.
func (p Plan) MissingVariables(has func(variable string) bool) Faults {
	var fs Faults
	for _, name := range p.Variables() {
		if !has(name) {
			fs.add("", fmt.Sprintf("set it where flywheel is started: export %s=...", name), "the plan wants the variable %s of the environment, which is not set", name)
		}
	}
	return fs
}
