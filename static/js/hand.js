/* <button data-share="id" hidden> hands a field's text, and the pictures of the page (<img data-file="name">), to an app
   that the person chooses, where the browser can. The pictures are fetched before: a browser shares only right after
   a tap. Without this file there are the link, the text to copy and the pictures to save.
   A page that stays open asks again whether it may still go out, and else offers it no longer. */
"use strict";

(() => {
  const ENDINGS = { "image/jpeg": "jpg", "image/png": "png" };

  async function file(image) {
    const answer = await fetch(image.currentSrc || image.src, { credentials: "same-origin" });
    if (!answer.ok) throw new Error(answer.statusText);
    const bytes = await answer.blob();
    return new File([bytes], `${image.dataset.file}.${ENDINGS[bytes.type] || "jpg"}`, { type: bytes.type });
  }

  for (const button of document.querySelectorAll("button[data-share]")) {
    if (!navigator.share) continue; // only on https and localhost, and not everywhere
    const text = document.getElementById(button.dataset.share).value;
    const images = [...document.querySelectorAll("img[data-file]")];
    Promise.all(images.map(file))
      .then((files) => {
        const whole = files.length ? { text, files } : { text };
        if (navigator.canShare && !navigator.canShare(whole)) return;
        button.hidden = false;
        button.addEventListener("click", () => navigator.share(whole).catch(() => {})); // closed without a choice
      })
      .catch(() => {}); // no pictures, no button: the other ways stand below
  }

  const ASK_EVERY = 60_000; // milliseconds, while somebody looks at it
  const step = document.querySelector("[aria-labelledby=step-send]");

  async function ask() {
    if (document.hidden || !step?.isConnected) return;
    const answer = await fetch(location.href, { credentials: "same-origin" }).catch(() => null);
    if (!answer?.ok) return; // no line: “I have sent it” asks again
    const now = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (now.getElementById("step-send")) return;
    const why = now.querySelector("#hand > .notice");
    if (why) step.replaceWith(document.adoptNode(why)); // what was typed below stays
    else location.reload();
  }

  document.addEventListener("visibilitychange", ask);
  window.addEventListener("pageshow", (event) => event.persisted && ask());
  setInterval(ask, ASK_EVERY);
})();
