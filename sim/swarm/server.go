package swarm

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/gofrs/flock"
	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

// Server is a server of NATS with JetStream inside this process. It has no authentication.
type Server struct {
	ns   *server.Server
	lock *flock.Flock
}

// Listen starts a server that keeps its streams in a folder, made when it is not there. Without an address only this
// process can connect; an address, HOST:PORT, must be one that other machines cannot reach, as nobody is asked who
// he is. One folder has one server: a second is refused. Close must follow.
func Listen(dir, addr string) (*Server, error) {
	o := &server.Options{ServerName: "flywheel", JetStream: true, StoreDir: dir, DontListen: addr == "", NoLog: true, NoSigs: true, DisableJetStreamBanner: true}
	if addr != "" {
		if err := place(o, addr); err != nil {
			return nil, err
		}
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, fmt.Errorf("no room for a queue: %w", err)
	}
	s := &Server{lock: flock.New(filepath.Join(dir, "flywheel.lock"))}
	switch held, err := s.lock.TryLock(); {
	case err != nil:
		return nil, fmt.Errorf("%s: cannot be locked: %w", dir, err)
	case !held:
		return nil, errors.Join(fmt.Errorf("%s: another server keeps its queue here; wait for it, or choose another folder", dir), s.lock.Close())
	}
	var err error
	if s.ns, err = server.NewServer(o); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: no server can be started: %w", dir, err), s.lock.Close())
	}
	s.ns.Start()
	const patience = 30 * time.Second
	if !s.ns.ReadyForConnections(patience) {
		return nil, errors.Join(fmt.Errorf("%s: the server has not started within %s; look at the space left there", dir, patience), s.Close())
	}
	return s, nil
}

// place checks an address and puts it into options.
func place(o *server.Options, addr string) error {
	host, port, err := net.SplitHostPort(addr)
	number, bad := strconv.ParseUint(port, 10, 16)
	if err != nil || bad != nil {
		return fmt.Errorf("%q is no address to listen on; write one such as 127.0.0.1:4222", addr)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return fmt.Errorf("other machines could reach the queue at %s, and it trusts everybody; listen on 127.0.0.1, or run a nats-server with authentication and give its address", addr)
	}
	probe, err := net.Listen("tcp", addr)
	if err != nil {
		return fmt.Errorf("cannot listen on %s: %w; give another port", addr, err)
	}
	if o.Host, o.Port = host, int(number); number == 0 {
		o.Port = server.RANDOM_PORT
	}
	return probe.Close()
}

// URL is the address at which other processes reach a server that listens.
func (s *Server) URL() string { return s.ns.ClientURL() }

// Connect connects from within this process. Close must follow.
func (s *Server) Connect(ctx context.Context) (*Conn, error) {
	return connect(ctx, "", "flywheel", nats.InProcessServer(s.ns))
}

// Close ends the server; its streams stay in its folder.
func (s *Server) Close() error {
	s.ns.Shutdown()
	s.ns.WaitForShutdown()
	return s.lock.Close()
}
