package swarm

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Options say where a cluster is and who asks. The zero value of everything but URL is a server without
// authentication.
type Options struct {
	URL   string // such as nats://host:4222, tls://host:4222; several, separated by commas, for a cluster
	Creds string // a file of credentials, as nsc writes it
	CA    string // a file of certificates, PEM, of the authority that the server is trusted by
	Cert  string // a file with this machine's own certificate, PEM; Key is its file
	Key   string
	Name  string // what the connection is called in the server's own lists
}

// Conn is a connection to a server of NATS with JetStream. It comes back by itself after the server
// was away. It may be used by several goroutines at once.
type Conn struct {
	nc      *nats.Conn
	js      jetstream.JetStream
	at      string // the server, without passwords
	trials  jetstream.Stream
	results jetstream.Stream
	objects jetstream.ObjectStore
}

// Connect connects to a server and makes sure that the streams of a study are there: those that are, made by
// whoever runs the cluster perhaps with more replicas, are used as they are. Close must follow.
func Connect(ctx context.Context, o Options) (*Conn, error) {
	options := []nats.Option{}
	if o.Creds != "" {
		options = append(options, nats.UserCredentials(o.Creds))
	}
	if o.CA != "" {
		options = append(options, nats.RootCAs(o.CA))
	}
	if o.Cert != "" || o.Key != "" {
		options = append(options, nats.ClientCert(o.Cert, o.Key))
	}
	return connect(ctx, o.URL, o.Name, options...)
}

func connect(ctx context.Context, at, name string, options ...nats.Option) (*Conn, error) {
	options = append(options, nats.Name(name), nats.MaxReconnects(-1), nats.ReconnectWait(pause), nats.ReconnectJitter(pause, pause),
		nats.Timeout(10*time.Second), nats.ErrorHandler(func(*nats.Conn, *nats.Subscription, error) {}))
	shown := redacted(at)
	nc, err := nats.Connect(at, options...)
	for n := 0; n < 10 && err != nil && !errors.Is(err, nats.ErrAuthorization) && wait(ctx, pause); n++ { // it may be starting
		nc, err = nats.Connect(at, options...)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: cannot be reached: %w; start a server with JetStream there (nats-server -js), or correct the address or the credentials", shown, err)
	}
	c := &Conn{nc: nc, at: shown}
	if c.js, err = jetstream.New(nc); err == nil {
		err = c.prepare(ctx)
	}
	if err != nil {
		nc.Close()
		return nil, fmt.Errorf("%s: %w", shown, err)
	}
	return c, nil
}

// NATS is the connection itself, for other protocols over the same server.
func (c *Conn) NATS() *nats.Conn { return c.nc }

// redacted is an address without the password that may be in it.
func redacted(at string) string {
	list := strings.Split(at, ",")
	for i, one := range list {
		if u, err := url.Parse(strings.TrimSpace(one)); err == nil && u.User != nil {
			list[i] = u.Redacted()
		} else if _, host, found := strings.Cut(one, "@"); found {
			list[i] = host
		}
	}
	return strings.Join(list, ",")
}

// prepare finds or makes the streams.
func (c *Conn) prepare(ctx context.Context) error {
	var err error
	if c.trials, err = c.stream(ctx, jetstream.StreamConfig{
		Name: trialStream(), Description: "runs of studies that wait for a worker", Subjects: []string{prefix + ".trials.>"},
		Retention: jetstream.WorkQueuePolicy, MaxAge: forgotten, Duplicates: outage,
	}); err != nil {
		return err
	}
	if c.results, err = c.stream(ctx, jetstream.StreamConfig{
		Name: resultStream(), Description: "what came of runs", Subjects: []string{prefix + ".results.>"},
		MaxAge: forgotten, Duplicates: outage,
	}); err != nil {
		return err
	}
	c.objects, err = found(ctx, "object store "+contents(), jetstream.ErrBucketNotFound, func(ctx context.Context) (jetstream.ObjectStore, error) {
		return c.js.ObjectStore(ctx, contents())
	}, func(ctx context.Context) (jetstream.ObjectStore, error) {
		return c.js.CreateObjectStore(ctx, jetstream.ObjectStoreConfig{Bucket: contents(), Description: "what studies are, and large answers", TTL: 4 * forgotten})
	})
	return err
}

func (c *Conn) stream(ctx context.Context, config jetstream.StreamConfig) (jetstream.Stream, error) {
	return found(ctx, "stream "+config.Name, jetstream.ErrStreamNotFound, func(ctx context.Context) (jetstream.Stream, error) {
		return c.js.Stream(ctx, config.Name)
	}, func(ctx context.Context) (jetstream.Stream, error) {
		return c.js.CreateStream(ctx, config)
	})
}

// found finds something on the server, or makes it. Workers that start together all find that it is missing, and the
// server answers all but one in several ways; and a server that ends never answers. So whoever has not got it looks
// again.
func found[T any](ctx context.Context, what string, missing error, find, create func(context.Context) (T, error)) (T, error) {
	const attempts = 10
	for n := 1; ; n++ {
		once, stop := context.WithTimeout(ctx, answered)
		thing, err := find(once)
		if errors.Is(err, missing) {
			thing, err = create(once)
		}
		stop()
		switch {
		case err == nil:
			return thing, nil
		case errors.Is(err, jetstream.ErrJetStreamNotEnabled) || errors.Is(err, nats.ErrNoResponders):
			err = errors.New("the server has no JetStream; start it with -js, or enable it for this account")
		default:
			err = fmt.Errorf("has no %s, and it cannot be made: %w", what, err)
		}
		if n == attempts || !wait(ctx, pause) {
			return thing, err
		}
	}
}

// Close says what is still to be said and ends the connection.
func (c *Conn) Close() {
	_ = c.nc.FlushTimeout(time.Second) // whoever does not hear it finds out by its silence
	c.nc.Close()
}

// insist tries again while the server is away, for as long as an outage may last.
func (c *Conn) insist(ctx context.Context, what string, try func(context.Context) error) error {
	for end := time.Now().Add(outage); ; {
		once, stop := context.WithTimeout(ctx, answered)
		err := try(once)
		stop()
		switch {
		case err == nil:
			return nil
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case errors.Is(err, nats.ErrConnectionClosed), errors.Is(err, nats.ErrMaxPayload), errors.Is(err, nats.ErrAuthorization), time.Now().After(end):
			return fmt.Errorf("%s: cannot %s: %w", c.at, what, err)
		}
		if !wait(ctx, pause) {
			return context.Cause(ctx)
		}
	}
}

// wait waits, and tells whether the context lets it go on.
func wait(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
