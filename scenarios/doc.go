// Package scenarios turns what people write into values: a YAML file into a market, its
// variants, the runs it asks for and what it claims of them; and the files of load tests and
// of theory cases into theirs. It builds values and runs nothing.
//
// A scenario goes through five stations. The text becomes raw nodes, each knowing its line
// and column. Every document is read against one table of forms, which brings each value
// into its one canonical writing (`cross: 3` becomes {strength: 3}) and reports whatever
// cannot stand there. Documents are merged, the base first, then each file that extends it,
// then the changes of the command line. What was left out is filled in with its default and
// the default's source. The filled tree is turned into a model, whose own faults are traced
// back to the line that caused them; written out, it is the resolved scenario, which gives
// the same result when it is read again.
//
// All problems are reported at once, one line each:
//
//	food.yaml:14:7: platforms[1].capacty: unknown key; did you mean capacity?
//
// A value that could not be understood is marked lost, and what would only follow from it
// is not reported.
//
// Plans of load tests and files of theory cases take the same road in fewer stations: they
// have forms, but nothing to merge.
//
// Reading order:
//
//	scenario.go   Load and Read: the stations in order; Scenario and its variants
//	format.go     the table of everything a scenario may say, with units and defaults
//	document.go   text to raw nodes
//	node.go       what a node is
//	form.go       forms of one word or number; record.go of known keys, with their defaults;
//	              structure.go of lists and of mappings by name; rows.go of the lists and
//	              free values of plans and cases
//	value.go      numbers, rates and lengths of time; date.go dates and their periods
//	extend.go     the chain of files; merge.go how one document is laid over another
//	set.go        changes of the command line; vary.go many markets from one scenario, quickly
//	build.go      a filled tree as a model and settings; locate.go faults back to lines; cut.go what
//	              a shortened horizon leaves outside
//	service.go    a platform's chain of stages; life.go what happens after joining; event.go a promotion at an hour; profile.go the shapes of a day, rhythm.go of a week and a year
//	calendar.go   launches, shocks and regulations; rivals.go who comes, goes and merges; sales.go routes
//	expect.go     the language of expectations; function.go its functions, scope.go what names mean in it, quantity.go one measured
//	              number in it; observed.go what the world is known to have done
//	emit.go       the canonical writing
//	explain.go    where each value came from
//	library.go    the scenarios that come with the program
//	plan.go       LoadPlan: plans of load tests; planformat.go all they may say
//	cases.go      LoadCases: theory cases, whose theory is known elsewhere
//	problem.go    how a problem is told; near.go which name was probably meant
package scenarios
