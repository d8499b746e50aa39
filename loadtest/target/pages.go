package target

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// Most bytes of a request's body that are read, and most items on a page.
const (
	bodyLimit = 64 << 10
	pageSize  = 20
)

// pages serves the shop:
//
//	GET  /                 the first page of the catalogue
//	GET  /search?q=words   items whose name or kitchen holds the words
//	GET  /items/{id}       one item
//	POST /cart             {"item": 7, "cart": 12}: 201; cart is left out for a new one
//	POST /checkout         {"cart": 12}: 201; without a cart, a walk-in buys the item of the day
//	POST /pay              {"order": 12}: 200; without an order, a walk-in pays at once
//
// Numbers in a body may also be written as texts.
func pages(s *store) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		items, err := s.search(func(Item) bool { return true }, pageSize)
		answer(w, http.StatusOK, map[string]any{"items": items}, err)
	})
	mux.HandleFunc("GET /search", func(w http.ResponseWriter, r *http.Request) {
		words := strings.Fields(strings.ToLower(r.URL.Query().Get("q")))
		items, err := s.search(func(it Item) bool {
			text := strings.ToLower(it.Name + " " + it.Shop)
			for _, word := range words {
				if !strings.Contains(text, word) {
					return false
				}
			}
			return true
		}, pageSize)
		answer(w, http.StatusOK, map[string]any{"query": r.URL.Query().Get("q"), "items": items}, err)
	})
	mux.HandleFunc("GET /items/{id}", func(w http.ResponseWriter, r *http.Request) {
		id, err := strconv.ParseUint(r.PathValue("id"), 10, 64)
		if err != nil {
			answerError(w, http.StatusNotFound, "an item has a number")
			return
		}
		it, err := s.item(id)
		answer(w, http.StatusOK, it, err)
	})
	mux.HandleFunc("POST /cart", func(w http.ResponseWriter, r *http.Request) {
		if ask, ok := read(w, r); ok {
			c, err := s.add(ask.Cart, ask.Item)
			answer(w, http.StatusCreated, c, err)
		}
	})
	mux.HandleFunc("POST /checkout", func(w http.ResponseWriter, r *http.Request) {
		if ask, ok := read(w, r); ok {
			c, err := s.advance(ask.Cart, "open", "placed")
			answer(w, http.StatusCreated, c, err)
		}
	})
	mux.HandleFunc("POST /pay", func(w http.ResponseWriter, r *http.Request) {
		if ask, ok := read(w, r); ok {
			c, err := s.advance(ask.Order, "placed", "paid")
			answer(w, http.StatusOK, c, err)
		}
	})
	return mux
}

func (s *store) advance(id uint64, from, to string) (cart, error) {
	if id == 0 {
		return s.walkIn(to)
	}
	return s.move(id, from, to)
}

// ask is the body of a POST.
type ask struct{ Item, Cart, Order uint64 }

func read(w http.ResponseWriter, r *http.Request) (ask, bool) {
	text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, bodyLimit))
	if err != nil {
		answerError(w, http.StatusRequestEntityTooLarge, "the body is too long")
		return ask{}, false
	}
	if len(text) == 0 {
		return ask{}, true
	}
	var raw struct{ Item, Cart, Order number }
	if err := json.Unmarshal(text, &raw); err != nil {
		answerError(w, http.StatusBadRequest, "the body is a JSON object with the numbers item, cart or order")
		return ask{}, false
	}
	return ask{uint64(raw.Item), uint64(raw.Cart), uint64(raw.Order)}, true
}

// number reads 7 and "7".
type number uint64

// UnmarshalJSON reads a whole number that is not negative, also as a text.
func (n *number) UnmarshalJSON(text []byte) error {
	v, err := strconv.ParseUint(strings.Trim(string(text), `"`), 10, 64)
	*n = number(v)
	return err
}

func answer(w http.ResponseWriter, status int, value any, err error) {
	switch {
	case errors.Is(err, errNotFound):
		answerError(w, http.StatusNotFound, "there is no such item or cart")
	case errors.Is(err, errNotInTime):
		answerError(w, http.StatusConflict, "the cart is already past that state")
	case err != nil:
		answerError(w, http.StatusInternalServerError, err.Error())
	default:
		write(w, status, value)
	}
}

func answerError(w http.ResponseWriter, status int, problem string) {
	write(w, status, map[string]string{"error": problem})
}

func write(w http.ResponseWriter, status int, value any) {
	text, err := json.Marshal(value)
	if err != nil {
		panic("bug: a page that JSON cannot write: " + err.Error())
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(text)))
	w.WriteHeader(status)
	_, _ = w.Write(text) // the client may have gone; there is nobody to tell
}
