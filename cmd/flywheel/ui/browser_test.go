package ui

import (
	"context"
	"fmt"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"
)

// browser is where Debian puts the browser that this test drives.
const browser = "/usr/bin/chromium"

// A visitor opens the page, moves a lever, waits for the band, pins it, moves again, and reads
// the differences; the page asks nothing beyond this machine and says nothing on the console.
func TestAVisitInARealBrowser(t *testing.T) {
	if _, err := exec.LookPath(browser); err != nil {
		t.Skipf("NOT TESTED IN A BROWSER: %s is not installed", browser)
	}
	address, _, source := opened(t)
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(browser), chromedp.NoSandbox)
	allocator, stop := chromedp.NewExecAllocator(t.Context(), options...)
	defer stop()
	tab, stop := chromedp.NewContext(allocator)
	defer stop()
	tab, stop = context.WithTimeout(tab, 90*time.Second)
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
			said = append(said, fmt.Sprint(e.ExceptionDetails.Text, e.ExceptionDetails.Exception))
		case *network.EventRequestWillBeSent:
			asked = append(asked, e.Request.URL)
		}
	}))
	text := func(expression string) string {
		v, err := chromedp.Run(tab, chromedp.Evaluate[string](expression))
		require.NoError(t, err, expression)
		return v
	}
	await := func(what, expression string) {
		require.Eventually(t, func() bool { return text(`String(`+expression+`)`) == "true" }, 30*time.Second, 50*time.Millisecond, what)
	}
	require.NoError(t, chromedp.Do(tab, chromedp.Navigate(address)))
	await("the scenarios", `document.getElementById("scenario").value !== ""`)
	require.Equal(t, source, text(`document.getElementById("scenario").value`), "named scenarios come first")
	done := `document.getElementById("pin").disabled === false`
	await("the first band", done)
	require.Equal(t, "true", text(`String(document.querySelectorAll("figure canvas").length >= 4)`), "buyers, sellers, orders, two portraits")
	require.Equal(t, "0", text(`String([...document.querySelectorAll("canvas")].filter(c => !c.getContext("2d").getImageData(0, 0, c.width, c.height).data.some(x => x)).length)`), "blank pictures")
	require.Equal(t, "0", text(`String([...document.querySelectorAll("figure")].filter(f => f.querySelector(".uplot").clientWidth > f.clientWidth).length)`), "pictures wider than their frames")
	paint := text(`String(performance.getEntriesByName("first-contentful-paint")[0].startTime)`)
	t.Logf("first contentful paint after %s ms; %s", paint, text(`document.getElementById("status").textContent`))

	// By keys alone: everything that can be done is come to in the order of the page, is named, and
	// shows that it is where the keys go.
	var order []string
	for range 12 {
		require.NoError(t, chromedp.Do(tab, chromedp.KeyEvent(kb.Tab)))
		order = append(order, text(`document.activeElement.id || document.activeElement.localName`))
		require.Equal(t, "solid 3px", text(`(s => s.outlineStyle + " " + s.outlineWidth)(getComputedStyle(document.activeElement))`), order)
	}
	require.Equal(t, []string{"scenario", "language", "summary", "lever-0", "lever-1", "reset", "pin", "save-as", "button", "div", "div", "div"}, order)
	require.Equal(t, "", text(`[...document.querySelectorAll("button, input, select, .plot, progress")].filter(e => !(e.textContent || e.labels?.length || e.ariaLabel)).map(e => e.outerHTML).join()`), "without a name")
	require.NoError(t, chromedp.Do(tab, chromedp.KeyEvent(kb.Home)))
	require.Contains(t, text(`document.activeElement.parentNode.querySelector(".readout").textContent`), "day 0: ", "a picture is read by keys")

	text(`document.getElementById("pin").click(), "" `)
	text(`(() => { const i = document.getElementById("lever-0"); i.value = 4; i.dispatchEvent(new Event("input")); return "" })()`)
	await("the second band begins", `document.getElementById("pin").disabled === true || document.getElementById("compared").hidden === false`)
	await("the differences", `document.getElementById("compared").hidden === false`)
	require.Contains(t, text(`document.getElementById("compared").innerText`), "A: buyers")
	require.Contains(t, text(`document.getElementById("changed").textContent`), "gift: 1 → 4")
	text(`document.getElementById("language").click(), ""`)
	require.Equal(t, "调节项", text(`document.getElementById("levers-title").textContent`))
	require.Equal(t, "zh-CN", text(`document.documentElement.lang`))

	mu.Lock()
	defer mu.Unlock()
	require.Empty(t, said)
	require.NotEmpty(t, asked)
	for _, url := range asked {
		require.True(t, strings.HasPrefix(url, address) || strings.HasPrefix(url, "data:"), url)
	}
}
