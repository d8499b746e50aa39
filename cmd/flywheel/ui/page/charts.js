// The pictures: fans over time, and portraits of both sides at once.
import { say, short, percent, on } from "/page/words.js";

const dashes = [[], [8, 4], [2, 3], [10, 3, 2, 3], [5, 5], [1, 2]];
const plots = new Map();
const palette = new Map(); // as the style has it, until pictures are drawn anew
const colour = name => {
  if (!palette.has(name)) palette.set(name, getComputedStyle(document.documentElement).getPropertyValue(name).trim());
  return palette.get(name);
};
const shade = i => colour("--c" + i % 6);
const place = () => document.getElementById("charts");
const height = 240;

// forget takes all pictures away, so that the next are drawn anew.
export function forget() { palette.clear(); plots.forEach(p => p.plot.destroy()); plots.clear(); place().replaceChildren(); }
export function resize() { plots.forEach(p => p.plot.setSize({ width: p.plot.root.parentNode.clientWidth, height })); }

export const of = (answer, metric, side) => (answer?.curves ?? []).filter(c => c.metric === metric && c.side === side);

// draw draws what is known: the band where there is one, else the line.
export function draw(scene, line, mass, band, pinned) {
  const now = band ?? line, charts = scene.sides.map(side => ({ id: "participants " + side, title: say("participants", { side }), metric: "participants", side }));
  charts.push({ id: "orders", title: say("orders", { unit: say("unit-" + scene.unit) }), metric: "orders", side: "*" }, { id: "cash", title: say("cash"), metric: "cash", side: "*" });
  const drawn = charts.filter(c => plots.has(c.id) || of(now, c.metric, c.side).some(l => l.y.some(v => v !== 0)));
  const both = scene.sides.length === 2 ? scene.platforms : [];
  for (const id of [...drawn.map(c => c.id), ...both.map(p => "portrait " + p)]) box(id); // all of them first: how wide one is depends on how many there are
  for (const c of drawn) fan(scene, c, of(now, c.metric, c.side), now.periods, of(pinned?.band, c.metric, c.side), c.metric === "participants" ? thresholds(scene, c.side, mass) : []);
  both.forEach((p, k) => portrait(scene, p, k, line, mass, band));
}

// thresholds are the critical masses of a market of one side, in people.
function thresholds(scene, side, mass) {
  if (scene.sides.length !== 1) return [];
  return (mass?.frontier ?? []).map(f => ({ platform: f.platform, y: f.second[0] * scene.people }));
}

function box(id) {
  let found = document.getElementById("figure " + id);
  if (!found) {
    found = document.createElement("figure");
    found.id = "figure " + id;
    found.innerHTML = '<figcaption></figcaption><div class="key" aria-hidden="true"></div><div class="plot" tabindex="0" role="img"></div><p class="readout"></p>';
    place().append(found);
  }
  return found;
}

function figure(id, title, keys) {
  const own = box(id);
  own.querySelector("figcaption").textContent = title;
  own.querySelector(".key").replaceChildren(...keys.map(([name, i]) => {
    const s = document.createElement("span");
    s.innerHTML = `<svg width="34" height="10" aria-hidden="true"><line x1="0" y1="5" x2="34" y2="5" stroke="${i < 0 ? colour("--soft") : shade(i)}" stroke-dasharray="${i === -2 ? "1 3" : i < 0 ? "4 3" : dashes[i % 6].join(" ")}"/></svg> `;
    s.append(name);
    return s;
  }));
  return own;
}

const axis = (label, values) => ({ stroke: colour("--ink"), font: "12px system-ui, sans-serif", labelFont: "12px system-ui, sans-serif", grid: { stroke: colour("--line"), width: 1 }, ticks: { stroke: colour("--line"), width: 1 }, label, labelSize: label ? 20 : 0, size: label ? 34 : 60, values });

