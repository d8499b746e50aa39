package models

// Segment is a group of people on one side, in one region, who share tastes; a Value with
// classes lets one taste differ among them.
type Segment struct {
	Side   string
	Name   string
	Region string
	Size   int64 // people

	Value            []Value  // stand-alone worth of each platform, money per period; one entry per platform
	Taste            Taste    // how people differ in it for life
	Cross            Effect   // effect of the other side's participation
	Same             Effect   // effect of the own side's participation
	PriceSensitivity float64  // weight of prices and subsidies in utility; 1 is money for money
	PriceMix         Mix      // how it differs over people
	Transport        float64  // cost of distance between a person's taste and a platform's location, money per period
	Position         Draw     // how people lie on the line; empty: stratified, person i of a group of N at (i + 1/2)/N
	Outside          Outside  // what using nothing is worth
	Homing           Multi    // using several platforms at once
	Switching        float64  // cost of adding a platform while using another, money per period
	Revision         *float64 // probability (async: rate) of revising per period; nil: the clock's
	Noise            *Noise   // nil: the model's
	Aware            *Aware   // nil: everybody knows every platform from the start
	Memory           *Memory  // nil: nobody remembers
	Start            []Begin  // shares of the segment by the bundle used at period 0; the rest use nothing
	Life             *Life    // nil: nothing happens after joining but what people choose
	Orders           Ordering // orders placed by the people of this segment
	Supply           *Supply  // how long its members are online for those who order; nil: whole periods
}

// Value is a number that all people of a segment share, or a distribution over them, cut
// into Classes groups of equal size by quantile: a normal one, each class at its middle
// quantile, or a beta or gamma one, each class at its mean.
type Value struct {
	Mean    float64
	SD      float64    // of a normal distribution; 0: one number for all
	Gamma   float64    // shape of a gamma distribution around Mean, which takes the place of SD; 0: none
	Beta    [2]float64 // shapes of a beta distribution on 0 to 1, which takes the place of mean and SD; 0, 0: none
	Classes int        // number of quantile-stratified classes; 0 and 1 mean one number for all
}

// Number is the Value that all people of a segment share.
func Number(x float64) Value { return Value{Mean: x} }

// Form is how participation becomes worth.
type Form string

// The forms of a network effect f: the share itself, the logarithm of one plus the count,
// a power of the share, or a share that draws others until it crowds them out.
const (
	FormLinear  Form = "linear"
	FormLog     Form = "log"
	FormPower   Form = "power"
	FormTurning Form = "turning"
)

// Forms lists the names of the forms.
func Forms() []string {
	return []string{string(FormLinear), string(FormLog), string(FormPower), string(FormTurning)}
}

// Effect is a network effect: Strength times f of participation. A negative strength is
// crowding. The unit of Strength is money per period at f = 1.
type Effect struct {
	Strength Value
	Form     Form
	Exponent float64 // of FormPower: f = share^Exponent, Exponent > 0
	Turn     float64 // of FormTurning: f = share (1 - share/Turn), of one sign below this share and the other above, 0 < Turn <= 1
	Spill    float64 // share of the effect that comes from people of all regions alike, 0 to 1; the rest from the own region
}

// Outside is the option of using no platform.
type Outside struct {
	None  bool    // the market is covered: an aware participant must use a platform
	Value float64 // v_0, money per period
}

// Multi says what using several platforms at once costs and brings.
type Multi struct {
	Cost      float64 // kappa: money per period for each platform after the first; +Inf forbids multi-homing
	Max       int     // largest number of platforms one participant uses; 0 means all
	Duplicate float64 // rho: discount on counterparts met on several platforms, 0 (each counts) to 1 (counts once)
	Mix       Mix     // how the cost differs over people
}

// Aware is the awareness gate: an unaware participant hears of platform k with hazard
// P + Q times the share of its own side and region on k, per period (Bass 1969).
type Aware struct {
	P   float64
	Q   float64
	Mix Mix // how both differ over people: some hear of everything, some of next to nothing
}

// Begin is a share of a segment and the bundle it uses at period 0.
type Begin struct {
	Homing Homing
	Share  float64
}

// Ordering is how often a participant of a segment orders, and for how much.
type Ordering struct {
	Rate   float64   // expected orders per participant per period
	Basket Money     // GMV per order
	Mix    Mix       // how the rate differs over people
	Rhythm []float64 // factor on the rate by period, from the first on; nil: the same rate in all
	Demand *Demand   // how orders answer to prices; nil: not at all
}
