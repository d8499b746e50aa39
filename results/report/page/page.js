"use strict";
(() => {
  const dashes = [[], [8, 4], [2, 3], [10, 3, 2, 3], [5, 5], [1, 2]]; // as in the keys of the page
  const drawn = [];
  const colour = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const line = i => colour("--c" + i % 6);
  const scaled = v => {
    const size = Math.abs(v);
    for (const [unit, name] of [[1e12, "T"], [1e9, "B"], [1e6, "M"], [1e3, "k"]])
      if (size >= unit) return +(v / unit).toPrecision(3) + name;
    return String(+v.toPrecision(3));
  };
  const says = share => v => v == null ? "" : share ? +(100 * v).toPrecision(3) + "%" : scaled(v);
  const axes = (chart, x) => [
    { stroke: colour("--ink"), grid: { stroke: colour("--line"), width: 1 }, label: x, labelSize: 22, size: 34,
      values: (u, ticks) => ticks.map(chart.kind === "portrait" ? says(true) : String) },
    { stroke: colour("--ink"), grid: { stroke: colour("--line"), width: 1 }, size: 58,
      label: chart.kind === "portrait" ? chart.y_label : undefined, labelSize: 20,
      values: (u, ticks) => ticks.map(says(chart.share)) },
  ];

  // A fan: for each platform its mean, and a shade from lo to hi where it has them.
  function fan(chart, box, width) {
    const data = [chart.lines[0].x];
    const series = [{ label: chart.x_label }];
    const bands = [];
    chart.lines.forEach((l, i) => {
      const shade = { stroke: "transparent", points: { show: false }, label: "" };
      if (l.lo) {
        data.push(l.hi, l.lo);
        bands.push({ series: [series.length, series.length + 1], fill: line(i) + "33" });
        series.push({ ...shade }, { ...shade });
      }
      data.push(l.y);
      series.push({
        label: l.name, stroke: line(i), width: 2.5, dash: dashes[i % 6], points: { show: false },
      });
    });
    return new uPlot({
      width, height: 260, series, bands, axes: axes(chart, chart.x_label), scales: { x: { time: false } },
      legend: { show: false }, cursor: { drag: { x: true, y: false } },
    }, data, box);
  }

  // A portrait: each run's path through the plane of both sides.
  function portrait(chart, box, width) {
    const paths = (u) => {
      const { ctx } = u;
      ctx.save();
      ctx.beginPath(); ctx.rect(u.bbox.left, u.bbox.top, u.bbox.width, u.bbox.height); ctx.clip();
      for (const l of chart.lines) {
        const at = i => [u.valToPos(l.x[i], "x", true), u.valToPos(l.y[i], "y", true)];
        const mean = l.style === "mean", frontier = l.style === "frontier";
        ctx.strokeStyle = ctx.fillStyle = mean ? line(0) : frontier ? line(1) : colour("--soft");
        ctx.globalAlpha = mean || frontier ? 1 : .35;
        ctx.lineWidth = (mean ? 3 : frontier ? 2.5 : 1) * devicePixelRatio;
        ctx.setLineDash(frontier ? [8 * devicePixelRatio, 5 * devicePixelRatio] : []);
        ctx.beginPath();
        l.x.forEach((_, i) => i ? ctx.lineTo(...at(i)) : ctx.moveTo(...at(i)));
        ctx.stroke();
        if (frontier || !l.x.length) continue;
        ctx.setLineDash([]);
        const r = (mean ? 5 : 2) * devicePixelRatio;
        ctx.beginPath(); ctx.arc(...at(0), r, 0, 7); ctx.stroke();
        ctx.beginPath(); ctx.arc(...at(l.x.length - 1), r, 0, 7); ctx.fill();
      }
      ctx.restore();
    };
    const xs = chart.lines.flatMap(l => l.x), ys = chart.lines.flatMap(l => l.y);
    const top = v => Math.min(1, 1.05 * Math.max(.01, v.reduce((a, b) => Math.max(a, b), 0)));
    const mean = chart.lines.find(l => l.style === "mean");
    return new uPlot({
      width, height: 320, axes: axes(chart, chart.x_label), legend: { show: false }, cursor: { show: false },
      scales: { x: { time: false, range: [0, top(xs)] }, y: { range: [0, top(ys)] } },
      series: [{}, { paths: () => null, points: { show: false } }], hooks: { draw: [paths] },
    }, [mean.x, mean.y], box);
  }

  function draw(figure) {
    const chart = JSON.parse(figure.querySelector("script").textContent);
    const box = figure.querySelector(".plot"), readout = figure.querySelector(".readout");
    const said = readout.textContent;
    box.replaceChildren();
    const plot = (chart.kind === "portrait" ? portrait : fan)(chart, box, box.clientWidth);
    const read = at => {
      const mean = chart.lines.filter(l => l.style !== "path" && l.style !== "frontier");
      readout.textContent = at == null ? said : `${chart.x_label} ${chart.kind !== "portrait" ? mean[0].x[at] : says(true)(mean[0].x[at])}: ` +
        mean.map(l => `${l.name} ${says(chart.share)(l.y[at])}` + (l.lo ? ` (${says(chart.share)(l.lo[at])} to ${says(chart.share)(l.hi[at])})` : "")).join("; ");
    };
    let at = null;
    box.onkeydown = e => {
      const last = chart.lines[chart.lines.length - 1].x.length - 1;
      const next = { ArrowRight: (at ?? -1) + 1, ArrowLeft: (at ?? last + 1) - 1, Home: 0, End: last }[e.key];
      if (next == null) return;
      e.preventDefault();
      at = Math.max(0, Math.min(last, next));
      if (chart.kind !== "portrait") plot.setCursor({ left: plot.valToPos(chart.lines[0].x[at], "x"), top: 10 });
      read(at);
    };
    box.onblur = () => { at = null; readout.textContent = said; };
    if (chart.kind !== "portrait") {
      plot.over.addEventListener("mousemove", () => read(plot.cursor.idx));
      plot.over.addEventListener("mouseleave", () => { readout.textContent = said; });
    }
    return { plot, box };
  }

  const figures = [...document.querySelectorAll("figure[data-chart]")];
  const redraw = () => { drawn.splice(0).forEach(d => d.plot.destroy()); figures.forEach(f => drawn.push(draw(f))); };
  redraw();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  let later;
  addEventListener("resize", () => { clearTimeout(later); later = setTimeout(() => drawn.forEach(d => d.plot.setSize({ width: d.box.clientWidth, height: d.plot.height })), 120); });
  addEventListener("beforeprint", () => drawn.forEach(d => d.plot.setSize({ width: 310, height: 200 })));
  addEventListener("afterprint", redraw);
})();
