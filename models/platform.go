package models

import "slices"

// MaxPlatforms is the largest number of platforms in one model: a Homing is one byte.
const MaxPlatforms = 8

// Platform is one marketplace: what it takes, charges, can carry and has in the bank.
type Platform struct {
	Name     string
	Fee      float64            // take rate: share of GMV kept as commission, 0 to 1
	Capacity float64            // orders it can fulfil per period; 0 means no limit
	Price    map[string]float64 // membership price by side, money per period; negative pays the member
	Location float64            // place on the unit line of tastes, 0 to 1
	Cash     Money              // funding in the bank at period 0
	Cost     Cost
	Launch   map[string]int // by region: the first period in which it is there, 0 for the start, Never; nil: everywhere from the start
	Income   *Income        // what it earns, owes and receives besides; nil: nothing
	Service  *Service       // nil: orders are carried out at once

	Entry    *Entry     // nil: it does not come by chance
	Exit     *Exit      // nil: it never gives up
	Imitates *Imitation // nil: nobody
	Sites    *Sites     // nil: it is one
	Sales    *Sales     // nil: it sells in one way
}

// PlatformIndex is the place of a platform by its name; -1 for a name that none has.
func (m *Model) PlatformIndex(name string) int {
	return slices.IndexFunc(m.Platforms, func(p Platform) bool { return p.Name == name })
}

// Never is the period of what does not happen.
const Never = maxPeriods + 1

// Launched tells whether the platform is there for people of a region in a period; a region
// that Launch does not name has it from the start.
func (p *Platform) Launched(region string, period int) bool { return period >= p.Launch[region] }

// Cost is what a platform pays to operate.
type Cost struct {
	PerOrder Money // money per fulfilled order
	Fixed    Money // money per period
}