// What has the same shape gets new numbers; anything else is drawn anew.
function replace(id, make, shape, data) {
  const old = plots.get(id);
  if (old && old.shape === shape) { old.plot.setData(data); return old; }
  old?.plot.destroy();
  plots.set(id, { plot: make(), shape });
  return plots.get(id);
}

function fan(scene, c, lines, x, old, marks) {
  const keys = lines.map((l, i) => [l.platform, i]);
  if (old.length) keys.push([say("pinned"), -2]);
  if (marks.length) keys.push([say("mass"), -1]);
  const own = figure(c.id, c.title, keys);
  const data = [x], series = [{}], bands = [], named = [];
  lines.forEach((l, i) => {
    bands.push({ series: [series.length, series.length + 1], fill: shade(i) + "38" });
    data.push(l.hi ?? l.y, l.lo ?? l.y); // without runs the band is the line: the picture keeps its shape
    series.push({ stroke: "transparent", points: { show: false } }, { stroke: "transparent", points: { show: false } });
    named.push([l.platform, series.length, i]);
    data.push(l.y);
    series.push({ stroke: shade(i), width: 2.5, dash: dashes[i % 6], points: { show: false } });
  });
  old.forEach((l, i) => { data.push(l.y); series.push({ stroke: shade(i), width: 1.25, dash: [1, 3], points: { show: false } }); });
  marks.forEach(m => { data.push(x.map(() => m.y)); series.push({ stroke: colour("--soft"), width: 1.5, dash: [4, 3], points: { show: false } }); });
  const plot = own.querySelector(".plot"), readout = own.querySelector(".readout");
  const ends = on(scene.unit, x.at(-1)) + say("colon") + lines.map(l => `${l.platform} ${short(l.y.at(-1))}` + (l.lo ? say("between", { lo: short(l.lo.at(-1)), hi: short(l.hi.at(-1)) }) : "")).join("; ");
  plot.setAttribute("aria-label", `${c.title}. ${ends}`);
  const shown = replace(c.id, () => new uPlot({
    width: plot.clientWidth, height, series, bands, legend: { show: false }, scales: { x: { time: false }, y: { range: (u, lo, hi) => uPlot.rangeNum(Math.min(0, lo), Math.max(hi, lo + 1e-9), 0.1, true) } },
    axes: [axis(say("unit-" + scene.unit), (u, t) => t.map(String)), axis(undefined, (u, t) => t.map(short))], cursor: { drag: { x: false, y: false }, points: { show: false } },
    hooks: { draw: [u => names(u, named)] },
  }, data, plot), series.length, data);
  const read = at => { readout.textContent = at == null ? ends : on(scene.unit, x[at]) + say("colon") + lines.map(l => `${l.platform} ${short(l.y[at])}` + (l.lo ? say("between", { lo: short(l.lo[at]), hi: short(l.hi[at]) }) : "")).join("; "); };
  shown.at ??= null;
  if (document.activeElement !== plot) shown.at = null;
  read(shown.at);
  shown.plot.over.onmousemove = () => read(shown.plot.cursor.idx);
  shown.plot.over.onmouseleave = () => read(shown.at);
  plot.onblur = () => read(shown.at = null);
  plot.onkeydown = e => {
    const from = shown.at ?? x.length - 1, next = { ArrowRight: from + 1, ArrowLeft: from - 1, Home: 0, End: x.length - 1 }[e.key];
    if (next == null) return;
    e.preventDefault();
    read(shown.at = Math.max(0, Math.min(x.length - 1, next)));
    shown.plot.setCursor({ left: shown.plot.valToPos(x[shown.at], "x"), top: 10 });
  };
}

