package plan

import (
	"bytes"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

// Wire says how requests travel. The zero value is HTTP/1.1 to an http target, what
// the target prefers to an https target, and connections that are kept.
type Wire struct {
	Version string // of HTTP: 1.1 or 2; default as above
	Fresh   bool   // every request has a connection of its own
	Engine  Engine // default lanes for HTTP/1.1 where that was asked for or goes without saying, else vegeta
	TLS     TLS
}

// Engine is one of the two ways to send.
type Engine string

// The engines: lanes is for HTTP/1.1 alone and takes less of the processor; vegeta
// is vegeta's attacker over the client of Go's library.
const (
	Lanes  Engine = "lanes"
	Vegeta Engine = "vegeta"
)

// Versions lists the versions of HTTP that a plan may ask for.
func Versions() []string { return []string{"1.1", "2"} }

// Engines lists the engines that a plan may ask for.
func Engines() []string { return []string{string(Lanes), string(Vegeta)} }

// TLS says whom to trust and who one is, towards an https target. The zero value
// trusts whom the system trusts.
type TLS struct {
	CA          File   // certificates to trust instead of the system's, as PEM
	Certificate File   // one's own, as PEM
	Key         File   // its private key, as PEM; never written anywhere
	ServerName  string // name to ask for and to find in the target's certificate; default the target's host
	SkipVerify  bool   // trust anybody
}

// File is a file that a plan names, with what it held.
type File struct {
	Name string
	Data []byte
}

// Sum is the SHA-256 of the file's content, in hexadecimal.
func (f File) Sum() string {
	sum := sha256.Sum256(f.Data)
	return hex.EncodeToString(sum[:])
}

// Chosen is the engine that presses a target with a scheme.
func (w Wire) Chosen(scheme string) Engine {
	switch {
	case w.Engine != "":
		return w.Engine
	case w.Version == "1.1" || w.Version == "" && scheme == "http":
		return Lanes
	}
	return Vegeta
}

// Set reports whether anything was asked for.
func (t TLS) Set() bool {
	return t.CA.Name+t.Certificate.Name+t.Key.Name+t.ServerName != "" || t.SkipVerify
}

// Config is the configuration for a host; version is that of HTTP, empty for what the
// target prefers. Its error is a Fault with a path inside tls.
func (t TLS) Config(host, version string) (*tls.Config, error) {
	c := &tls.Config{ServerName: host, InsecureSkipVerify: t.SkipVerify, NextProtos: []string{"h2", "http/1.1"}}
	switch version {
	case "1.1":
		c.NextProtos = []string{"http/1.1"}
	case "2":
		c.NextProtos = []string{"h2"}
	}
	if t.ServerName != "" {
		c.ServerName = t.ServerName
	}
	if t.CA.Name != "" {
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM(t.CA.Data) {
			return nil, Fault{Path: "tls.ca", Problem: fmt.Sprintf("%q holds no certificate", clip(t.CA.Name)), Remedy: "name a file of certificates as PEM"}
		}
	}
	if t.Certificate.Name != "" || t.Key.Name != "" {
		pair, err := tls.X509KeyPair(t.Certificate.Data, t.Key.Data)
		if err != nil {
			return nil, Fault{Path: "tls.certificate", Problem: fmt.Sprintf("%q and %q are no certificate with its key: %v", clip(t.Certificate.Name), clip(t.Key.Name), err), Remedy: "name a certificate and its private key, both as PEM"}
		}
		c.Certificates = []tls.Certificate{pair}
	}
	return c, nil
}

func (p Plan) validateWire(fs *Faults) {
	w := p.Wire
	if w.Version != "" && !slices.Contains(Versions(), w.Version) {
		fs.add("http.version", "write 1.1 or 2", "%q is no version of HTTP that can be sent", clip(w.Version))
	}
	if w.Engine != "" && !slices.Contains(Engines(), string(w.Engine)) {
		fs.add("http.engine", "write lanes or vegeta", "%q is no engine", clip(string(w.Engine)))
	}
	if w.Engine == Lanes && w.Version == "2" {
		fs.add("http.engine", "take it out, or write version: 1.1", "lanes send HTTP/1.1 only")
	}
	if w.Version == "2" && w.Fresh {
		fs.add("http.keep_alive", "take it out, or write version: 1.1", "HTTP/2 keeps its connections")
	}
	if !w.TLS.Set() {
		return
	}
	if u, err := ParseTarget(p.Target); err == nil && u.Scheme == "http" {
		fs.add("tls", "take it out, or press an https:// target", "the target is not encrypted")
	}
	if (w.TLS.Certificate.Name == "") != (w.TLS.Key.Name == "") {
		fs.add("tls", "name both certificate and key", "a certificate and its key go together")
		return
	}
	if _, err := w.TLS.Config("host", ""); err != nil {
		*fs = append(*fs, err.(Fault))
	}
}

func (w Wire) write(b *bytes.Buffer) {
	var keys []string
	add := func(set bool, key, value string) {
		if set {
			keys = append(keys, key+": "+value)
		}
	}
	add(w.Version != "", "version", quoted(w.Version))
	add(w.Fresh, "keep_alive", "false")
	add(w.Engine != "", "engine", string(w.Engine))
	if len(keys) > 0 {
		fmt.Fprintf(b, "http: {%s}\n", strings.Join(keys, ", "))
	}
	keys = nil
	for _, f := range []struct {
		key  string
		file File
	}{{"ca", w.TLS.CA}, {"certificate", w.TLS.Certificate}} {
		add(f.file.Name != "", f.key, fmt.Sprintf("{file: %s, sha256: %s}", quoted(f.file.Name), quoted(f.file.Sum())))
	}
	add(w.TLS.Key.Name != "", "key", quoted(w.TLS.Key.Name))
	add(w.TLS.ServerName != "", "server_name", quoted(w.TLS.ServerName))
	add(w.TLS.SkipVerify, "skip_verify", "true")
	if len(keys) > 0 {
		fmt.Fprintf(b, "tls: {%s}\n", strings.Join(keys, ", "))
	}
}
