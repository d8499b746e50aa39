// Command flywheel is the one program: each file of a command's name is that command, from
// its flags through a library call to a table or a report. It holds no model and no
// statistics of its own.
//
// Reading order:
//
//	main.go      the map of commands, signals, exit codes and the only os.Exit
//	help.go      the texts of help and the flags of every command
//	wrong.go     what is said about wrong flags and words, with the near miss
//	prepare.go   a scenario with its flags becomes a plan of runs, and the plan is run
//	run.go       flywheel run: the forecast; archive.go keeps it in a folder
//	compare.go   flywheel compare: variants side by side; comparepage.go is its page, formats.go
//	             what tables can be printed as
//	sweep.go     flywheel sweep: a scenario at every point of a plan; sweepkeep.go keeps what
//	             has finished until all has, sweeppage.go is its page and document
//	check.go     flywheel check: a scenario's own expectations; stand.go holds its forecasts to what
//	             it says was observed
//	explain.go   flywheel explain: values, origins and the plan, without running it
//	verify.go    flywheel verify: the model against closed forms
//	inquiry.go   a study that runs one scenario at many points, and the folder it is kept in
//	sensitivity.go  flywheel sensitivity: which inputs matter
//	fit.go       flywheel fit: numbers of a scenario from observed series; fit_data.go reads
//	             them, fit_page.go is its page and document
//	optimise.go  flywheel optimise: subsidies under a budget; optimise_lever.go what is moved,
//	             optimise_goal.go what is judged, optimise_page.go its page and document
//	game.go      flywheel game: strategies of two platforms against each other
//	swarm.go     a study that workers make over NATS, and what they have to know of it; errand.go
//	             one that asks on the way; worker.go flywheel worker
//	load.go      flywheel load: a real deployment under a plan; live.go shows it while it runs,
//	             loadkeep.go keeps it in a folder, loadpage.go is its page and document
//	zoom.go      flywheel zoom: an event's day by minutes and seconds
//	capacity.go  flywheel capacity: the highest rate that a deployment carries
//	rehearse.go  flywheel rehearse: the forecast's peak out, and what the deployment carries back;
//	             rehearsepage.go is its page and document
//	target.go    flywheel target: the practice shop
//	results.go   flywheel results: stored runs; resultsquery.go asks them, resultsdiff.go sets two
//	             against each other
//	version.go   flywheel version
//	page.go      what all pages share: tables, JSON, colours
//	plot.go      a chart of lines in the terminal, plane.go one of points and paths; growth.go is the
//	             one of a forecast's growth, drawn.go whatever else a report page draws, and
//	             studycharts.go what fit, sensitivity, sweep and optimise found
//	summary.go   the tables of a forecast; spending.go what channels cost and brought; document.go
//	             the same as one JSON document
//	report.go    flywheel report: the page of a stored run, as HTML or in letters
//	progress.go  what is shown while runs are under way
//	machine_*.go CPU time and memory of this process
//
// Pages and documents are made when all work is done and printed at once. Time is read here
// alone, and enters only what is printed: no file of a forecast depends on it. A load test
// is a measurement of a moment, and its tables say which.
package main
