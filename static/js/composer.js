/* Nothing that is typed in the composer is lost.

   <form id="write" data-keep="…" data-key="…" data-my-version="2" data-brought-back="…" data-sign-in="…" data-say-…>
   Each pause in typing is kept twice: on this device (localStorage), and at Posko (POST to data-keep). After a reload,
   a lost line or a sign-in, what is newer than the page comes back. The same POST tells who else is at it. Closing the
   page asks only when something is kept nowhere. Without JavaScript the page does all but this. */
"use strict";

(() => {
  const form = document.getElementById("write");
  if (!form || !form.dataset.key) return;
  const KEEP_AFTER = 900; // milliseconds of silence
  const KEEP_AT_LEAST = 8000; // milliseconds, however fast somebody types
  const BEAT = 25000;
  const OLD = 30 * 24 * 3600 * 1000;
  const NOT_TYPED = new Set(["csrfmiddlewaretoken", "version", "based_on", "form_id", "picture", "film", "do", "writer"]);
  const FOLLOWS = ["follow", "follow_part", "follow_on"];
  const said = document.getElementById("kept");
  const key = form.dataset.key;
  let timer = 0;
  let firstUnkept = 0;
  let dirty = false; // typed and not yet kept at Posko
  let hasTyped = false; // since the page was opened
  let newest = Number(form.elements.version?.value || 0); // the newest version that Posko has told of
  let onDevice = true; // whether this device could keep it
  let leaving = false;

  // What is typed -------------------------------------------------------------------------------

  function fields() {
    return [...new FormData(form)].filter(([name, value]) => !NOT_TYPED.has(name) && typeof value === "string");
  }

  const picture = (pairs) =>
    JSON.stringify(pairs.map(([name, value]) => [name, value.replace(/\r\n/g, "\n")]).filter(([, value]) => value !== "").sort());
  const basedOn = () => Number(form.elements.based_on?.value || 0);
  /* What Posko sent: a browser may have put back by itself what stood here before a reload. */
  const asLoaded = picture(
    [...form.elements]
      .filter((field) => field.name && !NOT_TYPED.has(field.name) && !field.disabled && field.type !== "submit")
      .filter((field) => field.type !== "checkbox" || field.defaultChecked)
      .map((field) => [field.name, sentValue(field)]),
  );

  function sentValue(field) {
    if (field.tagName !== "SELECT") return field.type === "checkbox" ? field.value : field.defaultValue;
    const sent = [...field.options].find((option) => option.defaultSelected) || field.options[0];
    return sent ? sent.value : "";
  }

  function stored() {
    try {
      return JSON.parse(localStorage.getItem(key));
    } catch {
      return null;
    }
  }

  function keepHere() {
    try {
      const entry = { at: new Date().toISOString(), basedOn: basedOn(), newest, fields: fields() };
      localStorage.setItem(key, JSON.stringify(entry));
      onDevice = true;
    } catch {
      onDevice = false; // full, or not allowed
    }
  }

  function forget() {
    try {
      localStorage.removeItem(key);
    } catch {
      /* then there is nothing to forget */
    }
  }

  function tidy() {
    try {
      for (const name of Object.keys(localStorage).filter((each) => each.startsWith("posko:"))) {
        const entry = JSON.parse(localStorage.getItem(name));
        if (Date.now() - Date.parse(entry.at) > OLD) localStorage.removeItem(name);
      }
    } catch {
      /* another page's entry, or none at all */
    }
  }

  // Saying so -----------------------------------------------------------------------------------

  function say(sentence, tone = "", link = "") {
    if (said.textContent === sentence + (link ? ` ${link}` : "")) return;
    said.dataset.tone = tone;
    said.textContent = sentence;
    if (link) {
      const way = document.createElement("a");
      way.href = form.dataset.signIn;
      way.textContent = link;
      said.append(" ", way);
    }
  }

  function trouble(kind) {
    if (!onDevice) return say(form.dataset.sayNowhere, "warn");
    if (kind === "expired") return say(form.dataset.sayExpired, "warn", form.dataset.saySignIn);
    return say(kind === "offline" ? form.dataset.sayOffline : form.dataset.sayFailed, "warn");
  }

  // At Posko ------------------------------------------------------------------------------------

  function body() {
    const data = new FormData(form);
    data.delete("picture");
    data.delete("film");
    data.delete("do");
    return data;
  }

  async function keepThere(data = body()) {
    const wasDirty = dirty;
    dirty = false;
    firstUnkept = 0;
    try {
      const answer = await fetch(form.dataset.keep, { method: "POST", body: data, redirect: "manual" });
      if (answer.type === "opaqueredirect" || answer.status === 403) {
        dirty ||= wasDirty;
        return trouble("expired");
      }
      if (!answer.ok) throw new Error(String(answer.status));
      const told = await answer.json();
      if (told.sentence) say(told.sentence, told.kept ? "" : "warn");
      if (told.version > newest) {
        newest = told.version;
        if (hasTyped) keepHere(); // typed after that version was saved: nothing of it is in there
      }
      if (told.others !== undefined) others(told.others);
    } catch (error) {
      dirty ||= wasDirty; // somebody may have gone on typing meanwhile
      trouble(navigator.onLine && !(error instanceof TypeError) ? "failed" : "offline");
    }
    return undefined;
  }

  function others(html) {
    const place = document.getElementById("others");
    if (place.dataset.told === html) return;
    place.dataset.told = html;
    place.innerHTML = html;
  }

  function typed(event) {
    if (event.target.type === "file") return;
    dirty = true;
    hasTyped = true;
    leaving = false;
    firstUnkept ||= Date.now();
    keepHere();
    if (!onDevice) trouble("nowhere");
    if (!form.dataset.hasPost) history.replaceState(history.state, "", form.action);
    clearTimeout(timer);
    timer = setTimeout(keepThere, Date.now() - firstUnkept > KEEP_AT_LEAST ? 0 : KEEP_AFTER);
  }

  // Bringing back -------------------------------------------------------------------------------

  function fill(pairs) {
    const lists = new Map();
    for (const [name, value] of pairs) lists.set(name, [...(lists.get(name) || []), value]);
    for (const field of form.elements) {
      if (!field.name || NOT_TYPED.has(field.name) || ["kept", "alt", ...FOLLOWS].includes(field.name)) continue;
      const values = lists.get(field.name) || [];
      if (field.type === "checkbox") field.checked = values.includes(field.value);
      else if (field.type !== "submit") field.value = values[0] || "";
      if (field.dataset.own && field.value) field.closest("details").open = true;
    }
    const known = new Set([...form.querySelectorAll('[name="labels"]')].map((field) => field.value));
    const unknown = (lists.get("labels") || []).filter((name) => !known.has(name));
    if (unknown.length) form.elements.new_labels.value = [...unknown, form.elements.new_labels.value].filter(Boolean).join(", ");
    fillFollows(FOLLOWS.map((name) => lists.get(name) || []));
    fillPictures(lists.get("kept") || [], lists.get("alt") || []);
  }

  /* The rows of what follows are drawn by Posko too. */
  function fillFollows(columns) {
    const place = document.getElementById("follows");
    const there = FOLLOWS.map((name) => [...place.querySelectorAll(`[name="${name}"]`)]);
    if (there[0].length === columns[0].length) {
      there.forEach((fields, at) => fields.forEach((field, row) => (field.value = columns[at][row] || "")));
      return;
    }
    const hidden = columns.flatMap((values, at) =>
      values.map((value) => Object.assign(document.createElement("input"), { type: "hidden", name: FOLLOWS[at], value })),
    );
    place.replaceChildren(...hidden);
    place.closest("details").open = true;
    drawAnew(place, "follows");
  }

  /* The rows of pictures are drawn by Posko; until it answers, what they hold is in the form. */
  function fillPictures(kept, alts) {
    const place = document.getElementById("pictures");
    const now = [...place.querySelectorAll('[name="kept"]')].map((field) => field.value);
    if (JSON.stringify(now) === JSON.stringify(kept)) {
      place.querySelectorAll('.picture-row [name="alt"]').forEach((field, at) => (field.value = alts[at] || ""));
      return;
    }
    place.querySelectorAll(".picture-row, .film-row").forEach((row) => row.remove());
    const held = kept.flatMap((sha256, at) => [["kept", sha256], ["alt", alts[at] || ""]]);
    const hidden = held.map(([name, value]) => Object.assign(document.createElement("input"), { type: "hidden", name, value }));
    place.prepend(...hidden);
    drawAnew(place, "pictures");
  }

  /* Let Posko draw a part of the form from what the form holds. htmx is loaded after this file. */
  function drawAnew(source, act) {
    const told = { source, target: `#${source.id}`, select: `#${source.id}`, swap: "outerHTML", values: { do: act } };
    const ask = () => window.htmx?.ajax("POST", form.getAttribute("action"), told);
    if (window.htmx) ask();
    else document.addEventListener("DOMContentLoaded", ask, { once: true });
  }

  /* A time that was not touched follows the calendar, where the post may have been moved meanwhile. */
  function followed(pairs) {
    const typed = new Map(pairs);
    const asked = [typed.get("date"), typed.get("time")].filter(Boolean).join("T");
    if (!form.elements.was || typed.get("was") !== asked) return pairs;
    const isTime = (name) => ["date", "time", "was"].includes(name);
    return pairs.map(([name, value]) => [name, isTime(name) ? form.elements[name].defaultValue : value]);
  }

  function bringBack() {
    const entry = stored();
    if (!entry || !Array.isArray(entry.fields) || "answered" in form.dataset) return; // drawn with what was just sent
    entry.fields = followed(entry.fields);
    const isSaved = form.dataset.hasPost && Math.max(entry.basedOn, entry.newest || 0) < Number(form.dataset.myVersion);
    if (isSaved || picture(entry.fields) === asLoaded) return forget();
    const keptThere = Date.parse(form.dataset.broughtBack) || 0;
    if (Date.parse(entry.at) <= keptThere) return undefined; // Posko has something newer, and it stands in the form
    const asItWas = fields();
    fill(entry.fields);
    if (form.elements.based_on && entry.basedOn) {
      form.elements.based_on.value = entry.basedOn;
      form.elements.version.value = entry.basedOn;
    }
    const notice = document.getElementById("back-notice").content.cloneNode(true).firstElementChild;
    const at = new Date(entry.at);
    const time = notice.querySelector("time");
    time.dateTime = entry.at;
    time.textContent = at.toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
    notice.querySelector("[data-throw-away]").addEventListener("click", () => {
      fill(asItWas);
      forget();
      notice.remove();
      form.dispatchEvent(new Event("change", { bubbles: true }));
      forget();
    });
    document.querySelector(".messages").prepend(notice);
    document.getElementById("unfinished")?.remove();
    form.dispatchEvent(new Event("change", { bubbles: true }));
    return undefined;
  }

  // Listening -----------------------------------------------------------------------------------

  form.addEventListener("input", typed);
  form.addEventListener("change", typed);
  form.addEventListener("submit", (event) => {
    leaving = true;
    clearTimeout(timer);
    if (event.submitter && event.submitter.hasAttribute("data-forget")) forget();
  });
  window.addEventListener("online", () => dirty && keepThere());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && dirty && !leaving) keepThere();
  });
  window.addEventListener("pagehide", () => {
    if (leaving) return;
    const data = dirty ? body() : new FormData();
    if (!dirty && !form.dataset.hasPost) return;
    data.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    data.set("do", "leave");
    navigator.sendBeacon(form.dataset.keep, data);
  });
  window.addEventListener("beforeunload", (event) => {
    if (dirty && !onDevice && !leaving) event.preventDefault();
  });
  setInterval(() => {
    if (dirty) keepThere();
    else if (form.dataset.hasPost && document.visibilityState === "visible") {
      const beat = new FormData();
      beat.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
      keepThere(beat);
    }
  }, BEAT);

  // A sign-in page in place of a part of ours means that the session is over; the part then stays as it is.
  let alts = new Map();
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr, pathInfo, target } = event.detail;
    if (xhr.responseURL && new URL(xhr.responseURL).pathname !== pathInfo.requestPath.split("?")[0]) {
      event.detail.shouldSwap = false;
      trouble("expired");
      return;
    }
    if (target.id !== "pictures") return;
    alts = new Map(
      [...target.querySelectorAll(".picture-row")].map((row) => [row.dataset.picture, row.querySelector("textarea").value]),
    );
  });
  document.addEventListener("htmx:sendError", () => trouble("offline"));
  document.addEventListener("htmx:load", (event) => {
    if (event.detail.elt.id === "follows") form.dispatchEvent(new Event("change", { bubbles: true }));
    if (event.detail.elt.id !== "pictures") return;
    for (const row of document.querySelectorAll(".picture-row")) {
      // Typed while the picture was on its way.
      if (alts.has(row.dataset.picture)) row.querySelector("textarea").value = alts.get(row.dataset.picture);
    }
    form.dispatchEvent(new Event("change", { bubbles: true }));
  });

  tidy();
  bringBack();
  if (form.dataset.hasPost) {
    const beat = new FormData();
    beat.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    keepThere(beat);
  }
})();
