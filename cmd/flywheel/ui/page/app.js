"use strict";
(async () => {
  const $ = id => document.getElementById(id);
  const dashes = [[], [8, 4], [2, 3], [10, 3, 2, 3], [5, 5], [1, 2]];
  const visitor = crypto.randomUUID ? crypto.randomUUID() : String(Math.random());
  const texts = await (await fetch("/page/texts.json")).json();
  let language = (localStorage.getItem("language") || navigator.language || "en").startsWith("zh") ? "zh" : "en";
  const say = (key, values = {}) => (texts[language][key] ?? key).replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
  const colour = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const shade = i => colour("--c" + i % 6);
  const short = v => {
    const size = Math.abs(v);
    for (const [unit, name] of [[1e12, "T"], [1e9, "B"], [1e6, "M"], [1e4, "k"]]) if (size >= unit) return +(v / (name === "k" ? 1e3 : unit)).toPrecision(4) + name;
    return String(+v.toPrecision(4));
  };
  const ask = async (path, options) => {
    const answer = await fetch(path, options), body = await answer.json();
    if (!answer.ok) throw new Error(body.error ?? answer.statusText);
    return body;
  };

  let scene, line, band, pinned, stream, asking;
  const plots = new Map();
  const problem = text => { $("problem").hidden = !text; $("problem").textContent = text ?? ""; };
  const values = () => [...document.querySelectorAll("#levers input")].map(i => i.value);
  const query = () => { const q = new URLSearchParams({ name: scene.source, visitor }); values().forEach(v => q.append("v", v)); return q; };

  function speak() {
    document.documentElement.lang = language;
    document.querySelectorAll("[data-text]").forEach(e => { e.textContent = say(e.dataset.text); });
    $("language").textContent = say("other");
  }

  async function pick(source) {
    problem();
    const s = await ask("/api/scenario?" + new URLSearchParams({ name: source }));
    scene = { ...s, source };
    pinned = band = line = undefined;
    $("compared").hidden = true;
    $("about").textContent = s.about;
    plots.forEach(p => p.destroy()); plots.clear(); $("charts").replaceChildren();
    $("levers").replaceChildren(...s.levers.map((l, i) => {
      const box = document.createElement("div");
      box.className = "lever";
      const label = document.createElement("label"), name = document.createElement("span"), output = document.createElement("output"), input = document.createElement("input"), about = document.createElement("small");
      name.textContent = l.name;
      input.id = "lever-" + i; label.htmlFor = input.id;
      Object.assign(input, { type: "range", min: l.lo, max: l.hi, step: l.step });
      input.value = l.value;
      input.setAttribute("aria-description", [l.about, l.unit].filter(Boolean).join(", "));
      const show = () => { output.textContent = short(+input.value); };
      input.addEventListener("input", () => { show(); move(); });
      show();
      label.append(name, output);
      about.textContent = [l.about, l.unit].filter(Boolean).join(" · ");
      box.append(label, input, about);
      return box;
    }));
    if (!s.levers.length) $("levers").textContent = say("nothing");
    move();
  }

  // A move asks for the line at once and for the band behind it; a newer move cancels both.
  let later;
  async function move() {
    asking?.abort(); stream?.close(); clearTimeout(later);
    $("pin").disabled = true;
    const own = asking = new AbortController();
    try {
      const answer = await ask("/api/line?" + query(), { signal: own.signal });
      if (own !== asking) return;
      line = answer; band = undefined; problem();
      $("status").textContent = answer.curves.length ? say("line", { ms: answer.took_ms.toFixed(0) }) : answer.why;
      draw();
      later = setTimeout(follow, 120);
    } catch (e) { if (e.name !== "AbortError") problem(e.message); }
  }

  function follow() {
    const own = stream = new EventSource("/api/band?" + query());
    own.onmessage = e => {
      if (own !== stream) return own.close();
      band = JSON.parse(e.data);
      const whole = band.done === band.total;
      $("status").textContent = say(whole ? "ready" : "band", { done: band.done, total: band.total, engine: band.engine, s: (band.took_ms / 1000).toFixed(1) });
      draw();
      if (whole) { own.close(); $("pin").disabled = false; compare(); }
    };
    own.addEventListener("failed", e => { own.close(); problem(JSON.parse(e.data)); });
    own.onerror = () => own.close();
  }

  function charts() {
    const list = [];
    for (const side of scene.sides) list.push({ id: "participants " + side, title: say("participants") + ": " + side, metric: "participants", side });
    list.push({ id: "orders", title: say("orders") + " / " + scene.unit, metric: "orders", side: "*" }, { id: "cash", title: say("cash"), metric: "cash", side: "*" });
    return list;
  }
  const of = (answer, metric, side) => (answer?.curves ?? []).filter(c => c.metric === metric && c.side === side);

  function draw() {
    for (const c of charts()) {
      const now = of(band ?? line, c.metric, c.side);
      const flat = now.every(l => l.y.every(v => v === 0));
      if (flat && !plots.has(c.id)) continue;
      fan(c, now, (band ?? line).periods, of(pinned?.band, c.metric, c.side));
    }
    if (scene.sides.length === 2) scene.platforms.forEach((p, k) => portrait(p, k));
  }

  function figure(id, title, keys) {
    let box = document.getElementById("figure " + id);
    if (!box) {
      box = document.createElement("figure");
      box.id = "figure " + id;
      box.innerHTML = '<figcaption></figcaption><div class="key" aria-hidden="true"></div><div class="plot" tabindex="0" role="img"></div><p class="readout"></p>';
      $("charts").append(box);
    }
    box.querySelector("figcaption").textContent = title;
    box.querySelector(".key").replaceChildren(...keys.map(([name, i]) => {
      const s = document.createElement("span");
      s.innerHTML = `<svg width="34" height="10"><line x1="0" y1="5" x2="34" y2="5" stroke="${i < 0 ? colour("--soft") : shade(i)}" stroke-dasharray="${i < 0 ? "4 3" : dashes[i % 6].join(" ")}"/></svg> `;
      s.append(name);
      return s;
    }));
    return box;
  }
  const axis = (label, values) => ({ stroke: colour("--ink"), grid: { stroke: colour("--line"), width: 1 }, label, labelSize: label ? 20 : 0, size: label ? 34 : 56, values });

  function fan(c, lines, x, old) {
    const keys = lines.map((l, i) => [l.platform, i]);
    if (old.length) keys.push([say("pinned"), -1]);
    const box = figure(c.id, c.title, keys);
    const data = [x], series = [{}], bands = [];
    lines.forEach((l, i) => {
      if (l.lo) {
        bands.push({ series: [series.length, series.length + 1], fill: shade(i) + "33" });
        data.push(l.hi, l.lo);
        series.push({ stroke: "transparent", points: { show: false } }, { stroke: "transparent", points: { show: false } });
      }
      data.push(l.y);
      series.push({ stroke: shade(i), width: 2.5, dash: dashes[i % 6], points: { show: false } });
    });
    old.forEach(l => { data.push(l.y); series.push({ stroke: colour("--soft"), width: 1.5, dash: [4, 3], points: { show: false } }); });
    const plot = box.querySelector(".plot"), readout = box.querySelector(".readout");
    const ends = lines.map(l => `${l.platform} ${short(l.y.at(-1))}` + (l.lo ? ` (${short(l.lo.at(-1))}–${short(l.hi.at(-1))})` : "")).join("; ");
    readout.textContent = ends;
    plot.setAttribute("aria-label", `${c.title}. ${ends}`);
    replace(c.id, () => new uPlot({
      width: plot.clientWidth, height: 230, series, bands, legend: { show: false }, scales: { x: { time: false } },
      axes: [axis(scene.unit, (u, t) => t.map(String)), axis(undefined, (u, t) => t.map(short))], cursor: { drag: { x: false, y: false } },
    }, data, plot), series.length, data);
    const read = at => { readout.textContent = at == null ? ends : `${scene.unit} ${x[at]}: ` + lines.map(l => `${l.platform} ${short(l.y[at])}`).join("; "); };
    const u = plots.get(c.id).plot;
    u.over.onmousemove = () => read(u.cursor.idx);
    u.over.onmouseleave = () => read(null);
    let at = -1;
    plot.onkeydown = e => {
      const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: x.length - 1 }[e.key];
      if (next == null) return;
      e.preventDefault();
      read(at = Math.max(0, Math.min(x.length - 1, next)));
    };
  }

  // What has the same shape gets new numbers; anything else is drawn anew.
  function replace(id, make, shape, data) {
    const old = plots.get(id);
    if (old && old.shape === shape) return old.plot.setData(data);
    old?.plot.destroy();
    const plot = make();
    plots.set(id, { plot, shape, destroy: () => plot.destroy() });
  }

  function portrait(platform, k) {
    const [a, b] = scene.sides.map(s => of(band ?? line, "share", s).find(l => l.platform === platform));
    if (!a || !b) return;
    const front = line.frontier.find(f => f.platform === platform);
    const id = "portrait " + platform, keys = [[platform, k]];
    const points = front ? front.first.map((x, i) => [x, front.second[i]]).filter(p => p[1] != null) : [];
    if (points.length) keys.push([say("mass"), -1]);
    const box = figure(id, `${say("portrait")} ${platform}`, keys), plot = box.querySelector(".plot");
    const text = `${say("share")} ${scene.sides[0]} ${short(100 * a.y.at(-1))}%, ${scene.sides[1]} ${short(100 * b.y.at(-1))}%`;
    box.querySelector(".readout").textContent = text;
    plot.setAttribute("aria-label", text);
    plots.get(id)?.destroy();
    const drawing = u => {
      const { ctx } = u, r = devicePixelRatio;
      const at = (x, y) => [u.valToPos(x, "x", true), u.valToPos(y, "y", true)];
      const path = (list, stroke, width, dash) => {
        ctx.strokeStyle = ctx.fillStyle = stroke; ctx.lineWidth = width * r; ctx.setLineDash(dash.map(d => d * r)); ctx.beginPath();
        list.forEach((p, i) => i ? ctx.lineTo(...at(...p)) : ctx.moveTo(...at(...p)));
        ctx.stroke(); ctx.setLineDash([]);
      };
      ctx.save(); ctx.beginPath(); ctx.rect(u.bbox.left, u.bbox.top, u.bbox.width, u.bbox.height); ctx.clip();
      if (points.length) path(points, colour("--soft"), 2, [4, 3]);
      const way = a.y.map((x, i) => [x, b.y[i]]);
      path(way, shade(k), 3, []);
      ctx.beginPath(); ctx.arc(...at(...way.at(-1)), 5 * r, 0, 7); ctx.fill();
      ctx.restore();
    };
    const made = new uPlot({
      width: plot.clientWidth, height: 230, legend: { show: false }, cursor: { show: false }, scales: { x: { time: false, range: [0, 1] }, y: { range: [0, 1] } },
      series: [{}, { paths: () => null, points: { show: false } }], hooks: { draw: [drawing] },
      axes: [axis(`${say("share")} ${scene.sides[0]}`, (u, t) => t.map(v => +(100 * v).toFixed(0) + "%")), { ...axis(undefined, (u, t) => t.map(v => +(100 * v).toFixed(0) + "%")), label: `${say("share")} ${scene.sides[1]}`, labelSize: 20 }],
    }, [[0, 1], [0, 1]], plot);
    plots.set(id, { plot: made, shape: 0, destroy: () => made.destroy() });
  }

  async function compare() {
    if (!pinned || !band?.ends) return;
    const list = await ask("/api/differences", { method: "POST", body: JSON.stringify({ before: pinned.band.ends, after: band.ends }) });
    $("compared").hidden = !list.length;
    document.querySelector("#compared tbody").replaceChildren(...list.filter(d => !d.what.startsWith("share ")).map(d => {
      const row = document.createElement("tr");
      if (!d.shown) row.className = "faint";
      const cells = [d.what.replace(" *", ""), d.mean == null ? "" : short(d.mean), d.lo == null ? "" : `${short(d.lo)} – ${short(d.hi)}`, say(d.shown ? "shown" : "hidden")];
      row.append(...cells.map((t, i) => { const td = document.createElement("td"); td.textContent = t; if (i === 1 || i === 2) td.className = "n"; return td; }));
      return row;
    }));
  }

  async function listRuns() {
    const runs = await ask("/api/runs");
    $("runs").replaceChildren(...(runs.length ? runs.map(r => {
      const item = document.createElement("li"), what = `${r.scenario}, ${r.kind}${r.engine ? ", " + r.engine : ""}`;
      if (r.page) { const link = document.createElement("a"); link.href = `/runs/${encodeURIComponent(r.folder)}/report.html`; link.textContent = r.folder; item.append(link, " " + what); } else item.textContent = `${r.folder} ${what}`;
      return item;
    }) : [say("none")]));
  }

  // What runs beside this page: a bar and a line of words for each, and of a load test the p99 by second.
  let watched = 0;
  async function watch() {
    let list = [];
    if (!document.hidden) list = await ask("/api/underway").catch(() => []);
    $("underway").hidden = !list.length;
    document.querySelector("#underway ul").replaceChildren(...list.map(u => {
      const item = document.createElement("li"), bar = document.createElement("progress"), words = document.createElement("div");
      const load = u.kind === "load", last = a => short(a?.at(-1) ?? 0);
      bar.max = (load ? u.length_s : u.total) || 1; bar.value = load ? Math.min(u.at_s, u.length_s) : u.done;
      bar.setAttribute("aria-label", u.name);
      words.textContent = `${u.name}: ` + say(load ? "load" : "study", { done: u.done, total: u.total, at: u.at_s.toFixed(0), length: u.length_s.toFixed(0),
        rate: short(u.achieved), asked: short(u.asked), failed: u.failed, p50: last(u.p50_ms), p99: last(u.p99_ms) });
      item.append(words, bar);
      if (load && u.p99_ms?.length > 1) {
        const top = Math.max(...u.p99_ms, 1), picture = document.createElement("div");
        picture.innerHTML = `<svg viewBox="0 0 100 40" preserveAspectRatio="none" aria-hidden="true"><polyline vector-effect="non-scaling-stroke" points="${u.p99_ms.map((v, i) => `${100 * i / (u.p99_ms.length - 1)},${38 - 36 * v / top}`).join(" ")}"/></svg>`;
        item.append(picture);
      }
      return item;
    }));
    if (list.length < watched) listRuns().catch(x => problem(x.message)); // one has ended
    watched = list.length;
    setTimeout(watch, list.length ? 1000 : 3000);
  }

  $("language").onclick = () => { language = language === "en" ? "zh" : "en"; localStorage.setItem("language", language); speak(); if (scene) { plots.forEach(p => p.destroy()); plots.clear(); $("charts").replaceChildren(); draw(); compare(); } };
  $("reset").onclick = () => { document.querySelectorAll("#levers input").forEach((i, k) => { i.value = scene.levers[k].value; i.dispatchEvent(new Event("input")); }); };
  $("pin").onclick = () => { pinned = { band }; plots.forEach(p => p.destroy()); plots.clear(); $("charts").replaceChildren(); draw(); };
  $("save").onsubmit = async e => {
    e.preventDefault();
    const q = query(); q.set("as", $("save-as").value);
    try { $("saved").textContent = say("saved", await ask("/api/save", { method: "POST", body: q })); } catch (error) { $("saved").textContent = error.message; }
  };
  $("scenario").onchange = e => pick(e.target.value).catch(x => problem(x.message));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { plots.forEach(p => p.destroy()); plots.clear(); $("charts").replaceChildren(); draw(); });
  addEventListener("resize", () => { clearTimeout(later); plots.forEach(p => p.plot.setSize({ width: p.plot.root.parentNode.clientWidth, height: 230 })); });

  speak();
  const list = await ask("/api/scenarios");
  $("scenario").replaceChildren(...list.map(s => { const o = document.createElement("option"); o.value = o.textContent = s.name; return o; }));
  if (list.length) await pick(list[0].name).catch(x => problem(x.message));
  listRuns().catch(x => problem(x.message));
  watch();
})();
