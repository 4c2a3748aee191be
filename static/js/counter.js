/* Counts a text while it is typed, for each account as its network will.

   <ul data-counters data-link="id_link" data-short="https://…/s/xxxxxxxx"><li data-channel="7">
     <output class="counter" data-count-of="id_text" data-own="id_own-7" data-unit="one of `units` below"
             data-per-url="23" data-limit-text="4096" data-limit-picture="1024" data-limit-film="1024"
             data-limit-bytes="3000">
   An account's own words count where there are any. A link that is typed in its field counts too, short where there is
   a short one, in place of {tautan} or at the post's end. Where least is left stands first; accounts that are not chosen
   are hidden; data-ai-line is counted while AI is ticked. The server counts again with each preview, and what it adds to
   the text or sees as a link counts too: its word is the last. */
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

  const byteLength = (text) => new TextEncoder().encode(text).length;
  const EMOJI = /\p{Emoji_Presentation}|\p{Regional_Indicator}|\p{Emoji}\p{M}*\uFE0F|\uFE0F\u20E3/u;
  const X_EMOJI = /[#*0-9]\uFE0F?\u20E3|\p{RI}{2}|\u{1F3F4}[\u{E0020}-\u{E007E}]+\u{E007F}|[©®™♟]\uFE0F|(?![#*0-9©®™♟])\p{Emoji}(?!\uFE0E)(?:\uFE0F|\p{EMod})?(?:\u200D(?![#*0-9©®™♟])\p{Emoji}(?:\uFE0F|\p{EMod})?)*/gu;
  // X makes links of bare names too; which endings it knows, only the server's list tells.
  const X_HOST = "(?:[\\p{L}\\p{N}](?:[\\p{L}\\p{N}_-]{0,61}[\\p{L}\\p{N}])?\\.)+(?:id|com|net|org|info|co|io|de|me|link)(?![0-9a-z@+-])";
  const X_REST = "(?:/[^\\s<>\"]*[\\p{L}\\p{N}=_#/+-]|/)?(?:\\?[^\\s<>\"]*[a-z0-9_&=#/-])?";
  const X_LINK = new RegExp(
    `(?:(?<![a-z0-9@＠$#＃])https?://|(?<![a-z0-9@＠$#＃_./-]))${X_HOST}${X_REST}`, "giu",
  );
  const xWeight = (text) =>
    2 * (text.match(X_EMOJI) || []).length +
    [...text.replace(X_EMOJI, "")].reduce((sum, one) => {
      const code = one.codePointAt(0);
      const light = code <= 0x10ff || (code >= 0x2000 && code <= 0x200d) || (code >= 0x2010 && code <= 0x201f) || (code >= 0x2032 && code <= 0x2037);
      return sum + (light ? 1 : 2);
    }, 0);

  const units = {
    graphemes,
    points: (text) => [...text].length,
    bytes: byteLength,
    threads: (text) =>
      segmenter
        ? [...segmenter.segment(text)].reduce((sum, { segment }) => sum + (EMOJI.test(segment) ? byteLength(segment) : 1), 0)
        : [...text].length,
    x: (text) => xWeight(text.normalize("NFC").replace(X_LINK, "x".repeat(23))),
    utf16: (text) => text.length,
    mastodon: (text, perUrl) =>
      graphemes(
        text.replace(LINK, (link) => (HOST.test(link) ? "x".repeat(perUrl) : link)).replace(MENTION, "@$1"),
      ),
  };
  const OF_POST = 'output[data-count-of="id_text"]';
  const sent = (text) => text.replace(/\r\n/g, "\n").replace(ENDS, "");

  /* What the tests compare with the server's own counting. */
  window.poskoCount = (unit, text, perUrl = 23) => units[unit](sent(text), perUrl);

  /* What the text stands under, which may have to be shorter then: a film, pictures, or nothing. */
  function carried(form) {
    const chosen = (name) => Boolean(form.querySelector(`input[type="file"][name="${name}"]`)?.files.length);
    if (chosen("film") || form.querySelector(".film-row")) return "limitFilm";
    return chosen("picture") || form.querySelector('input[name="kept"]') ? "limitPicture" : "limitText";
  }

  /* Where a network has no field for the picture or film that AI made, a line below the text says so. */
  function withLine(text, counter) {
    const line = counter.dataset.aiLine;
    const form = counter.closest("form");
    const tick = line && carried(form) !== "limitText" && form.querySelector('input[name="ai_made"]');
    return tick && tick.checked && !text.includes(line) ? sent(`${text}\n\n${line}`) : text;
  }

  /* What follows the post on a counter's account: of each part its own rows where there are any, else the common ones. */
  const told = (row, name) => row.querySelector(`[name="${name}"]`).value;
  const words = (row) => sent(told(row, "follow"));
  function followers(form, counter) {
    const { channel } = counter.closest("[data-channel]").dataset;
    const carries = (row) => words(row) && row.querySelector(`[data-channel="${channel}"]`);
    const rows = [...form.querySelectorAll(".follow-row")].filter(carries);
    const own = rows.filter((row) => told(row, "follow_on") === channel);
    const isOwn = (part) => own.some((row) => told(row, "follow_part") === part);
    return own.concat(rows.filter((row) => !told(row, "follow_on") && !isOwn(told(row, "follow_part"))));
  }

  /* The link stands where a text of the post or of what follows it says so, else at the post's end. */
  const PLACE = "{tautan}";
  function placed(text, counter) {
    const form = counter.closest("form");
    const list = form.querySelector("[data-link]");
    const typed = list && document.getElementById(list.dataset.link);
    const link = typed && sent(typed.value) ? list.dataset.short || sent(typed.value) : "";
    if (!link || text.includes(PLACE)) return link ? text.replaceAll(PLACE, () => link) : text;
    const named = followers(form, counter).some((row) => words(row).includes(PLACE));
    if (named || !counter.matches(OF_POST)) return text;
    return text ? `${text}\n\n${link}` : link;
  }

  function count(counter, limitOf) {
    const own = document.getElementById(counter.dataset.own);
    const field = own && sent(own.value) ? own : document.getElementById(counter.dataset.countOf);
    if (!field) return 0;
    const text = withLine(placed(sent(field.value), counter), counter);
    let length = units[counter.dataset.unit](text, Number(counter.dataset.perUrl));
    let limit = Number(counter.dataset[limitOf] || counter.dataset.limitText);
    const mostBytes = Number(counter.dataset.limitBytes || 0);
    const bytes = mostBytes ? byteLength(text) : 0;
    counter.dataset.counted = length;
    length += Number(counter.dataset.more || 0);
    if (bytes > mostBytes && length <= limit) [length, limit] = [bytes, mostBytes];
    counter.textContent = `${length} / ${limit}`;
    counter.dataset.state = length > limit ? "over" : length > limit * 0.9 ? "near" : "";
    return limit - length;
  }

  function draw(form) {
    const limitOf = carried(form);
    form.querySelectorAll("[data-counters]").forEach((list) => drawList(form, list, limitOf));
  }

  /* A list with `data-on` names the field that may choose one account alone. */
  function drawList(form, list, limitOf) {
    const only = document.getElementById(list.dataset.on)?.value;
    const left = new Map();
    for (const row of list.children) {
      const tick = form.querySelector(`input[name="channels"][value="${row.dataset.channel}"]`);
      row.hidden = !(tick && tick.checked) || Boolean(only && only !== row.dataset.channel);
      left.set(row, count(row.querySelector("output"), limitOf));
    }
    const sorted = [...list.children].sort((a, b) => left.get(a) - left.get(b));
    if (sorted.some((row, place) => list.children[place] !== row)) list.append(...sorted);
  }

  function heard(event) {
    const form = event.target.form || (event.target.tagName === "FORM" ? event.target : null);
    if (form && form.querySelector("[data-count-of]")) draw(form);
  }

  /* What the server counted with the last preview, beside what this page counted of the same words. */
  const asked = new Map();
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.target.id !== "previews") return;
    document.querySelectorAll(OF_POST).forEach((counter) => {
      asked.set(counter.closest("[data-channel]").dataset.channel, Number(counter.dataset.counted));
    });
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.target.id !== "previews") return;
    event.target.querySelectorAll("[data-of]").forEach((shown) => {
      const counter = document.querySelector(`[data-channel="${shown.dataset.of}"] ${OF_POST}`);
      if (counter && asked.has(shown.dataset.of))
        counter.dataset.more = Number(shown.dataset.length) - asked.get(shown.dataset.of);
    });
    draw(document.getElementById("write"));
  });

  document.addEventListener("input", heard);
  document.addEventListener("change", heard);
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form:has([data-count-of])").forEach(draw);
  });
})();
