package models_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"flywheel/models"
)

func TestSoundModelHasNoFaults(t *testing.T) { require.Empty(t, sound().Validate()) }

// TestEveryFaultIsFound bends a sound model in one place and expects one fault there.
func TestEveryFaultIsFound(t *testing.T) {
	half := 1.5
	for path, bend := range map[string]func(m *models.Model){
		"name":                           func(m *models.Model) { m.Name = "" },
		"horizon.periods":                func(m *models.Model) { m.Horizon.Periods = 0 },
		"horizon.unit":                   func(m *models.Model) { m.Horizon.Unit = "fortnight" },
		"clock.kind":                     func(m *models.Model) { m.Clock.Kind = "sundial" },
		"clock.revision":                 func(m *models.Model) { m.Clock.Revision = math.NaN() },
		"noise.scale":                    func(m *models.Model) { m.Noise.Scale = 0 },
		"noise.kind":                     func(m *models.Model) { m.Noise.Kind = "loud" },
		"platforms[1].name":              func(m *models.Model) { m.Platforms[1].Name = "A" },
		"platforms[0].fee":               func(m *models.Model) { m.Platforms[0].Fee = 18 },
		"platforms[0].capacity":          func(m *models.Model) { m.Platforms[0].Capacity = -1 },
		"platforms[0].location":          func(m *models.Model) { m.Platforms[0].Location = 2 },
		"platforms[0].price.riders":      func(m *models.Model) { m.Platforms[0].Price = map[string]float64{"riders": 1} },
		"platforms[0].cash":              func(m *models.Model) { m.Platforms[0].Cash = -1 },
		"segments[0].name":               func(m *models.Model) { m.Segments[0].Name = "a+b" },
		"segments[0].size":               func(m *models.Model) { m.Segments[0].Size = 0 },
		"segments[0].value":              func(m *models.Model) { m.Segments[0].Value = nil },
		"segments[0].value[1]":           func(m *models.Model) { m.Segments[0].Value[1].Mean = math.Inf(1) },
		"segments[0].cross.form":         func(m *models.Model) { m.Segments[0].Cross.Form = "cubic" },
		"segments[0].cross.turn":         func(m *models.Model) { m.Segments[0].Cross.Form, m.Segments[0].Cross.Turn = models.FormTurning, 1.5 },
		"segments[0].same.exponent":      func(m *models.Model) { m.Segments[0].Same.Form = models.FormPower },
		"platforms[0].price.consumers":   func(m *models.Model) { m.Platforms[0].Price = map[string]float64{"consumers": -2e12} },
		"segments[0].cross.strength":     func(m *models.Model) { m.Segments[0].Cross.Strength.Mean = 1e15 },
		"segments[0].value[0].normal[0]": func(m *models.Model) { m.Segments[0].Value[0] = models.Value{Mean: 1e15, SD: 1, Classes: 2} },
		"segments[0].value[0].normal[1]": func(m *models.Model) { m.Segments[0].Value[0] = models.Value{Mean: 1, SD: -2, Classes: 2} },
		"segments[0].same.classes":       func(m *models.Model) { m.Segments[0].Same.Strength = models.Value{SD: 1, Classes: 20_000} },
		"segments[0].outside":            func(m *models.Model) { m.Segments[0].Outside.Value = math.Inf(-1) },
		"segments[0].cross.classes":      func(m *models.Model) { m.Segments[0].Cross.Strength.SD = 1 },
		"segments[0].transport":          func(m *models.Model) { m.Segments[0].Transport = -1 },
		"segments[0].switching":          func(m *models.Model) { m.Segments[0].Switching = -1 },
		"segments[0].revision":           func(m *models.Model) { m.Segments[0].Revision = &half },
		"segments[0].homing.cost":        func(m *models.Model) { m.Segments[0].Homing.Cost = math.Inf(-1) },
		"segments[0].homing.max":         func(m *models.Model) { m.Segments[0].Homing.Max = 3 },
		"segments[0].aware.p":            func(m *models.Model) { m.Segments[0].Aware = &models.Aware{P: 2} },
		"segments[0].start": func(m *models.Model) {
			m.Segments[0].Start = []models.Begin{{Homing: 1, Share: 0.6}, {Homing: 2, Share: 0.6}}
		},
		"segments[0].start.A+B": func(m *models.Model) {
			m.Segments[0].Homing.Max = 1
			m.Segments[0].Start = []models.Begin{{Homing: 3, Share: 0.6}}
		},
		"segments[0].orders.rate":       func(m *models.Model) { m.Segments[0].Orders.Rate = math.Inf(1) },
		"segments[1].orders":            func(m *models.Model) { m.Segments[1].Orders.Rate = 1 },
		"segments":                      func(m *models.Model) { m.Segments = nil },
		"policies[0].name":              func(m *models.Model) { policy(m).Name = "" },
		"policies[0].platform":          func(m *models.Model) { policy(m).Platform = "C" },
		"policies[0].side":              func(m *models.Model) { policy(m).Target.Side = "consumer" },
		"policies[0]":                   func(m *models.Model) { policy(m).Target = models.Target{Side: "merchants", Segment: "consumers"} },
		"policies[0].instrument":        func(m *models.Model) { policy(m).Instrument = "cashback" },
		"policies[0].shape":             func(m *models.Model) { policy(m).Shape = nil },
		"policies[0].shape.ramp.over":   func(m *models.Model) { policy(m).Shape = models.Ramp{} },
		"policies[0].shape.pulse.every": func(m *models.Model) { policy(m).Shape = models.Pulse{For: 3, Every: 2} },
		"policies[0].shape.pulse.for":   func(m *models.Model) { policy(m).Shape = models.Pulse{For: 2.0 / 7, Every: 1} },
		"policies[0].shape.constant":    func(m *models.Model) { policy(m).Shape = models.Constant{Amount: -1} },
		"policies[0].from":              func(m *models.Model) { policy(m).From = 11 },
		"policies[0].until":             func(m *models.Model) { policy(m).From = 5; policy(m).Until = 4 },
		"policies[0].budget":            func(m *models.Model) { policy(m).Budget = -1 },
	} {
		m := sound()
		bend(m)
		faults := m.Validate()
		require.Len(t, faults, 1, "%s: %v", path, faults)
		require.Equal(t, path, faults[0].Path)
		require.NotEmpty(t, faults[0].Remedy, path)
		_, err := models.Compile(m)
		require.ErrorAs(t, err, new(models.Faults))
	}
}

