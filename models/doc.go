// Package models says what a platform market is: who is on each side, what they prefer,
// what platforms offer and charge, and what money follows. It holds pure values and
// equations: no files, no clock, no randomness, no goroutine, and nothing of ours imported.
//
// Reading order:
//
//	model.go     the whole: a Model and its horizon, clock and noise
//	platform.go  a platform: take rate, prices, capacity, cash
//	segment.go   people who share tastes, and the effects that move them
//	taste.go     in what the people of a segment differ for life
//	voice.go     how users speak of a platform, by their mood
//	memory.go    what a person's own past with a platform does to it
//	network.go   who knows whom, and what passes between them
//	homing.go    which platforms a participant uses, and how it stands to each
//	life.go      what happens after joining besides what people choose
//	policy.go    what platforms do: instrument, target, ending, hard budget; shape.go how much over time
//	feature.go   what platforms build and run: onboarding, community, components, openness, capacity
//	top.go       how people of a segment differ in what they bring, and the best of them
//	sight.go     what a policy sees; formula.go expressions over it; channel.go what marketing buys
//	income.go    what a platform earns besides: ads, spread, charges, float, funding; prepaid.go vouchers, wallets, points
//	market.go    what everybody sees at the start of a period
//	law.go       a model bound to numbers: groups of exchangeable people
//	classes.go   how people of a segment differ, and the classes it is cut into
//	utility.go   what each bundle of platforms is worth to a group this period
//	choice.go    the chance of each next bundle; the noise-free best reply
//	personal.go  the choice of one whose tastes are its own
//	trade.go     how many orders follow, and where they go
//	service.go   the chain of stages that orders pass; queue.go how long they wait there;
//	            matching.go how many find a place
//	demand.go    how orders answer to prices, and how long those who fulfil them are online
//	event.go     a promotion's hour, and how its orders spread over seconds
//	conditions.go what dates make of a period; shock.go what befalls people; regulation.go what authorities impose
//	rivals.go    platforms that come, give up, imitate and merge; sales.go by which routes they sell
//	finance.go   money in whole micro-units and the double-entry ledger
//	cycle.go     stages of a life cycle; what a member is worth and when it has paid back
//	fault.go     what is wrong with a model; valid.go looks for all of it at once
//
// The law of one period. A participant of side g who uses the bundle c of platforms and
// revises this period chooses the bundle S of platforms it is aware of with the largest
//
//	U(S) = sum over k in S of [ v_k - w (p_k - s_k) - t |x - l_k| + alpha f(n_h^k) + gamma f(n_g^k) - switching_k ]
//	       - kappa (|S| - 1) - alpha rho ( sum over k in S of f(n_h^k) - f(n_h^S) ) + mu eps_S,   U(empty) = v_0 + mu eps_0
//
// where n_h^k is the share of the other side that uses k, n_h^S the share on at least one
// platform of S, and eps independent Gumbel noise, drawn afresh at each revision (annealed) or
// once for life (quenched). A person's own taste for each k of S comes on top. Utility is money
// per period. Two gates stand before the choice: awareness, with hazard
// p + q n_g^k per platform (Bass 1969, Management Science 15(5)), n_g^k times the tone of its users
// where their mood changes what they say, and revision, with
// probability lambda per period; a participant that has just become aware of a platform
// revises at once. Where people live on after joining, one who neither hears nor revises
// meets at most one event more in the period: it leaves a platform, becomes regular on one, or
// changes its mood.
//
// Groups are exact stand-ins for their members only while people in a cell are
// exchangeable (strong lumpability: Kemeny and Snell 1960, Finite Markov Chains). A
// lasting taste such as a location, or noise kept for life, breaks that, and Group.Personal
// says so: engines that need exchangeable people must refuse such a model.
package models
