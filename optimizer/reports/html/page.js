"use strict";
// Nothing here is needed to read the page: tables become sortable and searchable, charts answer the pointer.
const language = document.documentElement.lang;
const translated = JSON.parse(document.getElementById("words")?.textContent ?? "{}");
const say = (message, values = {}) => (translated[message] ?? message).replace(/\{(\w+)\}/g, (_, name) => values[name]);

(() => {
  const text = (row, column) => row.cells[column].textContent.trim();
  const part = (kind) => new Intl.NumberFormat(language).formatToParts(12345.6).find((of) => of.type === kind).value;
  const [group, decimal] = [part("group"), part("decimal")];
  const value = (shown) => parseFloat(shown.replaceAll(group, "").replace(decimal, "."));

  function sortable(table) {
    const body = table.tBodies[0];
    [...table.tHead.rows[0].cells].forEach((head, column) => {
      const numeric = head.classList.contains("n");
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") === "ascending" || (numeric && !head.hasAttribute("aria-sort"));
        for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        const keyed = [...body.rows].map((row) => [numeric ? value(text(row, column)) : text(row, column), row]);
        const order = numeric
          ? ([a], [b]) => (isNaN(a) ? (isNaN(b) ? 0 : 1) : isNaN(b) ? -1 : down ? b - a : a - b)
          : ([a], [b]) => (down ? -1 : 1) * collator.compare(a, b);
        keyed.sort(order);
        body.append(...keyed.map(([, row]) => row));
        table.dispatchEvent(new Event("sorted"));
      });
    });
  }

  const grouped = (count) => count.toLocaleString(language);
  const collator = new Intl.Collator(language, { numeric: true });

  function labelled(name, control) {
    const label = document.createElement("label");
    label.append(name, control);
    return label;
  }

  // A table shows its first rows that fit; the rest waits for a button, so that thousands of rows open at once.
  const STEP = 200;

  function searchable(table) {
    const body = table.tBodies[0];
    const texts = new Map([...body.rows].map((row) => [row, row.textContent.toLowerCase()]));
    const search = document.createElement("input");
    search.type = "search";
    const count = document.createElement("output");
    const more = document.createElement("button");
    more.type = "button";
    const tools = document.createElement("div");
    tools.className = "tools";
    tools.append(labelled(say("Find in this table"), search));
    const picks = [...table.tHead.rows[0].cells].flatMap((head, column) => {
      if (!("pick" in head.dataset)) return [];
      const choices = [...new Set([...body.rows].map((row) => text(row, column)))].sort(collator.compare);
      const select = document.createElement("select");
      select.append(new Option(say("all"), ""), ...choices.map((choice) => new Option(choice, "=" + choice)));
      tools.append(labelled(head.textContent.trim(), select));
      return [[column, select]];
    });
    let limit = STEP;
    const show = () => {
      const typed = search.value.toLowerCase().split(/\s+/).filter(Boolean);
      let fitting = 0;
      for (const row of body.rows) {
        const all = texts.get(row);
        const fits = typed.every((word) => all.includes(word)) &&
          picks.every(([column, select]) => !select.value || select.value === "=" + text(row, column));
        fitting += fits;
        row.hidden = !fits || fitting > limit;
      }
      const shown = Math.min(fitting, limit);
      const few = shown < fitting ? "first {n} of {fitting}" : "{n}";
      const of = fitting < texts.size ? " that fit, of {all}" : "";
      const numbers = { n: grouped(shown), fitting: grouped(fitting), all: grouped(texts.size) };
      count.textContent = say(`${few}${of}${shown < fitting ? "" : " shown"}`, numbers);
      more.hidden = shown === fitting;
      more.textContent = say("Show all {n}", { n: grouped(fitting) });
    };
    more.addEventListener("click", () => {
      limit = Infinity;
      show();
    });
    tools.append(count, more);
    tools.addEventListener("input", () => {
      limit = STEP;
      show();
    });
    table.addEventListener("sorted", show);
    show();
    table.classList.add("managed");
    table.closest(".scroll").before(tools);
  }

  // Rows that the file holds packed: a list of lists of the texts that are shown.
  async function unpack(table) {
    const block = table.parentElement.querySelector('script[type="application/x-rows"]');
    if (!block) return;
    const bytes = Uint8Array.from(atob(block.textContent), (letter) => letter.charCodeAt(0));
    const plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    const heads = [...table.tHead.rows[0].cells].map((head) => head.classList.contains("n"));
    const rows = document.createDocumentFragment();
    for (const texts of await new Response(plain).json()) {
      const row = document.createElement("tr");
      row.hidden = true;
      texts.forEach((shown, column) => {
        const cell = document.createElement(column ? "td" : "th");
        if (!column) cell.scope = "row";
        cell.className = heads[column] ? "n" : shown.length > 40 ? "long" : "";
        cell.textContent = shown;
        row.append(cell);
      });
      rows.append(row);
    }
    table.tBodies[0].append(rows);
    block.remove();
  }

  async function manage(table) {
    try {
      await unpack(table);
    } catch (problem) {
      const note = document.createElement("p");
      note.className = "note";
      note.textContent = say("This browser shows the first rows alone: all are in the workbook beside this page.");
      table.closest(".scroll").before(note);
    }
    if (table.classList.contains("searchable")) searchable(table);
    if (table.classList.contains("sortable")) sortable(table);
  }

  function tips() {
    const tip = document.createElement("div");
    tip.id = "tip";
    tip.hidden = true;
    tip.setAttribute("aria-hidden", "true");
    document.body.append(tip);
    document.addEventListener("pointermove", (event) => {
      const mark = event.target.closest(".chart svg [aria-label]");
      tip.hidden = !mark;
      if (!mark) return;
      tip.textContent = mark.getAttribute("aria-label");
      const left = Math.min(event.pageX + 12, document.documentElement.clientWidth - tip.offsetWidth - 8);
      tip.style.left = `${Math.max(0, left)}px`;
      tip.style.top = `${event.pageY + 16}px`;
    });
  }

  document.querySelectorAll("table.searchable, table.sortable").forEach(manage);
  tips();
})();
