// What stands beside the forecast: stored runs, and runs under way.
import { say, short } from "/page/words.js";

const $ = id => document.getElementById(id);

export async function listRuns(ask) {
  const runs = await ask("/api/runs");
  $("runs").replaceChildren(...(runs.length ? runs.map(r => {
    const item = document.createElement("li"), kind = say("kind-" + r.kind), what = [r.scenario, kind.startsWith("kind-") ? r.kind : kind, r.engine].filter(Boolean).join(", ");
    if (r.page) { const link = document.createElement("a"); link.href = `/runs/${encodeURIComponent(r.folder)}/report.html`; link.textContent = r.folder; item.append(link); } else item.append(r.folder);
    const words = document.createElement("small");
    words.textContent = what;
    item.append(words);
    return item;
  }) : [Object.assign(document.createElement("li"), { textContent: say("none") })]));
}

// watch shows what runs beside this page: a bar and words for each, and of a load test the p99 by
// second. It tells when the server stops answering, and when it answers again.
export async function watch(ask, gone, back) {
  let watched = 0, missing = false;
  for (;;) {
    let list = [];
    if (!document.hidden) {
      try {
        list = await ask("/api/underway");
        if (missing) { missing = false; back(); }
      } catch { if (!missing) { missing = true; gone(); } }
    }
    $("underway").hidden = !list.length;
    document.querySelector("#underway ul").replaceChildren(...list.map(one));
    if (list.length < watched) listRuns(ask).catch(() => {}); // one has ended; a server that is gone is told of above
    watched = list.length;
    await new Promise(r => setTimeout(r, list.length || missing ? 1000 : 3000));
  }
}

function one(u) {
  const item = document.createElement("li"), bar = document.createElement("progress"), words = document.createElement("div");
  const load = u.kind === "load", last = a => short(a?.at(-1) ?? 0);
  bar.max = (load ? u.length_s : u.total) || 1; bar.value = load ? Math.min(u.at_s, u.length_s) : u.done;
  bar.setAttribute("aria-label", u.name);
  const name = document.createElement("strong");
  name.textContent = u.name;
  words.append(name, " ", say(load ? "load" : "study", { done: u.done, total: u.total, at: u.at_s.toFixed(0), length: u.length_s.toFixed(0),
    rate: short(u.achieved), asked: short(u.asked), failed: u.failed, p50: last(u.p50_ms), p99: last(u.p99_ms) }));
  item.append(words, bar);
  if (load && u.p99_ms?.length > 1) {
    const top = Math.max(...u.p99_ms, 1), picture = document.createElement("div");
    const row = a => a.map((v, i) => `${100 * i / (a.length - 1)},${38 - 36 * v / top}`).join(" ");
    picture.className = "spark";
    picture.innerHTML = `<svg viewBox="0 0 100 40" preserveAspectRatio="none" aria-hidden="true"><polyline vector-effect="non-scaling-stroke" points="${row(u.p99_ms)}"/><polyline vector-effect="non-scaling-stroke" stroke-dasharray="2 3" points="${row(u.p50_ms)}"/></svg><small>${say("by-second", { top: short(top) })}</small>`;
    item.append(picture);
  }
  return item;
}
