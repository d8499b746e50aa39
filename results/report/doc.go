// Package report writes one page of HTML about a run, from its tables alone: the answer
// first, then the charts behind it, the comparison of variants, who stays, the money, and at the
// end where the numbers come from; or, of a load test, a search or a rehearsal, the verdict, what a
// shortfall costs, and where and when it was slow. The page asks nothing of a network, prints, follows the reader's dark
// or light preference, and says in words and tables what its charts draw.
//
// Begin with Forecast (forecast.go), which collects timelines as they come; answer.go turns
// what was collected into sentences, chart.go into charts, retention.go into retention triangles,
// stages.go into life cycles, money.go into the flow of money, worth.go into what members cost and bring. Load (load.go, heat.go) does the
// same for the load half. section.go holds what either page shows, for whoever draws it elsewhere,
// and write.go puts the page together from the files in page/, where uplot/ is the charting
// library uPlot 1.6.32 (MIT licence) as its author publishes it.
package report
