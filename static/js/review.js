/* The review page on a bad line. An answer is kept on this phone, then sent, at the latest when the signal is back. Kept
   is: which post, which answer, to which version. The next post comes without a reload. */
"use strict";

(() => {
  const root = () => document.getElementById("review");
  const key = () => `posko.kept.${root().dataset.member}`;
  const postOf = (address) => new URL(address, location).pathname.replace(/[^/]+\/$/, "");
  const PART = { "HX-Request": "true" };
  let busy = false;

  function kept() {
    try {
      return JSON.parse(localStorage.getItem(key())) || {};
    } catch {
      return {};
    }
  }

  function keep(address, answer) {
    const all = kept();
    if (answer) all[postOf(address)] = { address, answer };
    else delete all[postOf(address)];
    try {
      localStorage.setItem(key(), JSON.stringify(all));
      return true;
    } catch {
      return false; // private browsing
    }
  }

  function show() {
    const all = kept();
    root().querySelector(".kept").hidden = !Object.keys(all).length;
    root().dataset.state = root().dataset.post in all ? "kept" : "";
  }

  async function draw(answer, address) {
    const page = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("review");
    if (!page) return location.assign(address || location.href);
    root().replaceWith(page);
    if (address) history.replaceState(null, "", address);
    scrollTo(0, 0);
    document.getElementById("main").focus({ preventScroll: true });
  }

  async function sendOne({ address, answer }) {
    const token = document.querySelector("[name=csrfmiddlewaretoken]");
    const headers = { ...PART, "X-CSRFToken": token ? token.value : "" };
    const got = await fetch(address, { method: "POST", headers, body: new URLSearchParams(answer) });
    if (got.status === 403 || got.status > 422) throw new Error("later");
    const next = got.headers.get("HX-Redirect");
    // Signing in comes first: it stays kept.
    if (next ? !next.startsWith("/c/") : got.redirected) return location.assign(next || got.url);
    keep(address, null);
    if (got.status === 422) return draw(got);
    const there = next || postOf(address);
    return draw(await fetch(there, { headers: PART }), there);
  }

  async function send() {
    if (busy) return;
    busy = true;
    // What fails stays kept.
    for (const one of Object.values(kept())) await sendOne(one).catch(() => 0);
    busy = false;
    show();
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || !form.matches("#review form[data-kept]")) return;
    const answer = [...new FormData(form)].filter(([name]) => name !== "csrfmiddlewaretoken");
    if (event.submitter?.name) answer.push([event.submitter.name, event.submitter.value]);
    if (!keep(form.action, answer)) return;
    event.preventDefault();
    send();
  });
  addEventListener("online", send);
  setInterval(() => Object.keys(kept()).length && send(), 20000);
  send();
})();
