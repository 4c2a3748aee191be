/* Counts a text while it is typed, for each account as its network will.

   <output class="counter" data-count-of="id_text" data-unit="mastodon | utf16 | graphemes" data-per-url="23"
           data-limit-text="4096" data-limit-picture="1024">
   The server counts again when the form is saved; its word is the last. */
"use strict";

(() => {
  const LINK = /(?<![\w@#$/=.-])https?:\/\/[^\s<>"'`…]*[^\s<>"'`….,:;!?)\]}*~|]/gi;
  const HOST = /^https?:\/\/(?:[^\s/@]*@)?[\w-]+(?:\.[\w-]+)+(?:[/:?#]|$)/i;
  const MENTION = /(?<![=/\w])@([a-z0-9_]+(?:[.-]+[a-z0-9_]+)*)@[\w.-]+\w/gi;
  const segmenter = "Segmenter" in Intl ? new Intl.Segmenter(undefined, { granularity: "grapheme" }) : null;
  const graphemes = (text) => (segmenter ? [...segmenter.segment(text)].length : [...text].length);

  const units = {
    graphemes,
    utf16: (text) => text.length,
    mastodon: (text, perUrl) =>
      graphemes(
        text.replace(LINK, (link) => (HOST.test(link) ? "x".repeat(perUrl) : link)).replace(MENTION, "@$1"),
      ),
  };

  function hasPicture(form) {
    const chosen = form.querySelector('input[type="file"]');
    if (chosen && chosen.files.length) return true;
    const kept = form.querySelector('input[name="kept"]');
    const removed = form.querySelector('input[name="remove_picture"]');
    return Boolean(kept && kept.value) && !(removed && removed.checked);
  }

  function draw(form) {
    const withPicture = hasPicture(form);
    const alt = form.querySelector(".with-picture");
    if (alt) alt.toggleAttribute("data-has-picture", withPicture);
    for (const counter of form.querySelectorAll("[data-count-of]")) {
      const field = document.getElementById(counter.dataset.countOf);
      if (!field) continue;
      const text = field.value.replace(/\r\n/g, "\n").trim();
      const length = units[counter.dataset.unit](text, Number(counter.dataset.perUrl));
      const limit = Number(withPicture ? counter.dataset.limitPicture : counter.dataset.limitText);
      counter.textContent = `${length} / ${limit}`;
      counter.dataset.state = length > limit ? "over" : length > limit * 0.9 ? "near" : "";
    }
  }

  function heard(event) {
    const form = event.target.form;
    if (form && form.querySelector("[data-count-of]")) draw(form);
  }

  document.addEventListener("input", heard);
  document.addEventListener("change", heard);
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form:has([data-count-of])").forEach(draw);
  });
})();
