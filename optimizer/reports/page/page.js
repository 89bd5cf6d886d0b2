"use strict";
// Nothing here is needed to read the page: tables become sortable and searchable, charts answer the pointer.
(() => {
  const text = (row, column) => row.cells[column].textContent.trim();
  const value = (shown) => parseFloat(shown.replace(/,/g, ""));

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
      });
    });
  }

  const collator = new Intl.Collator("en", { numeric: true });

  function labelled(words, control) {
    const label = document.createElement("label");
    label.append(words, control);
    return label;
  }

  function searchable(table) {
    const rows = [...table.tBodies[0].rows].map((row) => [row, row.textContent.toLowerCase()]);
    const tools = document.createElement("div");
    tools.className = "tools";
    const search = document.createElement("input");
    search.type = "search";
    const count = document.createElement("output");
    tools.append(labelled("Find in this table", search));
    const picks = [...table.tHead.rows[0].cells].flatMap((head, column) => {
      if (!("pick" in head.dataset)) return [];
      const choices = [...new Set([...table.tBodies[0].rows].map((row) => text(row, column)))].sort(collator.compare);
      const select = document.createElement("select");
      select.append(new Option("all", ""), ...choices.map((choice) => new Option(choice, "=" + choice)));
      tools.append(labelled(head.textContent.trim(), select));
      return [[column, select]];
    });
    const show = () => {
      const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const [row, all] of rows) {
        const fits = words.every((word) => all.includes(word)) &&
          picks.every(([column, select]) => !select.value || select.value === "=" + text(row, column));
        row.hidden = !fits;
        shown += fits;
      }
      count.textContent = `${shown.toLocaleString("en")} of ${rows.length.toLocaleString("en")} shown`;
    };
    tools.append(count);
    tools.addEventListener("input", show);
    show();
    table.closest(".scroll").before(tools);
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

  document.querySelectorAll("table.searchable").forEach(searchable);
  document.querySelectorAll("table.sortable").forEach(sortable);
  tips();
})();
