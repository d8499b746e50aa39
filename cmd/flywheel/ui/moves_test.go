package ui

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"flywheel/scenarios"
)

// fourHundred is the launch of two platforms in 396 cells: forty-four classes of people who stand in
// one of nine ways to both.
const fourHundred = `name: four-hundred
extends: food-delivery-launch
segments:
  - {name: students, cross: {normal: [10.5, 0.5], classes: 20}}
  - {name: households, cross: {normal: [10.5, 0.5], classes: 20}}
  - {name: kitchens, cross: {normal: [60, 2], classes: 2}}
  - {name: chains, cross: {normal: [60, 2], classes: 2}}
levers:
  - {name: what households lose by any, path: segments.households.value.*, from: -6, to: -4, step: 0.05}
  - {name: what kitchens lose by two, path: segments.kitchens.homing.cost, from: 0, to: 10, step: 0.5}
`

// lateness is by how much a machine wakes a sleeper too late, at worst, until it is stopped.
func lateness() (stop func() time.Duration) {
	var worst atomic.Int64
	done := make(chan struct{})
	go func() {
		const nap = 5 * time.Millisecond
		for {
			before := time.Now()
			select {
			case <-done:
				return
			case <-time.After(nap):
			}
			worst.Store(max(worst.Load(), int64(time.Since(before)-nap)))
		}
	}()
	return func() time.Duration { close(done); return time.Duration(worst.Load()) }
}

// TestMovesAreAnsweredSoon moves the levers of every library scenario and of one of 396 cells in a
// real browser, and prints how long it takes until the line and critical mass, the first runs and the
// whole band have been painted; and how soon a page is there. It belongs on a quiet machine:
//
//	go test ./cmd/flywheel/ui -run TestMovesAreAnsweredSoon -ui.moves 24 -v
func TestMovesAreAnsweredSoon(t *testing.T) {
	if *moves == 0 {
		t.Skip("NOT MEASURED: give -ui.moves 24 on a quiet machine")
	}
	if _, err := exec.LookPath(browser); err != nil {
		t.Skipf("NOT MEASURED: %s is not installed", browser)
	}
	dir := t.TempDir()
	source := filepath.Join(dir, "four-hundred.yaml")
	require.NoError(t, os.WriteFile(source, []byte(fourHundred), 0o666))
	options := Options{Scenarios: []string{source}, Runs: filepath.Join(dir, "runs"), Save: dir, Threads: runtime.NumCPU()}
	launch := func() (tab context.Context, stop func()) {
		allocator, end := chromedp.NewExecAllocator(t.Context(), append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(browser), chromedp.NoSandbox, chromedp.WindowSize(1280, 1000))...)
		tab, close := chromedp.NewContext(allocator)
		return tab, func() { close(); end() }
	}
	eval := func(tab context.Context, expression string) string {
		v, err := chromedp.Run(tab, chromedp.Evaluate[string](expression))
		require.NoError(t, err, expression)
		return v
	}
	await := func(tab context.Context, expression string) {
		for began := time.Now(); eval(tab, `String(`+expression+`)`) != "true"; time.Sleep(5 * time.Millisecond) {
			require.Less(t, time.Since(began), time.Minute, expression)
		}
	}

	fmt.Println("first contentful paint, ms, of a page that has just been opened")
	for range 3 {
		server := httptest.NewServer(Handler(options)) // which has read nothing yet
		tab, stop := launch()
		require.NoError(t, chromedp.Do(tab, chromedp.Navigate(server.URL)))
		paint := func() string {
			await(tab, `performance.getEntriesByName("first-contentful-paint").length > 0 && document.getElementById("pin").disabled === false`)
			return eval(tab, `performance.getEntriesByName("first-contentful-paint")[0].startTime.toFixed(0)`)
		}
		cold := paint()
		require.NoError(t, chromedp.Do(tab, chromedp.Navigate(server.URL)))
		fmt.Printf("  new browser and server %s, both warm %s\n", cold, paint())
		stop()
		server.Close()
	}

	server := httptest.NewServer(Handler(options))
	defer server.Close()
	tab, stop := launch()
	defer stop()
	require.NoError(t, chromedp.Do(tab, chromedp.Navigate(server.URL)))
	await(tab, `document.getElementById("pin").disabled === false`)
	late := lateness()
	fmt.Printf("%d moves each, ms from the move to the paint; median and worst\n%-30s %13s %13s %13s %13s\n", *moves, "", "line", "critical mass", "first runs", "whole band")
	for _, name := range append(scenarios.Library(), source) {
		eval(tab, fmt.Sprintf(`(() => { const s = document.getElementById("scenario"); s.value = %q; s.dispatchEvent(new Event("change")); return "" })()`, name))
		await(tab, fmt.Sprintf(`document.getElementById("scenario").value === %q && document.getElementById("pin").disabled === false`, name))
		took := map[string][]float64{}
		for i := range *moves {
			eval(tab, fmt.Sprintf(`(() => { const all = [...document.querySelectorAll("#levers input")], l = all[%d %% all.length], at = (0.1 + %d * 0.618034) %% 1;
				l.value = +l.min + at * (l.max - l.min); l.dispatchEvent(new Event("input")); return "" })()`, i, i))
			last := "mass"
			if i%8 == 7 {
				last = "band"
			}
			await(tab, fmt.Sprintf(`performance.getEntriesByName(%q, "measure").length > 0`, last))
			var found map[string]float64
			require.NoError(t, json.Unmarshal([]byte(eval(tab, `JSON.stringify(Object.fromEntries(performance.getEntriesByType("measure").reverse().map(m => [m.name, m.duration])))`)), &found))
			for part, ms := range found {
				if last == "band" || part == "line" || part == "mass" {
					took[part] = append(took[part], ms)
				}
			}
		}
		row := fmt.Sprintf("%-30s", filepath.Base(name))
		for _, part := range []string{"line", "mass", "runs", "band"} {
			list := took[part]
			if len(list) == 0 {
				row += fmt.Sprintf(" %13s", "–")
				continue
			}
			slices.Sort(list)
			row += fmt.Sprintf(" %6.0f %6.0f", list[len(list)/2], list[len(list)-1])
		}
		fmt.Println(row)
	}
	fmt.Printf("the machine woke sleepers up to %v late meanwhile\n", late().Round(time.Millisecond))
}

var moves = flag.Int("ui.moves", 0, "moves of each scenario that TestMovesAreAnsweredSoon measures")
