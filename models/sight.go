package models

// Sight is what a policy sees when it makes its offer: named numbers about its platform and
// the people it is aimed at, at the start of the period. The order is that of Variables.
type Sight [variables]float64

// The indices of the named numbers in a Sight.
const (
	SeePeriod = iota
	SeeElapsed
	SeePeople
	SeeMembers
	SeeShare
	SeeOtherShare
	SeeRivalShare
	SeeAware
	SeeJoins
	SeeLeaves
	SeeOrders
	SeeUnserved
	SeeGMV
	SeeRevenue
	SeeSubsidy
	SeeSpent
	SeeLeft
	SeeCash
	SeeRivalOffer
	SeeCAC
	SeeLTV
	SeeGrowth
	SeeSites
	SeeLate
	SeeSatisfaction
	variables
)

// Variable describes one named number of a Sight.
type Variable struct {
	Name, Unit, About string
}

// Variables lists what a formula, a condition or a feedback rule of a policy may name. All are
// about the policy's own platform and the people it is aimed at; what happened is of the
// period before.
func Variables() []Variable {
	return []Variable{
		SeePeriod:       {"period", "period", "The period in which the offer is made, from 1."},
		SeeElapsed:      {"elapsed", "periods", "Periods since the policy began; 0 in its first."},
		SeePeople:       {"people", "people", "All the people it is aimed at."},
		SeeMembers:      {"members", "participants", "Those of them who use the platform."},
		SeeShare:        {"share", "share", "Members over people."},
		SeeOtherShare:   {"other_share", "share", "The other side's users of the platform over all its people, in the regions aimed at; 0 without another side."},
		SeeRivalShare:   {"rival_share", "share", "The largest share that another platform has of the same people; 0 without a rival."},
		SeeAware:        {"aware", "share", "Those of the people who know the platform."},
		SeeJoins:        {"joins", "participants", "Those who began to use the platform."},
		SeeLeaves:       {"leaves", "participants", "Those who stopped using it."},
		SeeOrders:       {"orders", "orders", "Orders fulfilled on the platform."},
		SeeUnserved:     {"unserved", "share", "Share of the platform's orders that nobody fulfilled."},
		SeeGMV:          {"gmv", "money", "Value of the platform's fulfilled orders."},
		SeeRevenue:      {"revenue", "money", "The platform's revenue."},
		SeeSubsidy:      {"subsidy", "money", "What the platform paid to participants under all its policies."},
		SeeSpent:        {"spent", "money", "What this policy has spent since the start."},
		SeeLeft:         {"left", "money", "What is left of its budget; 1e12 without a limit."},
		SeeCash:         {"cash", "money", "What the platform has in the bank; negative when it owes."},
		SeeRivalOffer:   {"rival_offer", "as the policy's own amount", "The most that another platform offered any of the same people by the same instrument."},
		SeeCAC:          {"cac", "money per join", "Join bonuses, referral bonuses and channels paid by the platform for these people since the start, over their joins."},
		SeeLTV:          {"ltv", "money per member", "What a member brings per period over the rate at which members leave, both averaged with weights that fall by a factor e in 28 periods; 1e12 while nobody leaves. It brings what it pays for being there, what is earned on its attention and half of what its orders leave, less what policies pay it but for joining; study.economics.discount applies."},
		SeeGrowth:       {"growth", "participants", "Joins less leaves that the law expects this period among these people if the policy offered nothing; above zero the platform has passed its critical mass. Not for formulas of sites."},
		SeeSites:        {"sites", "sites", "How many sites the platform stands for; 1 where it is one."},
		SeeLate:         {"late", "share", "Share of the platform's fulfilled orders that came late; 0 where none has stages, or an event's deployment a waiting room."},
		SeeSatisfaction: {"satisfaction", "1", "Mean mood of the members, 0 the worst level and 1 the best; 1 where nobody has a mood."},
	}
}

// variableNames are the names of Variables in order.
func variableNames() []string {
	list := Variables()
	names := make([]string, len(list))
	for i, v := range list {
		names[i] = v.Name
	}
	return names
}
