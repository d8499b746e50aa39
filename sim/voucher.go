package sim

import (
	"math"

	"flywheel/models"
)

// voucherBox holds the vouchers of one platform that are still good, by the period in which they
// were sold.
type voucherBox struct {
	*models.Vouchers
	redeem, refund float64 // hazards
	batches        []saleBatch
	owed           models.Money
}

// saleBatch is the vouchers of one period, by group of buyers: how many, and what was paid for them.
type saleBatch struct {
	count []float64
	paid  []models.Money
}

func newVoucherBox(v *models.Vouchers, groups int) *voucherBox {
	b := &voucherBox{Vouchers: v, batches: make([]saleBatch, v.Expires)}
	b.redeem, b.refund = v.Hazards()
	for i := range b.batches {
		b.batches[i] = saleBatch{count: make([]float64, groups), paid: make([]models.Money, groups)}
	}
	return b
}

// pass redeems and refunds vouchers at hand, lets the oldest expire, and sells those of the period.
func (b *voucherBox) pass(r *run, t *till) {
	line := t.of
	deal := r.engine.Dealer()
	take := func(batch *saleBatch, j int, hazard float64, key Key, i uint64) models.Money {
		n := deal.Take(batch.count[j], hazard, key, i)
		money := batch.paid[j]
		if batch.count[j] > n {
			money = min(money, models.Times(n, r.law.Groups[t.buyers[j]].Basket()))
		}
		batch.count[j] -= n
		batch.paid[j] -= money
		return money
	}
	left := 1 - b.redeem // of the hazard of being given back, among those not redeemed
	for i := range b.batches {
		batch := &b.batches[i]
		for j, g := range t.buyers {
			if batch.paid[j] == 0 {
				continue
			}
			key, at := r.streams.Key(ForVouchers, r.period, r.law.Groups[g].Key), uint64(t.platform)<<32+2*uint64(i)
			*line(vouchersRedeemed) += take(batch, j, b.redeem, key, at)
			if b.refund > 0 && batch.paid[j] > 0 {
				*line(vouchersRefunded) += take(batch, j, math.Min(1, b.refund/left), key, at+1)
			}
		}
	}
	oldest := &b.batches[r.period%len(b.batches)]
	for j, g := range t.buyers {
		*line(vouchersExpired) += oldest.paid[j]
		n := r.served[g][t.platform]
		if b.Share < 1 {
			n = deal.Take(n, b.Share, r.streams.Key(ForVouchers, r.period, r.law.Groups[g].Key), 1<<63+uint64(t.platform))
		}
		oldest.count[j], oldest.paid[j] = n, models.Times(n, r.law.Groups[g].Basket())
		*line(vouchersSold) += oldest.paid[j]
	}
	b.owed += *line(vouchersSold) - *line(vouchersRedeemed) - *line(vouchersRefunded) - *line(vouchersExpired)
	*line(vouchersHeld) = b.owed
}

// redeemed books the period's vouchers: sales are owed, what is redeemed goes to those who fulfil
// but for the commission, which the caller books, and what expires is breakage as far as it is kept.
func (r *run) redeemed(t *till, l *models.Ledger) {
	line := t.of
	kept := models.Money(math.Round(t.Vouchers.Kept * float64(*line(vouchersExpired))))
	l.Post(models.VouchersHeld, models.Cash, *line(vouchersSold))
	l.Post(models.Cash, models.VouchersHeld, *line(vouchersRedeemed)+*line(vouchersRefunded)+*line(vouchersExpired)-kept)
	l.Post(models.Breakage, models.VouchersHeld, kept)
	*line(breakage) += kept
}
