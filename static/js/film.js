/* Tells how much of an upload has arrived, in the <progress data-uploading> of the form it belongs to.

   htmx speaks of each request's progress; what is small is over before anybody could look. */
"use strict";

(() => {
  const LARGE = 1_000_000; // bytes
  const barOf = (event) => event.target.closest?.("form")?.querySelector("[data-uploading]");

  document.addEventListener("htmx:xhr:progress", (event) => {
    const { loaded, total, lengthComputable } = event.detail;
    const bar = barOf(event);
    if (!bar || !lengthComputable || event.target.type !== "file" || total < LARGE) return;
    bar.hidden = false;
    if (loaded < total) bar.value = (100 * loaded) / total;
    else bar.removeAttribute("value"); // all is there, and is being looked at
  });

  for (const name of ["htmx:afterRequest", "htmx:sendError"]) {
    document.addEventListener(name, (event) => {
      const bar = barOf(event);
      if (bar && event.target.type === "file") bar.hidden = true;
    });
  }
})();
