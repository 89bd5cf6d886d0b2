"use strict";
// The budget slider of a frontier: the plan that a budget buys, by keyboard and by mouse. Behind page.js, whose words it says.
(() => {
  const by = (id) => document.getElementById(id);
  const f = JSON.parse(by("frontier").textContent);
  if (!f.points.length) return;
  const slider = by("money");
  const typed = by("typed");
  const amount = (value, digits = 2) => value.toLocaleString(language, { maximumFractionDigits: digits });
  const money = (value, digits = 2) => say("{amount} M", { amount: amount(value, digits) });
  const share = (value) => say("{number} %", { number: amount(100 * value, 1) });
  const tonnes = (value) => say("{amount} t/yr", { amount: amount(value, 0) });
  const listed = (parts) => parts.join(say(", "));

  function row(cells, numeric) {
    const line = document.createElement("tr");
    cells.forEach((text, n) => {
      const cell = document.createElement(n ? "td" : "th");
      if (!n) cell.scope = "row";
      if (numeric.has(n)) cell.className = "n";
      cell.textContent = text;
      line.append(cell);
    });
    return line;
  }

  const drawing = "http://www.w3.org/2000/svg";

  function shape(kind, attributes, text) {
    const made = document.createElementNS(drawing, kind);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    if (text !== undefined) made.textContent = text;
    return made;
  }

  // Bars with their names and numbers: rows of [name, part of the longest bar, number in words].
  function bars(place, rows, words) {
    const [wide, high, left, right] = [340, 22, 120, 60];
    const svg = shape("svg", { viewBox: `0 0 ${wide} ${high * Math.max(1, rows.length)}`, role: "img", "aria-label": words });
    rows.forEach(([name, part, number], n) => {
      const at = n * high;
      const long = Math.max(0, Math.min(1, part)) * (wide - left - right);
      const label = name.length > 20 ? `${name.slice(0, 19)}…` : name;
      svg.append(
        shape("text", { x: left - 6, y: at + 15, "text-anchor": "end", "font-size": 11, fill: "#1b2430" }, label),
        shape("rect", { x: left, y: at + 4, width: wide - left - right, height: 14, fill: "none", stroke: "#dde2e8" }),
        shape("rect", { x: left, y: at + 4, width: long, height: 14, fill: "#2f6fd0" }),
        shape("text", { x: wide - right + 6, y: at + 15, "font-size": 11, fill: "#1b2430" }, number),
      );
    });
    if (!rows.length) svg.append(shape("text", { x: 0, y: 15, "font-size": 11, fill: "#55606d" }, say("nothing")));
    by(place).replaceChildren(svg);
  }

  function draw(point) {
    const most = Math.max(1, ...point.coverage.map(([, , , financed]) => financed));
    const met = point.coverage.map(([name, part, , financed]) => part === null
      ? [name, financed / most, tonnes(financed)] : [name, part, share(part)]);
    bars("drawn-met", met, say("Share of demand met: {rows}", { rows: listed(met.map(([name, , number]) => `${name} ${number}`)) }));
    const sums = new Map();
    point.projects.forEach(([, year, need]) => sums.set(year, (sums.get(year) || 0) + need));
    const largest = Math.max(1e-9, ...sums.values());
    const years = [...sums].sort(([a], [b]) => a - b).map(([year, m]) => [String(year), m / largest, money(m, 0)]);
    const rows = listed(years.map(([year, , number]) => `${year} ${number}`));
    bars("drawn-money", years, say("Public money by year: {rows}", { rows }));
  }

  function names(ids) {
    return listed(ids.map((id) => f.names[id][0]));
  }

  function difference(at) {
    if (!at) return say("The first plan of this range.");
    const before = new Set(f.points[at - 1].projects.map(([id]) => id));
    const now = new Set(f.points[at].projects.map(([id]) => id));
    const comes = [...now].filter((id) => !before.has(id));
    const leaves = [...before].filter((id) => !now.has(id));
    const parts = [
      ...(comes.length ? [say("in: {names}", { names: names(comes) })] : []),
      ...(leaves.length ? [say("out: {names}", { names: names(leaves) })] : []),
    ];
    const changes = parts.join(say("; ")) || say("the same projects, otherwise timed");
    return say("Against the plan of {budget}: {changes}.", { budget: money(f.points[at - 1].budget_m), changes });
  }

  function show(budget) {
    let at = -1;
    f.points.forEach((point, n) => { if (point.budget_m <= budget + 1e-9) at = n; });
    const box = f.boxes.find((b) => b.from_m <= budget && budget < b.to_m) || f.boxes[f.boxes.length - 1];
    const point = at < 0 ? { projects: [], coverage: [], value: null } : f.points[at];
    const high = box.high === null ? say("not bounded") : say("at most {score}", { score: f.score(box.high) });
    by("said").textContent = at < 0
      ? say("{budget}: no plan is known", { budget: money(budget) })
      : say("{budget}: {score}, {high}; the plan needs {least}", {
        budget: money(budget), score: f.score(point.value), high, least: money(point.budget_m),
      });
    const n = point.projects.length;
    by("count").textContent = say(n === 1 ? "Financed: {n} project" : "Financed: {n} projects", { n });
    by("projects").tBodies[0].replaceChildren(...point.projects.map(([id, year, need]) =>
      row([f.names[id][0], f.names[id][1], f.names[id][2], String(year), amount(need)], new Set([3, 4]))));
    by("coverage").tBodies[0].replaceChildren(...point.coverage.map(([name, met, gap, financed]) =>
      row([name, met === null ? "–" : share(met), amount(gap, 0), amount(financed, 0)], new Set([1, 2, 3]))));
    draw(point);
    by("change").textContent = at < 0 ? "" : difference(at);
    slider.setAttribute("aria-valuetext", by("said").textContent);
  }

  f.score = (value) => f.unit === "points"
    ? say("{value} points", { value: amount(100 * value, 1) }) : say(`{amount} ${f.unit}`, { amount: amount(value, 0) });
  const [first, last] = [f.boxes[0].from_m, f.boxes[f.boxes.length - 1].to_m];
  const wide = last - first;
  const own = f.own_m !== null && first <= f.own_m && f.own_m <= last ? f.own_m : f.points[f.points.length - 1].budget_m;
  for (const control of [slider, typed]) {
    control.min = first;
    control.max = last;
    control.step = "any";
  }
  const type = () => { typed.value = Math.round(100 * slider.value) / 100; };
  slider.value = own;
  type();
  const keys = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10 };
  slider.addEventListener("keydown", (event) => {
    if (!(event.key in keys)) return;
    event.preventDefault();
    slider.value = Number(slider.value) + keys[event.key] * wide / 100;
    slider.dispatchEvent(new Event("input"));
  });
  slider.addEventListener("input", () => { type(); show(Number(slider.value)); });
  typed.addEventListener("input", () => { if (typed.value !== "") { slider.value = typed.value; show(Number(typed.value)); } });
  by("pick").hidden = by("shown").hidden = by("drawn").hidden = false;
  show(Number(slider.value));
})();
