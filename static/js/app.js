/* What pages do beyond plain HTML and htmx. Each works by data- attributes, and each page works without it.

   <output data-counter="id_text" data-limit="500" data-count="characters" data-link="23"> counts while one types:
     characters (as people see them), points (Unicode), units (UTF-16) or bytes; data-link: what any link counts for.
   <form data-guard> asks before unsaved changes are left behind.
   Every form that posts is sent once, however often it is pressed. */
"use strict";

(() => {
  // Counters ------------------------------------------------------------------------------------

  const LINK = /https?:\/\/\S+/g;
  const segmenter = "Segmenter" in Intl ? new Intl.Segmenter(undefined, { granularity: "grapheme" }) : null;
  const length = {
    characters: (text) => (segmenter ? [...segmenter.segment(text)].length : [...text].length),
    points: (text) => [...text].length,
    units: (text) => text.length,
    bytes: (text) => new TextEncoder().encode(text).length,
  };

  function count(counter) {
    const field = document.getElementById(counter.dataset.counter);
    if (!field) return;
    let text = field.value.replace(/\r\n/g, "\n");
    if (counter.dataset.link) text = text.replace(LINK, "x".repeat(Number(counter.dataset.link)));
    const used = (length[counter.dataset.count] || length.characters)(text);
    const limit = Number(counter.dataset.limit);
    counter.textContent = `${used.toLocaleString(document.documentElement.lang)} / ${limit.toLocaleString(document.documentElement.lang)}`;
    counter.dataset.state = used > limit ? "over" : used > limit * 0.9 ? "near" : "";
  }

  function countAll(root) {
    root.querySelectorAll("[data-counter]").forEach(count);
  }

  document.addEventListener("input", (event) => {
    if (!event.target.id) return;
    document.querySelectorAll(`[data-counter="${CSS.escape(event.target.id)}"]`).forEach(count);
  });

  // Unsaved changes -----------------------------------------------------------------------------

  const changed = new Set();
  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (form && form.hasAttribute("data-guard")) changed.add(form);
  });
  window.addEventListener("beforeunload", (event) => {
    for (const form of changed) {
      if (form.isConnected) {
        event.preventDefault();
        return;
      }
    }
  });

  // Sent once -----------------------------------------------------------------------------------

  function free(form) {
    form.removeAttribute("aria-busy");
  }

  // Capturing: it must stop a second press before htmx hears of it.
  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target;
      if ((event.submitter?.formMethod || form.method).toLowerCase() !== "post") return;
      if (form.getAttribute("aria-busy") === "true") {
        event.preventDefault();
        event.stopImmediatePropagation();
        return;
      }
      form.setAttribute("aria-busy", "true");
      changed.delete(form);
      // A file to download leaves the page as it is; so does a line that is cut. Nobody should have to reload.
      setTimeout(() => free(form), 15000);
    },
    true,
  );
  window.addEventListener("pageshow", () => document.querySelectorAll("form[aria-busy]").forEach(free));
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.detail.elt.closest("form");
    if (form) free(form);
  });

  // Small comforts ------------------------------------------------------------------------------

  document.addEventListener("click", (event) => {
    document.querySelectorAll("details.me[open]").forEach((menu) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    document.querySelectorAll("details.me[open]").forEach((menu) => {
      menu.open = false;
      menu.querySelector("summary").focus();
    });
  });

  document.addEventListener("htmx:load", (event) => countAll(event.detail.elt.parentElement || document));
  document.addEventListener("DOMContentLoaded", () => countAll(document));
})();
