package scenarios

import "flywheel/models"

// aLife is what happens to people after they join.
func aLife() form {
	return &either{oneOf("none"), &record{name: "a life", fields: []field{
		{key: "churn", choice: "churn", form: aHazard(), unit: "per platform and period", required: "write the hazard of leaving, such as churn: 0.004",
			about: "Hazard of leaving a platform without weighing anything; a beta distribution over people makes retention rise with age (Fader and Hardie 2007)."},
		{key: "early", choice: "churn", form: aHazard("inherit"), unit: "per platform and period", preset: "inherit", source: "churn", about: "The hazard while new to the platform, where it differs."},
		{key: "age", choice: "age", about: "Hazard of leaving a platform by the exact number of periods since joining it, in place of churn and early. Engine agents with the sync clock only.",
			form: &record{name: "hazards by age", fields: []field{
				{key: "hazards", choice: "hazards", form: &series{item: aRate, about: "a list of hazards, such as [0.3, 0.2, 0.1]"}, unit: "per platform and period",
					about: "Hazard of the first period after joining, of the second and so on; the last one stays."},
				{key: "beta", choice: "beta", form: &series{item: aNumber, length: 2, about: "[a, b], the shapes"}, unit: "1",
					about: "Beta-geometric hazard a/(a + b + t - 1) in period t after joining (Fader and Hardie 2007)."},
			}}},
		{key: "onboarding", form: aLength.or("none"), unit: "periods", preset: "none", source: off, about: "Mean time from joining to being a regular; none: regular at once."},
		{key: "tenure", form: aNumber, unit: "money per period", preset: "0", source: off, about: "Worth of keeping a platform that a regular uses, beside its own."},
		{key: "winback", form: aNumber, unit: "money per period", preset: "0", source: off, about: "Added to the worth of a platform one has left; negative keeps people away."},
		{key: "mood", preset: "none", source: off, about: "How content users are: levels that reviews of good and bad service move by one; they begin in the upper middle.",
			form: &either{oneOf("none"), &record{name: "a mood", fields: []field{
				{key: "churn", form: &series{item: aNumber, about: "a list of numbers, the worst mood first, such as [2, 1, 0.5]"}, unit: "1",
					required: "write how each level multiplies the hazards of leaving, the worst first, such as churn: [2, 1, 0.5]", about: "By level, the worst first: multiplier of the hazards of leaving."},
				{key: "worth", form: &series{item: aNumber, about: "a list of numbers, the worst mood first, such as [-0.5, 0, 0.2]"}, unit: "money per period", preset: "[]", source: off,
					about: "By level: added to the worth of each platform kept."},
				{key: "review", form: aRate, unit: "per user and period", required: "write the hazard of a review, such as review: 0.03", about: "Hazard of a review, which moves the mood by one level."},
				{key: "bad", form: aNumber, unit: "probability", preset: "0", source: off, about: "Probability that a review is of bad service."},
				{key: "unserved", form: aNumber, unit: "probability", preset: "0", source: off, about: "Added to it when all orders of the period before went unserved on the platforms used; in proportion for fewer."},
				{key: "late", form: aNumber, unit: "probability", about: "Added to it when all orders that the platforms used fulfilled in the period before came late; in proportion for fewer. Left out: 0."},
				{key: "bearable", form: aNumber, unit: "share", about: "Share of late orders that nobody minds, taken off before. Left out: 0."},
				{key: "voice", form: &series{item: aNumber, about: "a list of numbers, the worst mood first, such as [-0.5, 0.5, 1]"}, unit: "1", removable: true,
					about: "By level: how many others what a user says brings, from 1, as many as where nobody has a mood, over 0, none, to below 0, where it warns others and takes from what the content say. It acts on the hazard of hearing (aware.q), by the moods of the users of a side and region at the start of a period. Left out: 1 for all."},
				{key: "silence", form: aNumber, unit: "share", about: "Share of good experiences that go without a review, so that bad ones weigh more. Left out: 0."},
			}}}},
	}}}
}

// aHazard is one rate for all people, or a beta distribution over them.
func aHazard(also ...string) form {
	return &either{aRate.or(also...), &record{name: "a distribution", fields: []field{
		{key: "beta", form: &series{item: aNumber, length: 2, about: "[a, b], the shapes"}, unit: "1",
			required: "write beta: [a, b]", about: "Shapes of a beta distribution of the hazard per period over people; its mean is a/(a+b)."},
		{key: "classes", form: aWhole, unit: "1", required: "say into how many classes it is cut, such as classes: 5",
			about: "Number of classes of equal size, each at its mean."},
	}}}
}

// life is what a segment says of what happens after joining.
func (b *builder) life(n *node) *models.Life {
	if n == nil || n.kind != mapping {
		return nil
	}
	l := &models.Life{
		Tenure: number(n.get("tenure")), Winback: number(n.get("winback")),
	}
	if v := n.get("age"); v != nil {
		l.Age = &models.Age{}
		for _, item := range items(v.get("hazards")) {
			l.Age.Hazards = append(l.Age.Hazards, b.rate(item))
		}
		if shapes := numbers(v.get("beta")); len(shapes) == 2 && v.get("hazards") == nil {
			l.Age.Beta = [2]float64{shapes[0], shapes[1]}
		}
	} else {
		l.Churn = b.hazard(n.get("churn"))
	}
	if v := n.get("early"); v != nil && textOf(v) != "inherit" && l.Age == nil {
		early := b.hazard(v)
		l.Early = &early
	}
	if v := n.get("onboarding"); textOf(v) != "none" {
		l.Onboarding = b.length(v)
		if l.Onboarding == 0 && v.intact() {
			b.report.add(v.at, "give at least one period, such as 30d, or none", "newcomers cannot become regular after no time")
		}
	}
	if v := n.get("mood"); v != nil && v.kind == mapping {
		l.Mood = &models.Mood{
			Churn: numbers(v.get("churn")), Worth: numbers(v.get("worth")), Voice: numbers(v.get("voice")),
			Review: b.rate(v.get("review")), Bad: number(v.get("bad")), Unserved: number(v.get("unserved")),
			Late: number(v.get("late")), Bearable: number(v.get("bearable")), Silence: number(v.get("silence")),
		}
	}
	return l
}

// hazard is a rate, or a distribution of rates over people.
func (b *builder) hazard(n *node) models.Value {
	if n != nil && n.kind == mapping {
		return value(n)
	}
	return models.Number(b.rate(n))
}

func numbers(n *node) []float64 {
	var list []float64
	for _, item := range items(n) {
		list = append(list, number(item))
	}
	return list
}
