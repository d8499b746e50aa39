package study

import (
	"math"

	"flywheel/models"
	"flywheel/results"
)

// Channel is what one policy that brings people has cost by the end of a period and whom it has brought,
// over replications. CAC is the mean of what each replication paid for one of those it brought, over those replications
// in which it brought anybody, and NaN where there are none.
type Channel struct {
	Variant, Platform string
	Name              string // of the policy
	Kind              string // of its channel, or its instrument where it has none
	Rule              string // how it is priced, in words
	Period            int
	Spent             results.Band // money since the start
	Brought           results.Band // participants since the start
	CAC               results.Band // money per participant brought
}

// Channels are the policies that bring people among a plan's summary, in the order of its entries; none where the
// study does not record economics.
func Channels(p Plan, entries []Entry) []Channel {
	var list []Channel
	at := map[Entry]int{}
	for _, e := range entries {
		v := e.Variant
		var policy *models.Policy
		for i := range p.Variants {
			if p.Variants[i].Name == v && e.Side == "*" {
				policy = bringer(p.Variants[i].Law.Model, e.Platform, e.Segment)
			}
		}
		if policy == nil {
			continue
		}
		key := Entry{Variant: v, Platform: e.Platform, Segment: e.Segment, Period: e.Period}
		i, known := at[key]
		if !known {
			none := results.Band{Mean: math.NaN(), Lo: math.NaN(), Hi: math.NaN()}
			kind := string(policy.Instrument)
			if policy.Instrument == models.BuyMarketing {
				kind = string(policy.Channel.Kind)
			}
			i = len(list)
			at[key] = i
			list = append(list, Channel{Variant: v, Platform: e.Platform, Name: e.Segment, Kind: kind, Rule: policy.Rule(), Period: e.Period, Spent: none, Brought: none, CAC: none})
		}
		switch e.Metric {
		case "acquisition":
			list[i].Spent = e.Band
		case "brought":
			list[i].Brought = e.Band
		case "cac":
			list[i].CAC = e.Band
		}
	}
	return list
}

// bringer is the policy of a platform that brings people, by its name; nil for other names.
func bringer(m *models.Model, platform, name string) *models.Policy {
	for i := range m.Policies {
		if p := &m.Policies[i]; p.Name == name && p.Platform == platform && p.Instrument.Brings() {
			return p
		}
	}
	return nil
}

// ChannelSchema are the columns of a table of channels.
func ChannelSchema() results.Schema {
	list := results.Schema{
		{Name: "variant", Kind: results.Text, About: "Variant of the scenario; base is the scenario itself."},
		{Name: "platform", Kind: results.Text, About: "Platform whose policy it is."},
		{Name: "channel", Kind: results.Text, About: "Name of the policy: a channel, a referral or an envelope."},
		{Name: "kind", Kind: results.Text, About: "Kind of channel, or the instrument of what is none."},
		{Name: "rule", Kind: results.Text, About: "How it is priced, in words."},
		{Name: "period", Kind: results.Integer, Unit: "periods", About: "End of which period; all is since the start."},
	}
	for _, c := range []struct {
		name, about string
		unit        results.Unit
	}{
		{"spent", "Money spent on it", "money"}, {"brought", "Participants it has brought", "participants"}, {"cac", "Money spent for each of them, null where nobody was", "money per join"},
	} {
		for _, part := range [][2]string{{"", "mean over replications"}, {"_lo", "lower quantile, at the level the scenario's study states"}, {"_hi", "upper quantile"}} {
			list = append(list, results.Column{Name: c.name + part[0], Kind: results.Number, Unit: c.unit, About: c.about + ": " + part[1] + "."})
		}
	}
	return append(list, results.Column{Name: "replications", Kind: results.Integer, Unit: "1", About: "Replications in which it has brought somebody."})
}

// ChannelTable writes channels as a table.
func ChannelTable(list []Channel) (*results.Table, error) {
	t := results.NewTable("channels", ChannelSchema())
	for _, c := range list {
		err := t.Append(c.Variant, c.Platform, c.Name, c.Kind, c.Rule, c.Period, c.Spent.Mean, c.Spent.Lo, c.Spent.Hi,
			c.Brought.Mean, c.Brought.Lo, c.Brought.Hi, c.CAC.Mean, c.CAC.Lo, c.CAC.Hi, c.CAC.N)
		if err != nil {
			return nil, err
		}
	}
	return t, nil
}
