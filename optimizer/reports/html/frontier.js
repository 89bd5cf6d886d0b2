"use strict";
// The budget slider of a frontier: the plan that a budget buys, by keyboard and by mouse.
(() => {
  const by = (id) => document.getElementById(id);
  const f = JSON.parse(by("frontier").textContent);
  if (!f.points.length) return;
  const slider = by("money");
  const typed = by("typed");
  const amount = (value, digits = 2) => value.toLocaleString("en", { maximumFractionDigits: digits });

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
    if (!rows.length) svg.append(shape("text", { x: 0, y: 15, "font-size": 11, fill: "#55606d" }, "nothing"));
    by(place).replaceChildren(svg);
  }

  function draw(point) {
    const most = Math.max(1, ...point.coverage.map(([, , , financed]) => financed));
    const met = point.coverage.map(([name, share, , financed]) => share === null
      ? [name, financed / most, `${amount(financed, 0)} t/yr`] : [name, share, `${amount(100 * share, 1)} %`]);
    bars("drawn-met", met, `Share of demand met: ${met.map(([name, , number]) => `${name} ${number}`).join(", ")}`);
    const money = new Map();
    point.projects.forEach(([, year, need]) => money.set(year, (money.get(year) || 0) + need));
    const largest = Math.max(1e-9, ...money.values());
    const years = [...money].sort(([a], [b]) => a - b).map(([year, m]) => [String(year), m / largest, `${amount(m, 0)} M`]);
    bars("drawn-money", years, `Public money by year: ${years.map(([year, , number]) => `${year} ${number}`).join(", ")}`);
  }

  function names(ids) {
    return ids.map((id) => f.names[id][0]).join(", ");
  }

  function difference(at) {
    if (!at) return "The first plan of this range.";
    const before = new Set(f.points[at - 1].projects.map(([id]) => id));
    const now = new Set(f.points[at].projects.map(([id]) => id));
    const comes = [...now].filter((id) => !before.has(id));
    const leaves = [...before].filter((id) => !now.has(id));
    const parts = [comes.length ? `in: ${names(comes)}` : "", leaves.length ? `out: ${names(leaves)}` : ""].filter(Boolean);
    return `Against the plan of ${amount(f.points[at - 1].budget_m)} M: ${parts.join("; ") || "the same projects, otherwise timed"}.`;
  }

  function show(money) {
    let at = -1;
    f.points.forEach((point, n) => { if (point.budget_m <= money + 1e-9) at = n; });
    const box = f.boxes.find((b) => b.from_m <= money && money < b.to_m) || f.boxes[f.boxes.length - 1];
    const point = at < 0 ? { projects: [], coverage: [], value: null } : f.points[at];
    const high = box.high === null ? "not bounded" : `at most ${f.score(box.high)}`;
    by("said").textContent = at < 0
      ? `${amount(money)} M: no plan is known`
      : `${amount(money)} M: ${f.score(point.value)}, ${high}; the plan needs ${amount(point.budget_m)} M`;
    by("count").textContent = `Financed: ${point.projects.length} project${point.projects.length === 1 ? "" : "s"}`;
    by("projects").tBodies[0].replaceChildren(...point.projects.map(([id, year, need]) =>
      row([f.names[id][0], f.names[id][1], f.names[id][2], String(year), amount(need)], new Set([3, 4]))));
    by("coverage").tBodies[0].replaceChildren(...point.coverage.map(([name, met, gap, financed]) =>
      row([name, met === null ? "–" : `${amount(100 * met, 1)} %`, amount(gap, 0), amount(financed, 0)], new Set([1, 2, 3]))));
    draw(point);
    by("change").textContent = at < 0 ? "" : difference(at);
    slider.setAttribute("aria-valuetext", by("said").textContent);
  }

  f.score = (value) => f.unit === "points" ? `${amount(100 * value, 1)} points` : `${amount(value, 0)} ${f.unit}`;
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
