package swarm_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	nats "github.com/nats-io/nats-server/v2/server"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v4"

	"flywheel/sim/swarm"
)

// The server as deploy/ configures it lets in whoever trusts its authority and knows the password, and nobody else;
// what is said of it never holds the password.
func TestSecuredServer(t *testing.T) {
	dir := t.TempDir()
	for _, sub := range []string{"nats", "nats-users", "nats-tls", "data"} {
		require.NoError(t, os.Mkdir(filepath.Join(dir, sub), 0o777))
	}
	ca := certify(t, filepath.Join(dir, "nats-tls"))
	manifests, err := os.ReadFile("../../deploy/nats.yaml")
	require.NoError(t, err)
	var first struct{ Data map[string]string }
	require.NoError(t, yaml.NewDecoder(strings.NewReader(string(manifests))).Decode(&first))
	text := strings.NewReplacer("/etc/", dir+"/", "store_dir: /data", "store_dir: "+dir+"/data", "port: 4222", "port: -1", "http_port: 8222", "").Replace(first.Data["nats.conf"])
	require.NoError(t, os.WriteFile(filepath.Join(dir, "nats", "nats.conf"), []byte(text), 0o666))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "nats-users", "users.conf"), []byte("authorization { user: flywheel, password: hush }\n"), 0o666))
	options, err := nats.ProcessConfigFile(filepath.Join(dir, "nats", "nats.conf"))
	require.NoError(t, err)
	options.Host, options.NoLog, options.NoSigs = "127.0.0.1", true, true
	s, err := nats.NewServer(options)
	require.NoError(t, err)
	s.Start()
	defer s.WaitForShutdown()
	defer s.Shutdown()
	require.True(t, s.ReadyForConnections(20*time.Second))
	at := s.Addr().(*net.TCPAddr).String()

	c, err := swarm.Connect(t.Context(), swarm.Options{URL: "tls://flywheel:hush@" + at, CA: ca})
	require.NoError(t, err)
	c.Close()
	for what, o := range map[string]swarm.Options{
		"Authorization Violation": {URL: "tls://flywheel:wrong-hush@" + at, CA: ca},
		"certificate":             {URL: "tls://flywheel:hush@" + at},
		"no such file":            {URL: "tls://flywheel:hush@" + at, CA: ca, Creds: filepath.Join(dir, "nowhere")},
	} {
		_, err := swarm.Connect(t.Context(), o)
		require.ErrorContains(t, err, what)
		require.NotContains(t, err.Error(), "hush")
	}
}

// certify puts a key, and a certificate of it that is its own authority, into a folder.
func certify(t *testing.T, dir string) (ca string) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	about := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign}
	body, err := x509.CreateCertificate(rand.Reader, about, about, &key.PublicKey, key)
	require.NoError(t, err)
	private, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	for name, block := range map[string]*pem.Block{"tls.crt": {Type: "CERTIFICATE", Bytes: body}, "ca.crt": {Type: "CERTIFICATE", Bytes: body}, "tls.key": {Type: "PRIVATE KEY", Bytes: private}} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), pem.EncodeToMemory(block), 0o600))
	}
	return filepath.Join(dir, "ca.crt")
}
