package engine_test

import (
	"flag"
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"flywheel/models"
	"flywheel/sim"
	"flywheel/sim/engine"
)

// Worlds are numbered, and the same number is the same world wherever it is made, so that this suite
// passes everywhere or nowhere; a search for faults takes others, by the thousand.
var (
	worldFirst = flag.Int("worlds.first", 1, "number of the first random world")
	worldCount = flag.Int("worlds", 0, "how many random worlds; 0: 60, or 30 of the short tests")
)

// Whatever meets whatever: in random worlds of everything that the law can say, every engine that
// takes them keeps its accounts of people, orders and money, tells the same at three threads, and the
// same again with a mechanism added that nothing uses.
func TestAnythingMeetsAnything(t *testing.T) {
	count := 60
	switch {
	case *worldCount > 0:
		count = *worldCount
	case testing.Short():
		count = 30
	}
	told := map[string]int{}
	for number := *worldFirst; number < *worldFirst+count; number++ {
		m := rapid.Custom(aWorld).Example(number)
		o := sim.Options{Seed: uint64(number), Welfare: number%2 == 0}
		for _, name := range engine.Names() {
			ok := t.Run(fmt.Sprintf("world %d by %s", number, name), func(t *testing.T) {
				s := run(t, m, name, o, true)
				if s == nil {
					return
				}
				told[name]++
				s.check()
				three, other := o, o
				three.Threads, other.Welfare = 3, !o.Welfare
				s.same(run(t, m, name, three, false), "three threads", 0)
				s.same(run(t, m, name, other, false), "welfare told or not", 0)
				s.same(run(t, m, name, o, false, 2, m.Horizon.Periods), "few periods told", 0)
				if short := shorter(m); short != nil {
					run(t, short, name, o, true).same(s, "a horizon of a period more", 0)
				}
				near := 0.0
				if !s.whole { // expectations may be added up in another order
					near = 1e-9
				}
				also := idle[number%len(idle)]
				if more := with(m, also.add); more != nil {
					told["idle"]++
					other := run(t, more, name, o, true)
					require.NotNil(t, other, also.name)
					s.same(other, also.name, near)
				}
			})
			if !ok {
				t.Logf("go test ./sim/engine -run %s -worlds 1 -worlds.first %d", t.Name(), number)
			}
		}
	}
	if *worldCount > 0 {
		return
	}
	for _, name := range append(engine.Names(), "idle") {
		require.Greater(t, told[name], count/3, "worlds that %s tells", name)
	}
}

// shorter is a market whose horizon ends a period earlier; nil where that makes a difference to what
// happens before, or dates lie in the last period.
func shorter(m *models.Model) *models.Model {
	for _, p := range m.Policies {
		if p.Even || p.Announced > 0 {
			return nil
		}
	}
	return with(m, func(m *models.Model) {
		m.Horizon.Periods--
		for i := range m.Segments {
			if beats := m.Segments[i].Orders.Rhythm; beats != nil {
				m.Segments[i].Orders.Rhythm = beats[:len(beats)-1]
			}
		}
	})
}

// Of a world's mechanisms, each is there in some of the worlds: what refuses itself by what it needs
// of others would be tested by nothing.
func TestWorldsHaveEverything(t *testing.T) {
	seen := map[string]int{}
	note := func(what string, is bool) {
		if seen[what] += 0; is {
			seen[what]++
		}
	}
	for number := range 400 {
		m := rapid.Custom(aWorld).Example(number + 1)
		for _, by := range models.Instruments() {
			for _, p := range m.Policies {
				note(by, string(p.Instrument) == by)
				note("even", p.Even)
				note("refit", p.Feature.Refit != nil)
				note("top", p.Target.Top > 0)
				note("relation "+string(p.Target.Relation), true)
				note(fmt.Sprintf("%T", p.Shape), true)
			}
		}
		for _, p := range m.Platforms {
			for what, is := range map[string]bool{"launch": p.Launch != nil, "entry": p.Entry != nil, "exit": p.Exit != nil, "imitation": p.Imitates != nil, "sites": p.Sites != nil, "sales": p.Sales != nil} {
				note(what, is)
			}
			if in := p.Income; in != nil {
				for what, is := range map[string]bool{"ads": in.Ads != nil, "spread": in.Spread != nil, "charges": in.Charges != nil, "float": in.Float != nil, "vouchers": in.Vouchers != nil, "wallet": in.Wallet != nil,
					"points": in.Points != nil, "coalition": in.Points != nil && in.Points.Coalition != "", "rounds": in.Rounds != nil} {
					note(what, is)
				}
			}
			if p.Service == nil {
				continue
			}
			for _, s := range p.Service.Stages {
				note("queue "+string(s.Queue), true)
				note("matching "+string(s.Matching.Kind), true)
				note("area", s.Area > 0)
				note("mm1k with a capacity", s.Queue == models.QueueMM1K && !math.IsInf(s.Limit("south"), 1))
			}
		}
		for _, s := range m.Segments {
			for what, is := range map[string]bool{"aware": s.Aware != nil, "life": s.Life != nil, "mood": s.Life != nil && s.Life.Mood != nil, "voice": s.Life != nil && s.Life.Mood != nil && s.Life.Mood.Voice != nil,
				"age": s.Life != nil && s.Life.Age != nil, "demand": s.Orders.Demand != nil, "mix": s.Orders.Mix.Classes > 0, "supply": s.Supply != nil, "taste": s.Taste.SD != nil, "memory": s.Memory != nil, "transport": s.Transport > 0} {
				note(what, is)
			}
		}
		for what, is := range map[string]bool{"async": m.Clock.Kind == models.ClockAsync, "network": m.Networks != nil, "shock": m.Shocks != nil, "regulation": m.Regulations != nil, "merger": m.Mergers != nil, "event": m.Event != nil,
			"deployment": m.Event != nil && m.Event.Deployment.Limited} {
			note(what, is)
		}
	}
	for what, times := range seen {
		require.GreaterOrEqual(t, times, 3, "worlds with %s", what)
	}
}