// policy gives a model one sound policy and returns it.
func policy(m *models.Model) *models.Policy {
	if len(m.Policies) == 0 {
		m.Policies = []models.Policy{{Name: "p", Platform: "A", Instrument: models.PayOrder, Shape: models.Constant{Amount: 1}}}
	}
	return &m.Policies[0]
}

func TestAllFaultsComeAtOnce(t *testing.T) {
	m := sound()
	m.Clock.Revision, m.Segments[0].Size, m.Segments[1].Size = 7, 0, -3
	require.Len(t, m.Validate(), 3)
}

func TestOrdersMustExistToBePaidFor(t *testing.T) {
	m := sound()
	m.Segments[0].Orders.Rate = 0
	policy(m)
	require.Equal(t, "policies[0].instrument", m.Validate()[0].Path)
}

func TestThreeSidesAreTooMany(t *testing.T) {
	m := sound()
	third := m.Segments[1]
	third.Side, third.Name = "couriers", "couriers"
	m.Segments = append(m.Segments, third)
	faults := m.Validate()
	require.Len(t, faults, 1)
	require.Contains(t, faults[0].Error(), "3 sides: consumers, merchants, couriers")
}

// TestNothingFollowsFromAFault: what is held against a faulty value is not faulty for it.
func TestNothingFollowsFromAFault(t *testing.T) {
	for path, bend := range map[string]func(m *models.Model){
		"horizon.periods": func(m *models.Model) { m.Horizon.Periods = 0; policy(m).From = 3 },
		"platforms": func(m *models.Model) {
			policy(m)
			m.Platforms = nil
			for i := range m.Segments {
				m.Segments[i].Value, m.Segments[i].Homing.Max = nil, 2
			}
		},
	} {
		m := sound()
		bend(m)
		faults := m.Validate()
		require.Len(t, faults, 1, "%v", faults)
		require.Equal(t, path, faults[0].Path)
	}
}

// TestSumsAreReadable: 0.7 + 0.6 is 1.2999999999999998 in binary, which nobody wrote.
func TestSumsAreReadable(t *testing.T) {
	m := sound()
	for shares, want := range map[[2]float64]string{{0.7, 0.6}: "add to 1.3;", {1, 1e-8}: "add to 1.00000001;"} {
		m.Segments[0].Start = []models.Begin{{Homing: 1, Share: shares[0]}, {Homing: 2, Share: shares[1]}}
		require.ErrorContains(t, m.Validate(), want)
	}
}

// TestNames: a name goes into paths, formulas and folders.
func TestNames(t *testing.T) {
	for name, is := range map[string]bool{"A": true, "é-1": true, "_x": true, "": false, "-x": false, "a b": false, "a/b": false, "*": false, "none": false, "all": false} {
		require.Equal(t, is, models.IsName(name), "%q", name)
	}
}
