// The page: picks a scenario, sends moves of its levers, and shows the parts of each answer as
// they come. words.js says them, charts.js draws them, beside.js shows what else there is.
import { say, short, signed, speak, spoken, toggle, sentences } from "/page/words.js";
import { draw, forget, resize } from "/page/charts.js";
import { listRuns, watch } from "/page/beside.js";

const $ = id => document.getElementById(id);
const visitor = crypto.randomUUID ? crypto.randomUUID() : String(Math.random());
const ask = async (path, options) => {
  const answer = await fetch(path, options), body = await answer.json();
  if (!answer.ok) throw Object.assign(new Error(body.error ?? answer.statusText), { status: answer.status });
  return body;
};

let scene, line, mass, band, pinned, running, waiting, turn = 0;
const problem = text => { // what is shown then is not of where the levers stand
  $("problem").hidden = !text; $("problem").textContent = text ?? "";
  document.body.classList.toggle("stale", !!text);
};
const inputs = () => [...document.querySelectorAll("#levers input")];
const query = () => { const q = new URLSearchParams({ name: scene.source, digest: scene.digest, visitor }); inputs().forEach(i => q.append("v", i.value)); return q; };

async function pick(source, kept = []) {
  problem();
  stop();
  const s = await ask("/api/scenario?" + new URLSearchParams({ name: source }));
  scene = { ...s, source };
  pinned = band = line = mass = undefined;
  forget();
  $("levers").replaceChildren(...s.levers.map(lever));
  inputs().forEach((i, k) => { const old = kept.find(l => l.path === s.levers[k].path); if (old) { i.value = old.value; i.show(); } });
  if (!s.levers.length) $("levers").textContent = say("nothing");
  label();
  move();
}

// label says what depends on the scenario and the language.
function label() {
  $("about").textContent = scene.about;
  $("lines").textContent = say("read-lines", { runs: scene.runs, lo: 100 * scene.band[0], hi: 100 * scene.band[1] });
  $("unpin").hidden = !pinned;
}

function lever(l, i) {
  const box = document.createElement("div");
  box.className = "lever";
  const label = document.createElement("label"), name = document.createElement("span"), output = document.createElement("output"), input = document.createElement("input"), about = document.createElement("small");
  name.textContent = l.name;
  input.id = "lever-" + i; label.htmlFor = output.htmlFor = input.id;
  about.id = "about-" + i;
  Object.assign(input, { type: "range", min: l.lo, max: l.hi, step: l.step });
  input.value = l.value;
  input.setAttribute("aria-describedby", about.id);
  input.show = () => { output.textContent = short(+input.value); input.setAttribute("aria-valuetext", `${short(+input.value)} ${l.unit}`); };
  input.addEventListener("input", () => { input.show(); move(); });
  input.show();
  label.append(name, output);
  about.textContent = [l.unit, l.about].filter(Boolean).join(" · ");
  box.append(label, input, about);
  return box;
}

// A move asks for all of its answer at once. A newer one ends it, but lets a line that is about to
// come, come: so that the page follows a lever that is being drawn.
function move() {
  performance.clearMeasures();
  performance.mark("move");
  if (running && !running.lined && performance.now() - running.begun < 1000) { waiting = true; return; }
  follow();
}

// stop ends the move under way.
function stop() { running?.stop.abort(); running = undefined; waiting = false; }

async function follow() {
  stop();
  const own = running = { stop: new AbortController(), begun: performance.now(), lined: false };
  $("pin").disabled = true;
  try {
    const answer = await fetch(`/api/move?turn=${++turn}&` + query(), { signal: own.stop.signal });
    if (!answer.ok) throw Object.assign(new Error((await answer.json()).error), { status: answer.status });
    for await (const part of parts(answer.body)) {
      if (own !== running) return;
      take(part, own);
      if (own.lined && waiting) return follow();
    }
  } catch (e) {
    if (e.name === "AbortError" || own !== running) return;
    running = undefined;
    if (e.status === 409) { const kept = inputs().map((i, k) => ({ path: scene.levers[k].path, value: i.value })); await pick(scene.source, kept).catch(x => problem(x.message)); $("saved").textContent = say("reread", { file: scene.source }); return; }
    problem(e instanceof TypeError ? say("gone") : e.message);
  }
}

// parts are the lines of an answer as they come, each a JSON value.
async function* parts(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const lines = (rest + value).split("\n");
    rest = lines.pop();
    for (const l of lines) yield JSON.parse(l);
  }
}

function take(part, own) {
  if (part.failed) throw new Error(part.failed);
  if (part.line) { line = part.line; band = undefined; own.lined = true; problem(); if (line.why) mass = undefined; }
  if (part.mass) mass = part.mass;
  if (part.band) band = part.band;
  if (!band && !line.curves.length) { status(line.why, 0); return; }
  tell();
  draw(scene, line, mass, band, pinned);
  measure(part);
  if (part.band && band.done === band.total) { $("pin").disabled = false; $("said").textContent = sentences(scene, line, mass, band).join(" "); compare().catch(e => problem(e.message)); }
}

