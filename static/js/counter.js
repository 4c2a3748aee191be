/* Counts a text while it is typed, for each account as its network will.

   <ul data-counters><li data-channel="7">
     <output class="counter" data-count-of="id_text" data-own="id_own-7" data-unit="mastodon | utf16 | graphemes"
             data-per-url="23" data-limit-text="4096" data-limit-picture="1024" data-limit-bytes="3000">
   An account's own words count where there are any. Where least is left stands first; accounts that are not chosen
   are hidden. The server counts again when the form is saved; its word is the last. */
"use strict";

(() => {
  const LINK = /(?<![\p{L}\p{N}_@#$/=.-])https?:\/\/[^\s<>"'`…]*[^\s<>"'`….,:;!?)\]}*~|]/giu;
  const HOST = /^https?:\/\/(?:[^\s/@]*@)?[\p{L}\p{N}_-]+(?:\.[\p{L}\p{N}_-]+)+(?:[/:?#]|$)/iu;
  const MENTION = /(?<![=/\p{L}\p{N}_])@([a-z0-9_]+(?:[.-]+[a-z0-9_]+)*)@[\p{L}\p{N}_.-]+[\p{L}\p{N}_]/giu;
  // What the server takes off both ends: Python's blanks, which are not quite JavaScript's.
  const BLANK = "[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]+";
  const ENDS = new RegExp(`^${BLANK}|${BLANK}$`, "g");
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
  const sent = (text) => text.replace(/\r\n/g, "\n").replace(ENDS, "");

  /* What the tests compare with the server's own counting. */
  window.poskoCount = (unit, text, perUrl = 23) => units[unit](sent(text), perUrl);

  function hasPicture(form) {
    const chosen = form.querySelector('input[type="file"]');
    return Boolean(chosen && chosen.files.length) || Boolean(form.querySelector('input[name="kept"]'));
  }

  function count(counter, withPicture) {
    const own = document.getElementById(counter.dataset.own);
    const field = own && sent(own.value) ? own : document.getElementById(counter.dataset.countOf);
    if (!field) return 0;
    const text = sent(field.value);
    let length = units[counter.dataset.unit](text, Number(counter.dataset.perUrl));
    let limit = Number(withPicture ? counter.dataset.limitPicture : counter.dataset.limitText);
    const mostBytes = Number(counter.dataset.limitBytes || 0);
    const bytes = mostBytes ? new TextEncoder().encode(text).length : 0;
    if (bytes > mostBytes && length <= limit) [length, limit] = [bytes, mostBytes];
    counter.textContent = `${length} / ${limit}`;
    counter.dataset.state = length > limit ? "over" : length > limit * 0.9 ? "near" : "";
    return limit - length;
  }

  function draw(form) {
    const withPicture = hasPicture(form);
    const list = form.querySelector("[data-counters]");
    if (!list) return;
    const left = new Map();
    for (const row of list.children) {
      const tick = form.querySelector(`input[name="channels"][value="${row.dataset.channel}"]`);
      row.hidden = !(tick && tick.checked);
      left.set(row, count(row.querySelector("output"), withPicture));
    }
    const sorted = [...list.children].sort((a, b) => left.get(a) - left.get(b));
    if (sorted.some((row, place) => list.children[place] !== row)) list.append(...sorted);
  }

  function heard(event) {
    const form = event.target.form || (event.target.tagName === "FORM" ? event.target : null);
    if (form && form.querySelector("[data-count-of]")) draw(form);
  }

  document.addEventListener("input", heard);
  document.addEventListener("change", heard);
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form:has([data-count-of])").forEach(draw);
  });
})();
