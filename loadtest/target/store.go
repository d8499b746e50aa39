package target

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"go.etcd.io/bbolt"
)

// Item is a dish on sale.
type Item struct {
	ID     uint64 `json:"id"`
	Name   string `json:"name"`
	Shop   string `json:"shop"`
	Price  int64  `json:"price_cents"`
	Rating int    `json:"rating"` // tenths of a star, 30 to 50
}

// cart is a basket, and an order once it is checked out.
type cart struct {
	ID    uint64   `json:"id"`
	Items []uint64 `json:"items"`
	Total int64    `json:"total_cents"`
	State string   `json:"state"` // open, placed, paid
}

var (
	bucketItems  = []byte("items")
	bucketCarts  = []byte("carts")
	errNotFound  = errors.New("not found")
	errNotInTime = errors.New("already past that state")
)

// catalogueSize is the number of items that a new shop has on sale.
const catalogueSize = 500

// store is the shop's database: one file, items and carts under their numbers.
// Writes of requests that come together share one transaction, which is on disk
// before any of them is answered.
type store struct{ db *bbolt.DB }

func openStore(file string) (*store, error) {
	db, err := bbolt.Open(file, 0o600, &bbolt.Options{Timeout: time.Second})
	if err != nil {
		return nil, err
	}
	db.MaxBatchDelay = 2 * time.Millisecond
	err = db.Update(func(tx *bbolt.Tx) error {
		if _, err := tx.CreateBucketIfNotExists(bucketCarts); err != nil {
			return err
		}
		items, err := tx.CreateBucketIfNotExists(bucketItems)
		if err != nil || items.Sequence() >= catalogueSize {
			return err
		}
		for range catalogueSize {
			id, err := items.NextSequence()
			if err != nil {
				return err
			}
			if err := put(items, id, newItem(id)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &store{db}, nil
}

func (s *store) close() error { return s.db.Close() }

var (
	dishes   = [...]string{"noodles", "dumplings", "rice bowl", "burger", "salad", "curry", "soup", "pizza", "tacos", "pancake"}
	flavours = [...]string{"spicy", "plain", "sesame", "garlic", "sweet", "smoked", "lemon"}
	kitchens = [...]string{"North Gate Kitchen", "Canteen Two", "Lake House", "Red Lantern", "Corner Grill"}
)

// newItem makes the item of a number: the same in every shop.
func newItem(id uint64) Item {
	return Item{
		ID:    id,
		Name:  flavours[id%uint64(len(flavours))] + " " + dishes[id%uint64(len(dishes))],
		Shop:  kitchens[id%uint64(len(kitchens))],
		Price: 300 + int64(id*37%1200), Rating: 30 + int(id*13%21),
	}
}

func key(id uint64) []byte { return binary.BigEndian.AppendUint64(nil, id) }

func put(b *bbolt.Bucket, id uint64, value any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return err
	}
	return b.Put(key(id), text)
}

func get(b *bbolt.Bucket, id uint64, into any) error {
	text := b.Get(key(id))
	if text == nil {
		return errNotFound
	}
	return json.Unmarshal(text, into)
}

func (s *store) item(id uint64) (it Item, err error) {
	err = s.db.View(func(tx *bbolt.Tx) error { return get(tx.Bucket(bucketItems), id, &it) })
	return it, err
}

// search lists at most most items, from the lowest number, that match.
func (s *store) search(match func(Item) bool, most int) (found []Item, err error) {
	found = []Item{}
	err = s.db.View(func(tx *bbolt.Tx) error {
		c := tx.Bucket(bucketItems).Cursor()
		for k, v := c.First(); k != nil && len(found) < most; k, v = c.Next() {
			var it Item
			if err := json.Unmarshal(v, &it); err != nil {
				return fmt.Errorf("item %x: %w", k, err)
			}
			if match(it) {
				found = append(found, it)
			}
		}
		return nil
	})
	return found, err
}

// add puts an item into an open cart, or into a new one when cart is 0.
func (s *store) add(id, item uint64) (c cart, err error) {
	err = s.db.Batch(func(tx *bbolt.Tx) error {
		c = cart{State: "open"}
		var it Item
		if err := get(tx.Bucket(bucketItems), item, &it); err != nil {
			return err
		}
		carts := tx.Bucket(bucketCarts)
		if id != 0 {
			if err := get(carts, id, &c); err != nil {
				return err
			}
			if c.State != "open" {
				return errNotInTime
			}
		} else if c.ID, err = carts.NextSequence(); err != nil {
			return err
		}
		c.Items, c.Total = append(c.Items, it.ID), c.Total+it.Price
		return put(carts, c.ID, c)
	})
	return c, err
}

// move takes a cart from one state to the next.
func (s *store) move(id uint64, from, to string) (c cart, err error) {
	err = s.db.Batch(func(tx *bbolt.Tx) error {
		c = cart{}
		carts := tx.Bucket(bucketCarts)
		if err := get(carts, id, &c); err != nil {
			return err
		}
		if c.State != from {
			return errNotInTime
		}
		c.State = to
		return put(carts, id, c)
	})
	return c, err
}

// walkIn is a cart with the item of the day that is already in the state.
func (s *store) walkIn(state string) (c cart, err error) {
	err = s.db.Batch(func(tx *bbolt.Tx) error {
		carts := tx.Bucket(bucketCarts)
		id, err := carts.NextSequence()
		if err != nil {
			return err
		}
		it := newItem(1 + id%catalogueSize)
		c = cart{ID: id, Items: []uint64{it.ID}, Total: it.Price, State: state}
		return put(carts, id, c)
	})
	return c, err
}