// measure notes how long a part took from the move until the browser has painted it.
function measure(part) {
  const name = part.line ? "line" : part.mass ? "mass" : band.done === band.total ? "band" : "runs";
  const of = turn;
  requestAnimationFrame(() => setTimeout(() => { if (of === turn) performance.measure(name, "move"); }));
}

function status(text, share) { $("status").lastElementChild.textContent = text; $("progress").value = share; $("progress").hidden = share === 0; }

// tell puts what is known into words.
function tell() {
  const list = sentences(scene, line, mass, band).map(text => Object.assign(document.createElement("li"), { textContent: text }));
  if (mass?.none) list.push(Object.assign(document.createElement("li"), { className: "faint", textContent: say("no-mass") }));
  else if (mass?.why && !mass.frontier.length) list.push(Object.assign(document.createElement("li"), { className: "faint", textContent: say("mass-unknown", { why: mass.why }) }));
  $("sentences").replaceChildren(...list);
  if (!band) status(say("line", { ms: line.took_ms.toFixed(0) }), 0);
  else if (band.done < band.total) status(say("band", band), band.done / band.total);
  else status(say("ready", { ...band, s: (band.took_ms / 1000).toFixed(1) }), 0);
}

async function compare() {
  $("compared").hidden = true;
  if (!pinned || !band?.ends || pinned.band === band) return;
  const list = await ask("/api/differences", { method: "POST", body: JSON.stringify({ before: pinned.band.ends, after: band.ends }) });
  const mean = a => a.reduce((s, x) => s + x, 0) / a.length, rows = [];
  for (const c of band.curves) {
    if (c.metric === "share") continue;
    const key = `${c.metric} ${c.platform} ${c.side}`, d = list.find(d => d.what === key);
    if (!d || d.mean == null) continue;
    const before = mean(pinned.band.ends[key]), now = mean(band.ends[key]);
    if (before === 0 && now === 0) continue;
    const row = document.createElement("tr");
    if (!d.shown) row.className = "faint";
    const cells = [`${c.platform}${say("colon")}${say("end-" + c.metric, { side: c.side })}`, short(before), short(now), (d.mean > 0 ? "▲ " : d.mean < 0 ? "▼ " : "") + signed(d.mean), say("to", { lo: signed(d.lo), hi: signed(d.hi) }), say(d.shown ? "shown" : "hidden")];
    row.append(...cells.map((t, i) => { const td = document.createElement(i ? "td" : "th"); td.textContent = t; if (i) { if (i < 5) td.className = "n"; } else td.scope = "row"; return td; }));
    rows.push(row);
  }
  const changes = scene.levers.map((l, k) => [l.name, pinned.values[k], +inputs()[k].value]).filter(([, a, b]) => a !== b).map(([name, a, b]) => `${name}: ${short(a)} → ${short(b)}`);
  $("changed").textContent = changes.length ? say("changed", { changes: changes.join("; ") }) : say("same");
  $("compared").hidden = !rows.length;
  document.querySelector("#compared tbody").replaceChildren(...rows);
}

function again() { if (!line) return; forget(); tell(); draw(scene, line, mass, band, pinned); compare().catch(e => problem(e.message)); }

async function offer(chosen) {
  const list = await ask("/api/scenarios");
  $("scenario").replaceChildren(...list.map(s => Object.assign(document.createElement("option"), { value: s.name, textContent: s.name })));
  if (chosen) $("scenario").value = chosen;
  return list;
}

$("language").onclick = () => { toggle(); speak(); if (scene) { label(); inputs().forEach(i => i.show()); again(); } listRuns(ask).catch(e => problem(e.message)); };
$("reset").onclick = () => { inputs().forEach((i, k) => { i.value = scene.levers[k].value; i.show(); }); move(); };
$("pin").onclick = () => { pinned = { band, values: inputs().map(i => +i.value) }; label(); again(); };
$("unpin").onclick = () => { pinned = undefined; label(); again(); $("pin").focus(); };
$("levers").onsubmit = e => e.preventDefault();
$("save").onsubmit = async e => {
  e.preventDefault();
  const q = query(); q.set("as", $("save-as").value);
  try {
    const saved = await ask("/api/save", { method: "POST", body: q });
    $("saved").textContent = say("saved", saved);
    await offer(scene.source);
  } catch (error) { $("saved").textContent = error instanceof TypeError ? say("gone") : error.message; }
};
$("scenario").onchange = e => pick(e.target.value).catch(x => problem(x instanceof TypeError ? say("gone") : x.message));
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
let sized;
addEventListener("resize", () => { cancelAnimationFrame(sized); sized = requestAnimationFrame(resize); });
const printed = now => { document.documentElement.classList.toggle("printed", now); again(); };
addEventListener("beforeprint", () => printed(true));
addEventListener("afterprint", () => printed(false));

speak();
const list = await offer();
const first = list.find(s => s.own) ?? list.find(s => s.name === "food-delivery-launch") ?? list[0]; // the README's, in which there is a threshold to see
if (first) { $("scenario").value = first.name; await pick(first.name).catch(x => problem(x.message)); }
listRuns(ask).catch(x => problem(x.message));
watch(ask, () => problem(say("gone")), () => { problem(); if (scene) move(); else pick($("scenario").value).catch(x => problem(x.message)); });
