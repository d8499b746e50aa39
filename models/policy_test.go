package models_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"flywheel/models"
)

func TestShapes(t *testing.T) {
	ramp := models.Ramp{From: 4, To: 0, Over: 8}
	pulse := models.Pulse{Amount: 5, For: 2, Every: 7}
	for elapsed, want := range map[float64][2]float64{0: {4, 5}, 1: {3.5, 5}, 2: {3, 0}, 7: {0.5, 5}, 8: {0, 5}, 9: {0, 0}, 100: {0, 0}} {
		require.Equal(t, want, [2]float64{ramp.At(elapsed), pulse.At(elapsed)}, "elapsed %g", elapsed)
	}
	require.Zero(t, models.Pulse{Amount: 5, For: 2}.At(7), "a single pulse does not return")
}

func TestPolicyRunsFromFirstToLast(t *testing.T) {
	r := models.Rule{Policy: &models.Policy{Shape: models.Ramp{From: 2, To: 0, Over: 2}, From: 3, Until: 4}}
	var got []float64
	for period := 1; period <= 5; period++ {
		got = append(got, r.Amount(period, &models.Sight{}, 0))
	}
	require.Equal(t, []float64{0, 0, 2, 1, 0}, got)
}

func TestSettlementSpendsToTheLast(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		claims := rapid.Int64Range(0, 1e6).Draw(t, "claims")
		amount := models.Money(rapid.Int64Range(1, 1e9).Draw(t, "amount"))
		left := models.Money(rapid.Int64Range(0, 1e12).Draw(t, "left"))
		s := models.Settle(claims, amount, left)
		require.LessOrEqual(t, s.Spent, left)
		require.Equal(t, s.Spent, models.Times(s.Paid, amount)+s.Rest)
		require.True(t, s.Rest >= 0 && s.Rest < amount)
		if s.Unpaid() > 0 {
			require.Equal(t, left, s.Spent)
		} else {
			require.Equal(t, models.Money(claims)*amount, s.Spent)
		}
		unlimited := models.Settle(claims, amount, -1)
		require.Equal(t, models.Settlement{Claims: float64(claims), Paid: float64(claims), Spent: models.Money(claims) * amount}, unlimited)
	})
}

func TestEveryPostingBalances(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var l models.Ledger
		for range rapid.IntRange(1, 50).Draw(t, "postings") {
			account := rapid.SampledFrom(models.Accounts())
			l.Post(account.Draw(t, "from"), account.Draw(t, "to"), models.Money(rapid.Int64Range(-1e12, 1e12).Draw(t, "amount")))
			require.Zero(t, l.Trial())
		}
		require.Equal(t, l.Balance(models.Cash), -l.Balance(models.Funding)+l.Revenue()-l.Spent()+l.Held())
	})
}

// TestBudgetsMeetClaimsBeyondCounting: a budget is spent to the last micro-unit by claims whose sum is
// more than 64 bits hold.
func TestBudgetsMeetClaimsBeyondCounting(t *testing.T) {
	s := models.SettleShare(1e12, models.MoneyOf(1e9), models.MoneyOf(5))
	require.Equal(t, models.MoneyOf(5), s.Spent)
	require.InEpsilon(t, 5e-9, s.Paid, 1e-12)
	require.Equal(t, models.MoneyOf(5), models.Settle(1e12, models.MoneyOf(1e9), models.MoneyOf(5)).Spent)
}
