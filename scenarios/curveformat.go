package scenarios

// inner is a form that stands inside itself, made when it is needed.
type inner struct {
	about string
	form  func() form
}

func (i *inner) what() string { return i.about }

func (i *inner) read(r *report, n *node) *node { return i.form().read(r, n) }

func (i *inner) fill(r *report, n *node, near place) *node { return i.form().fill(r, n, near) }

// aCurve is one segment, or a list of them.
func aCurve() form { return &rows{item: aCurveSegment(), alone: true} }

func aCurveSegment() *record {
	within := &inner{"a curve: a segment, or a list of them", aCurve}
	return &record{name: "a segment of a curve", fields: []field{
		{key: "hold", choice: "hold", form: aStartRate, unit: "starts per time", required: "write a rate, such as hold: 50/s", about: "One rate, kept."},
		{key: "for", choice: "hold", form: aSpan, unit: "time", required: "say how long, such as for: 5m", about: "How long it is kept."},
		{key: "ramp", choice: "ramp", about: "A straight line from one rate to another.", form: &record{name: "a ramp", fields: []field{
			{key: "from", form: aStartRate, unit: "starts per time", required: "write a rate, such as from: 50/s", about: "First rate."},
			{key: "to", form: aStartRate, unit: "starts per time", required: "write a rate, such as to: 400/s", about: "Last rate."},
			{key: "over", form: aSpan, unit: "time", required: "say how long it takes, such as over: 2m", about: "Time from the first rate to the last."},
		}}},
		{key: "steps", choice: "steps", form: &rows{item: aStartRate, about: "a list of rates, such as [50/s, 100/s]"}, unit: "starts per time",
			required: "list the rates, such as steps: [50/s, 100/s]", about: "Rates held one after the other."},
		{key: "each", choice: "steps", form: aSpan, unit: "time", required: "say how long each rate is held, such as each: 1m", about: "How long each of them is held."},
		{key: "points", choice: "points", unit: "time, starts per time", about: "Straight lines through points, the first at 0s; two at one time are a jump.",
			form: &rows{item: &tuple{[]form{aSpan, aStartRate}, "[time, rate], such as [1m, 50/s]"}, about: "a list of [time, rate], such as [[0s, 10/s], [1m, 50/s]]"}},
		{key: "sine", choice: "sine", about: "A swing around a mean, from the mean upwards.", form: &record{name: "a sine", fields: []field{
			{key: "mean", form: aStartRate, unit: "starts per time", required: "write a rate, such as mean: 100/s", about: "Rate it swings around."},
			{key: "swing", form: aStartRate, unit: "starts per time", required: "write a rate no larger than the mean, such as swing: 50/s", about: "Highest rate less the mean."},
			{key: "period", form: aSpan, unit: "time", required: "say how long a swing takes, such as period: 10m", about: "Time of one swing up and down."},
			{key: "over", form: aSpan, unit: "time", required: "say how long it goes on, such as over: 1h", about: "How long it goes on."},
		}}},
		{key: "spike", choice: "spike", about: "A base that rises to a peak and falls back.", form: &record{name: "a spike", fields: []field{
			{key: "base", form: aStartRate, unit: "starts per time", required: "write a rate, such as base: 50/s", about: "Rate before and after."},
			{key: "peak", form: aStartRate, unit: "starts per time", required: "write a rate, such as peak: 400/s", about: "Rate of the spike."},
			{key: "at", form: aSpan, unit: "time", preset: "0s", source: definition, about: "When it begins to rise."},
			{key: "rise", form: aSpan, unit: "time", preset: "0s", source: "a jump", about: "Time from the base to the peak."},
			{key: "hold", form: aSpan, unit: "time", required: "say how long it stays, such as hold: 10s", about: "Time at the peak."},
			{key: "fall", form: aSpan, unit: "time", preset: "0s", source: "a jump", about: "Time from the peak to the base."},
			{key: "over", form: aSpan, unit: "time", required: "say how long the whole takes, such as over: 2m", about: "Time of the whole, with the base before and after."},
		}}},
		{key: "replay", choice: "replay", about: "Instants at which requests came once, each of which makes a start due.", form: &record{name: "a replay", fields: []field{
			{key: "file", form: &verbatim{"a CSV file such as log.csv"}, required: "name a CSV file, such as file: log.csv", about: "Its column t_s holds seconds from the beginning, or its column time times such as 2026-11-22T02:30:00Z."},
			{key: "speed", form: aNumber, unit: "1", preset: "1", source: definition, about: "How many times as fast it is repeated."},
			{key: "times", form: aNumber, unit: "1", preset: "1", source: definition, about: "How many starts each instant makes due; 0.5 takes every second one."},
			{key: "sha256", form: aSum, about: "What the file's content must add up to."},
		}}},
		{key: "sum", choice: "sum", form: &rows{item: within, about: "a list of curves"}, about: "Curves that begin together, added; one that has ended adds nothing."},
		{key: "product", choice: "product", about: "A curve times a factor that moves in straight lines.", form: &record{name: "a product", fields: []field{
			{key: "of", form: within, required: "write a curve, such as of: {hold: 50/s, for: 1h}", about: "The curve."},
			{key: "by", form: &rows{item: &tuple{[]form{aSpan, aNumber}, "[time, factor], such as [1h, 3]"}, about: "a list of [time, factor], such as [[0s, 1], [1h, 3]]"}, unit: "time, 1",
				required: "write factors over time, such as by: [[0s, 1], [1h, 3]]", about: "Factors, the first at 0s; after the last it stays."},
		}}},
	}}
}
