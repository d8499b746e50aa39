package models

import "math"

// ChannelKind is a way of buying attention, by how it is priced.
type ChannelKind string

// The kinds of channel. Online portals sell contacts at a fixed price; what hangs on walls is
// bought once and fades slowly; search sells clicks whose price rises with their number;
// alliances are paid for each participant they bring; an occasion such as a spokesperson
// makes those it reaches pass it on.
const (
	ChannelOnline   ChannelKind = "online"
	ChannelOffline  ChannelKind = "offline"
	ChannelSearch   ChannelKind = "search"
	ChannelAlliance ChannelKind = "alliance"
	ChannelOccasion ChannelKind = "occasion"
)

// ChannelKinds lists the kinds.
func ChannelKinds() []string {
	return []string{string(ChannelOnline), string(ChannelOffline), string(ChannelSearch), string(ChannelAlliance), string(ChannelOccasion)}
}

// Channel is what a marketing policy buys. Its shape is money per period, or money per
// participant brought where it is paid by result.
type Channel struct {
	Kind     ChannelKind
	Price    float64 // money per contact; of search: of the first
	Volume   float64 // of search: contacts per period at which one more costs twice the price
	Carry    float64 // of offline and occasion: share of a period's contacts that comes again in the next
	Reach    float64 // of alliance: contacts per period
	Response float64 // probability that a contact makes a person aware
}

// ByResult tells whether the channel is paid for each participant it brings, and not for
// contacts.
func (c Channel) ByResult() bool { return c.Kind == ChannelAlliance }

// Contacts is how many contacts the channel makes in a period for the money spent in it, given
// how many it made in the period before. Where the marginal price of search is
// price (1 + v/volume) at v contacts, spending S buys volume (sqrt(1 + 2 S/(price volume)) - 1).
func (c Channel) Contacts(spent, before float64) float64 {
	switch c.Kind {
	case ChannelOffline: // fades, the whole of it adding up to what was bought
		return (1-c.Carry)*spent/c.Price + c.Carry*before
	case ChannelSearch:
		return c.Volume * (math.Sqrt(1+2*spent/(c.Price*c.Volume)) - 1)
	case ChannelAlliance:
		return c.Reach
	case ChannelOccasion: // each contact brings others: 1/(1 - carry) in the end
		return spent/c.Price + c.Carry*before
	default:
		return spent / c.Price
	}
}

// Hazard is the rate at which one of the people whom contacts meet by chance becomes aware.
func (c Channel) Hazard(contacts, people float64) float64 { return c.Response * contacts / people }
