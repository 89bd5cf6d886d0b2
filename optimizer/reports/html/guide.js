"use strict";
// Finds sections of the guide by their words. Without scripts the whole guide is there.
(() => {
  const by = (id) => document.getElementById(id);
  const find = by("find");
  const sections = [...document.querySelectorAll(".topic")];
  const texts = new Map(sections.map((section) => [section, section.textContent.toLowerCase()]));
  const parts = new Map([...document.querySelectorAll(".part")].map((part) => [part, part.textContent.toLowerCase()]));
  const links = new Map([...document.querySelectorAll(".guide nav a")].map((link) => [link.hash.slice(1), link.parentElement]));
  const folds = [...document.querySelectorAll(".guide nav details")];
  const open = folds.map((fold) => fold.open);
  // A pasted message has names and numbers in it: those words may be missing, most of the others must be there.
  const words = (text) => text.toLowerCase().split(/[\s"'`!,;:()]+/).filter(Boolean);

  function fits(text, wanted) {
    const there = wanted.filter((word) => text.includes(word)).length;
    return wanted.length <= 4 ? there === wanted.length : there >= 0.7 * wanted.length;
  }

  function search() {
    const wanted = words(find.value);
    let hits = 0;
    for (const section of sections) {
      const shown = !wanted.length || fits(texts.get(section), wanted);
      const inner = [...section.querySelectorAll(".part")];
      const some = wanted.length > 0 && inner.some((part) => fits(parts.get(part), wanted));
      for (const part of inner) part.classList.toggle("none", some && !fits(parts.get(part), wanted));
      section.classList.toggle("none", !shown);
      const link = links.get(section.id);
      if (link) link.classList.toggle("none", !shown);
      hits += shown;
    }
    folds.forEach((fold, n) => { fold.open = wanted.length ? fold.querySelector("li:not(.none)") !== null : open[n]; });
    for (const chapter of document.querySelectorAll(".chapter")) {
      let after = chapter.nextElementSibling;
      let any = false;
      while (after && !after.classList.contains("chapter")) {
        any = any || !after.classList.contains("none");
        after = after.nextElementSibling;
      }
      chapter.classList.toggle("none", !any);
    }
    by("hits").textContent = !wanted.length ? "" : hits === 1 ? "1 section" : `${hits} sections`;
  }

  find.addEventListener("input", search);
  window.addEventListener("hashchange", () => {
    const target = by(decodeURIComponent(location.hash.slice(1)));
    if (target && target.closest(".none")) { find.value = ""; search(); target.scrollIntoView(); }
  });
  by("search").hidden = false;
})();