// names writes each line's name at its end, so that nobody needs its colour.
function names(u, named) {
  const { ctx } = u, r = devicePixelRatio, taken = [];
  ctx.save();
  ctx.font = `600 ${12 * r}px system-ui, sans-serif`; ctx.textAlign = "right"; ctx.lineWidth = 4 * r; ctx.lineJoin = "round"; ctx.strokeStyle = colour("--card");
  for (const [name, s, i] of named) {
    const y = u.data[s].at(-1);
    if (y == null) continue;
    let at = Math.min(u.bbox.top + u.bbox.height - 4 * r, Math.max(u.bbox.top + 12 * r, u.valToPos(y, "y", true) - 6 * r));
    const away = (at < u.bbox.top + u.bbox.height / 2 ? 13 : -13) * r;
    while (taken.some(t => Math.abs(t - at) < 12 * r)) at += away;
    taken.push(at);
    ctx.strokeText(name, u.bbox.left + u.bbox.width - 4 * r, at);
    ctx.fillStyle = shade(i);
    ctx.fillText(name, u.bbox.left + u.bbox.width - 4 * r, at);
  }
  ctx.restore();
}

function portrait(scene, platform, k, line, mass, band) {
  const [a, b] = scene.sides.map(s => of(band ?? line, "share", s).find(l => l.platform === platform));
  if (!a || !b) return;
  const front = mass?.frontier.find(f => f.platform === platform), id = "portrait " + platform, keys = [[platform, 0]];
  const points = front ? front.first.map((x, i) => [x, front.second[i]]) : [];
  if (points.length) keys.push([say("mass"), -1]);
  const own = figure(id, say("portrait", { platform }), keys), plot = own.querySelector(".plot");
  own.querySelector(".key line").setAttribute("stroke", shade(k));
  const text = say("both", { at: on(scene.unit, scene.periods), a: percent(a.y.at(-1)), first: scene.sides[0], b: percent(b.y.at(-1)), second: scene.sides[1] });
  own.querySelector(".readout").textContent = text;
  plot.setAttribute("aria-label", text);
  const way = a.y.map((x, i) => [x, b.y[i]]);
  const shown = replace(id, () => new uPlot({
    width: plot.clientWidth, height, legend: { show: false }, cursor: { show: false }, scales: { x: { time: false, range: [0, 1] }, y: { range: [0, 1] } },
    series: [{}, { paths: () => null, points: { show: false } }], hooks: { draw: [u => trail(u, plots.get(id)?.picture)] },
    axes: [axis(say("share", { side: scene.sides[0] }), (u, t) => t.map(percent)), { ...axis(undefined, (u, t) => t.map(percent)), label: say("share", { side: scene.sides[1] }), labelSize: 20 }],
  }, [[0, 1], [0, 1]], plot), 0, [[0, 1], [0, 1]]);
  shown.picture = { way, points, k };
  shown.plot.redraw(false);
}

// trail draws the way of a platform through the shares of both sides, and its critical mass.
function trail(u, picture) {
  if (!picture) return;
  const { ctx } = u, r = devicePixelRatio, { way, points, k } = picture;
  const at = (x, y) => [u.valToPos(x, "x", true), u.valToPos(y, "y", true)];
  const path = (list, stroke, width, dash) => {
    ctx.strokeStyle = ctx.fillStyle = stroke; ctx.lineWidth = width * r; ctx.setLineDash(dash.map(d => d * r)); ctx.beginPath();
    list.forEach((p, i) => i ? ctx.lineTo(...at(...p)) : ctx.moveTo(...at(...p)));
    ctx.stroke(); ctx.setLineDash([]);
  };
  ctx.save(); ctx.beginPath(); ctx.rect(u.bbox.left - 6 * r, u.bbox.top - 6 * r, u.bbox.width + 12 * r, u.bbox.height + 12 * r); ctx.clip();
  if (points.length) path(points, colour("--soft"), 2, [4, 3]);
  path(way, shade(k), 3, []);
  ctx.beginPath(); ctx.arc(...at(...way[0]), 4 * r, 0, 7); ctx.fillStyle = colour("--card"); ctx.fill(); ctx.lineWidth = 2 * r; ctx.stroke();
  ctx.beginPath(); ctx.arc(...at(...way.at(-1)), 5 * r, 0, 7); ctx.fillStyle = shade(k); ctx.fill();
  ctx.restore();
}
