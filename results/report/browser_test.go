package report

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"flywheel/results"
)

// browser is where Debian puts the browser that these tests drive.
const browser = "/usr/bin/chromium"

// A page of 200 replications, 4 platforms and 31 regions is below 5 MiB, opens in a real
// browser in under 2 s, draws every chart, asks nothing of anybody and says nothing on the console.
func TestALargePageInARealBrowser(t *testing.T) {
	const replications = 200
	m := market{variants: []string{"base"}, platforms: []string{"A", "B", "C", "D"}, sides: []string{"consumers", "merchants"}, runs: 4, periods: 60}
	for i := range 31 {
		m.regions = append(m.regions, fmt.Sprintf("region %d", i+1))
	}
	tables := m.timelines(7)
	f := &Forecast{PeriodUnit: "day"}
	for i := range replications { // making 200 different ones takes half a minute
		require.NoError(t, f.Add(tables[i%len(tables)]))
	}
	var page bytes.Buffer
	require.NoError(t, f.Write(&page, About{Provenance: results.Provenance{Scenario: "large", Engine: "cohorts"}}))
	t.Logf("%d replications: %d KiB", replications, page.Len()/1024)
	require.Less(t, page.Len(), 5<<20)
	if _, err := exec.LookPath(browser); err != nil {
		t.Skipf("NOT TESTED IN A BROWSER: %s is not installed", browser)
	}
	path := filepath.Join(t.TempDir(), "report.html")
	require.NoError(t, os.WriteFile(path, page.Bytes(), 0o666))

	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(browser), chromedp.NoSandbox)
	allocator, stop := chromedp.NewExecAllocator(t.Context(), options...)
	defer stop()
	tab, stop := chromedp.NewContext(allocator)
	defer stop()
	tab, stop = context.WithTimeout(tab, time.Minute)
	defer stop()
	var mu sync.Mutex
	var said, asked []string
	require.NoError(t, chromedp.Listen(tab, func(event any) {
		mu.Lock()
		defer mu.Unlock()
		switch e := event.(type) {
		case *runtime.EventConsoleAPICalled:
			said = append(said, e.Type.String())
		case *runtime.EventExceptionThrown:
			said = append(said, fmt.Sprint(e.ExceptionDetails))
		case *network.EventRequestWillBeSent:
			asked = append(asked, e.Request.URL)
		}
	}))
	// A page of nothing takes some tens of milliseconds where nobody else needs the processors.
	empty := filepath.Join(t.TempDir(), "empty.html")
	require.NoError(t, os.WriteFile(empty, []byte("<!doctype html><title>nothing</title>"), 0o666))
	number := func(expression string) float64 {
		v, err := chromedp.Run(tab, chromedp.Evaluate[float64](expression))
		require.NoError(t, err)
		return v
	}
	ended := `performance.getEntriesByType("navigation")[0].loadEventEnd`
	require.NoError(t, chromedp.Do(tab, chromedp.Navigate("file://"+empty)))
	idle := number(ended)
	mu.Lock()
	asked = nil
	mu.Unlock()
	require.NoError(t, chromedp.Do(tab, chromedp.Navigate("file://"+path)))
	readout := func() string {
		text, err := chromedp.Run(tab, chromedp.Evaluate[string](`document.querySelector("figure .readout").textContent`))
		require.NoError(t, err)
		return text
	}
	figures, drawn := number(`document.querySelectorAll("figure").length`), number(`document.querySelectorAll("figure canvas").length`)
	loaded := number(ended)
	t.Logf("%.0f charts, load event after %.0f ms", figures, loaded)
	require.Positive(t, figures)
	require.Equal(t, figures, drawn)
	require.Zero(t, number(`[...document.querySelectorAll("canvas")].filter(c => !c.getContext("2d").getImageData(0, 0, c.width, c.height).data.some(x => x)).length`), "blank pictures")
	before := readout()
	require.NoError(t, chromedp.Do(tab, chromedp.Focus("figure .plot"), chromedp.KeyEvent(kb.Home)))
	require.NotEqual(t, before, readout(), "the keyboard reads a chart")
	require.True(t, strings.HasPrefix(readout(), "day 0: A "), readout())
	mu.Lock()
	defer mu.Unlock()
	require.NotEmpty(t, asked, "the listener hears")
	require.Empty(t, said)
	for _, url := range asked {
		require.Equal(t, "file://"+path, url)
	}
	if loaded >= 2000 && idle > 200 {
		t.Logf("NOT JUDGED: an empty page took %.0f ms, so %.0f ms say nothing about this one", idle, loaded)
		return
	}
	require.Less(t, loaded, 2000.0)
}
