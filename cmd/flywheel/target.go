package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"flywheel/loadtest/target"
)

func (p *program) targetCommand() *cobra.Command {
	var ask askedShop
	c := &cobra.Command{
		Use:   "target",
		Short: "Open a small shop to practise on",
		Long: `Open a small real marketplace to press: catalogue, cart, checkout and payment, kept in an
embedded database file. Prints its address as soon as it listens, and serves until Ctrl-C
(exit code 130, as everywhere). It serves

  GET  /   /search?q=noodles   /items/7
  POST /cart {"item": 7}   /checkout {"cart": 1}   /pay {"order": 1}

where checkout and pay also take an empty body, from a walk-in.`,
		Example: "  flywheel target --addr 127.0.0.1:8080 --capacity 500 --stall 1s@5s",
		Args:    none,
		RunE: func(c *cobra.Command, _ []string) error {
			options, err := ask.options()
			if err != nil {
				return err
			}
			return p.keepShop(c.Context(), options)
		},
	}
	flags := c.Flags()
	flags.StringVar(&ask.addr, "addr", "127.0.0.1:8080", "listen on `HOST:PORT`; port 0 takes a free one")
	flags.Float64Var(&ask.capacity, "capacity", 0, "serve `RPS` requests per second, one after the other, and let more of them queue (default no limit)")
	flags.IntVar(&ask.queue, "queue", 0, "let no more than `N` requests queue for --capacity, and turn others away with 503 (default 10000)")
	flags.StringVar(&ask.stall, "stall", "", "freeze once: `LENGTH@BEGINNING`, counted from the first request, such as 1s@5s")
	flags.StringVar(&ask.fail, "fail", "", "answer a `SHARE` of the requests, such as 1%, with 500")
	flags.StringVar(&ask.file, "db", "", "keep the database in `FILE` (default a temporary one, removed at the end)")
	flags.BoolVar(&ask.expose, "expose", false, "let --addr be one that other machines can reach")
	return c
}

// askedShop is what the flags ask of a practice shop.
type askedShop struct {
	addr, stall, fail, file string
	capacity                float64
	queue                   int
	expose                  bool
}

// options checks the flags, all of them at once.
func (a *askedShop) options() (target.Options, error) {
	o := target.Options{Addr: a.addr, Capacity: a.capacity, Queue: a.queue, File: a.file}
	var faults []error
	add := func(flag string, err error) {
		if err != nil {
			faults = append(faults, fmt.Errorf("--%s: %w", flag, err))
		}
	}
	var err error
	host, port, err := net.SplitHostPort(a.addr)
	if _, noPort := strconv.ParseUint(port, 10, 16); err != nil || noPort != nil {
		add("addr", fmt.Errorf("%q is no address to listen on; write one such as 127.0.0.1:8080", a.addr))
	}
	if a.stall != "" {
		o.Stall, err = target.ParseStall(a.stall)
		add("stall", err)
	}
	if a.fail != "" {
		o.Fail, err = target.ParseShare(a.fail)
		add("fail", err)
	}
	if err := o.Validate(); err != nil {
		for line := range strings.SplitSeq(err.Error(), "\n") {
			faults = append(faults, errors.New("--"+line))
		}
	}
	if len(faults) > 0 {
		return o, failure{exitUsage, errors.Join(faults...)}
	}
	if ip := net.ParseIP(host); !a.expose && host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return o, failure{exitFaulty, fmt.Errorf("--addr: other machines could reach the shop at %s, and it trusts everybody; listen on 127.0.0.1, or say --expose", a.addr)}
	}
	return o, nil
}

// farewell is how long requests in progress may take to end when the shop closes.
const farewell = 500 * time.Millisecond

// keepShop serves until the context ends.
func (p *program) keepShop(ctx context.Context, o target.Options) error {
	shop, err := target.Open(o)
	if err != nil {
		return err
	}
	if err := p.announce(shop.URL); err != nil {
		return errors.Join(err, shop.Close(context.Background()))
	}
	if !p.quiet {
		fmt.Fprintln(p.err, "the shop is open; Ctrl-C closes it")
	}
	<-ctx.Done()
	patient, cancel := context.WithTimeout(context.Background(), farewell)
	defer cancel()
	if err := shop.Close(patient); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return failure{exitInterrupted, fmt.Errorf("closed after %s", several(int(shop.Arrived()), "request"))}
}

// announce prints the address, on one line, for people or for programs.
func (p *program) announce(url string) error {
	line := url
	if p.json {
		document, err := json.Marshal(struct {
			Address string `json:"address"`
		}{url})
		if err != nil {
			return err
		}
		line = string(document)
	}
	_, err := fmt.Fprintln(p.out, line)
	return err
}
