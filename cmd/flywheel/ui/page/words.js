// What the page says, in the visitor's language.
export const texts = await (await fetch("/page/texts.json")).json();

let language = (localStorage.getItem("language") || navigator.language || "en").startsWith("zh") ? "zh" : "en";
export const spoken = () => language;
export const toggle = () => { language = language === "en" ? "zh" : "en"; localStorage.setItem("language", language); };

export const say = (key, values = {}) => (texts[language][key] ?? key).replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");

const formats = new Map(); // by language and options: they are dear to make
const format = (v, options) => {
  const key = language + JSON.stringify(options);
  if (!formats.has(key)) formats.set(key, new Intl.NumberFormat(language === "zh" ? "zh-CN" : "en", options));
  return formats.get(key).format(v);
};

// short is a number for people: so many digits, and a word for tens of thousands and more.
export const short = (v, digits = 4) => {
  if (v === 0) return "0"; // not -0
  const size = Math.abs(v);
  if (size >= 1e4) return format(v, { maximumSignificantDigits: digits, notation: "compact" });
  return format(v, size < 100 ? { maximumSignificantDigits: digits } : { maximumFractionDigits: 0 });
};
export const signed = v => (v > 0 ? "+" : "") + short(v);
export const percent = v => format(v, { style: "percent", maximumFractionDigits: 1 });

// on is a period in words, such as day 93.
export const on = (unit, at) => say("on", { unit: texts[language]["unit-" + unit] ?? unit, at: Math.ceil(at - 1e-9) });

export function speak() {
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  document.querySelectorAll("[data-text]").forEach(e => { e.textContent = say(e.dataset.text); });
  document.getElementById("language").textContent = say("other");
  document.getElementById("language").lang = language === "zh" ? "en" : "zh-CN";
}

// sentences say of each platform when it passes critical mass, how large it ends, and what it pays.
export function sentences(scene, line, mass, band) {
  const curves = (band ?? line).curves;
  const end = (metric, platform, side) => curves.find(c => c.metric === metric && c.platform === platform && c.side === side)?.y.at(-1);
  return scene.platforms.map(platform => {
    const sizes = scene.sides.map(side => say("size", { size: short(end("participants", platform, side), 3), side })).join(say("and"));
    const paid = end("subsidy_to_date", platform, "*");
    const money = paid > 0 ? say("pays", { paid: short(paid, 3) }) : say("pays-nothing");
    const p = (band?.passing ?? mass?.passing ?? []).find(p => p.platform === platform);
    const ending = say("ends", { at: on(scene.unit, scene.periods), sizes, money });
    return platform + say("gap") + (p ? passing(scene, p) + say("then") : "") + ending;
  });
}

function passing(scene, p) {
  const runs = { runs: p.runs, of: p.of };
  if (p.at === null) return p.of ? say("never", runs) : say("not-expected");
  const at = on(scene.unit, p.at);
  if (!p.of) return p.at === 0 ? say("above-expected") : say("expected", { at });
  if (p.hi === 0) return say("above", runs);
  const lo = Math.ceil(p.lo - 1e-9), hi = Math.ceil(p.hi - 1e-9);
  return say("passes", { ...runs, at: at + (lo === hi ? "" : say("between", { lo, hi })) });
}
