package models

import (
	"fmt"
	"math"
)

// ChannelKind is a way of buying attention, by how it is priced.
type ChannelKind string

// The kinds of channel. Online portals sell contacts at a fixed price; what hangs on walls is
// bought once and fades slowly; search sells clicks whose price rises with their number;
// alliances are paid for each participant they bring, or for each order of those; an occasion such
// as a spokesperson makes those it reaches pass it on. A partner lets the platform meet its people in
// exchange for meeting the platform's, and may have a share of what those order whom it brings; an
// agency, such as a mall that resells, lives by that share.
const (
	ChannelOnline   ChannelKind = "online"
	ChannelOffline  ChannelKind = "offline"
	ChannelSearch   ChannelKind = "search"
	ChannelAlliance ChannelKind = "alliance"
	ChannelOccasion ChannelKind = "occasion"
	ChannelPartner  ChannelKind = "partner"
	ChannelAgency   ChannelKind = "agency"
)

// ChannelKinds lists the kinds.
func ChannelKinds() []string {
	return []string{string(ChannelOnline), string(ChannelOffline), string(ChannelSearch), string(ChannelAlliance), string(ChannelOccasion),
		string(ChannelPartner), string(ChannelAgency)}
}

// Channel is what a marketing policy buys. Its shape is money per period, or money per
// participant brought or order of those where it is paid by result; of a partner and an agency the
// share of the GMV of those brought.
type Channel struct {
	Kind     ChannelKind
	Price    float64 // money per contact; of search: of the first
	Volume   float64 // of search: contacts per period at which one more costs twice the price
	Carry    float64 // of offline and occasion: share of a period's contacts that comes again in the next
	Reach    float64 // of alliance and agency: contacts per period
	Exchange float64 // of partner: contacts per participant and period
	PerOrder bool    // of alliance: paid for each order of those brought, not for each of them
	Response float64 // probability that a contact makes a person aware
}

// ByResult tells whether the channel is paid for each participant it brings, and not for
// contacts.
func (c Channel) ByResult() bool { return c.Kind == ChannelAlliance || c.Shares() }

// Shares tells whether the channel is paid a share of the GMV of those it has brought.
func (c Channel) Shares() bool { return c.Kind == ChannelPartner || c.Kind == ChannelAgency }

// PaysOrders tells whether the channel is paid by the orders of those it has brought.
func (c Channel) PaysOrders() bool { return c.Shares() || c.PerOrder }

// Contacts is how many contacts the channel makes in a period for the money spent in it, given
// how many it made in the period before. Where the marginal price of search is
// price (1 + v/volume) at v contacts, spending S buys volume (sqrt(1 + 2 S/(price volume)) - 1).
func (c Channel) Contacts(spent, before float64) float64 {
	switch c.Kind {
	case ChannelOffline: // fades, the whole of it adding up to what was bought
		return (1-c.Carry)*spent/c.Price + c.Carry*before
	case ChannelSearch:
		return c.Volume * (math.Sqrt(1+2*spent/(c.Price*c.Volume)) - 1)
	case ChannelAlliance, ChannelAgency:
		return c.Reach
	case ChannelOccasion: // each contact brings others: 1/(1 - carry) in the end
		return spent/c.Price + c.Carry*before
	default:
		return spent / c.Price
	}
}

// Hazard is the rate at which one of the people whom contacts meet by chance becomes aware.
func (c Channel) Hazard(contacts, people float64) float64 { return c.Response * contacts / people }

// Brings tells whether an instrument makes people hear of its platform, so that their joining is owed to
// it: a channel, invitations or envelopes.
func (i Instrument) Brings() bool {
	return i == BuyMarketing || i == PayReferral || i == PayEnvelope
}

// Rule says in words how a policy that brings people is priced; empty for other policies.
func (p *Policy) Rule() string {
	c := p.Channel
	switch {
	case p.Instrument == PayReferral:
		return "bonus for each who joins by invitation"
	case p.Instrument == PayEnvelope:
		return "for each envelope opened"
	case p.Instrument != BuyMarketing:
		return ""
	}
	switch c.Kind {
	case ChannelOffline:
		return fmt.Sprintf("%g a contact, bought once; %g%% of them come again", c.Price, 100*c.Carry)
	case ChannelSearch:
		return fmt.Sprintf("%g for the first contact, twice that at %g", c.Price, c.Volume)
	case ChannelAlliance:
		if c.PerOrder {
			return "for each order of those brought"
		}
		return "for each participant brought"
	case ChannelOccasion:
		return fmt.Sprintf("%g a contact; %g%% are passed on", c.Price, 100*c.Carry)
	case ChannelPartner:
		return fmt.Sprintf("%g contacts for each member, and a share of the GMV of those brought", c.Exchange)
	case ChannelAgency:
		return "a share of the GMV of those brought"
	default:
		return fmt.Sprintf("%g a contact", c.Price)
	}
}
