// Package sim runs one model once: one law, one engine, one seed, period after period.
//
// Reading order:
//
//	period.go  a period on one page: the named steps in order
//	run.go     what a run holds between periods, and how it starts
//	engine.go  the questions a run asks of an engine
//	stream.go  random numbers keyed by who draws them, never by when
//	draw.go    integer draws as inverse distributions, so that runs pair
//	deal.go    dividing orders and claims among people, by draws or by expectation
//	campaign.go a policy in progress: what it offers; sight.go what it sees
//	service.go orders through the stages of a platform's chain; match.go who finds a place there
//	feature.go what platforms build and run; orders and claims of newcomers, of those brought, and false ones
//	envelope.go gifts that members pass on
//	calendar.go what dates do; rivals.go platforms that come and go; sales.go what routes sold
//	demand.go  orders that answer to prices; hours online
//	settle.go  claims against hard budgets; coupon.go those of a rebate
//	book.go    money into the ledgers
//	till.go    what platforms earn, owe and receive besides; voucher.go orders paid ahead, points.go points and who settles them
//	worth.go   what people have cost and brought; cycle.go the stages of platforms' lives
//	life.go    what is counted where people live on after joining
//	schema.go  what a timeline measures; layout.go which rows it has; record.go writes them
//
// A run never sees a file, a clock or a request. The same law, engine, seed and replication
// give the same rows to the last bit, whatever the number of threads.
package sim
