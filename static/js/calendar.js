/* The calendar for a mouse and for keys. Every link it spares works without it.

   A card with a link `a.move` can be dragged to another `.day`: the page behind that link then asks, in a dialog, whether
   the post shall stand there. Arrow keys go from day to day, Page Up and Page Down to the days before and after. */
"use strict";

(() => {
  let dragged = null;
  let target = null;

  const days = () => [...document.querySelectorAll(".days > .day")].filter((day) => day.offsetParent !== null);

  function aim(day) {
    if (target === day) return;
    if (target) target.removeAttribute("data-target");
    target = day;
    if (target) target.setAttribute("data-target", "");
  }

  function ready() {
    for (const link of document.querySelectorAll(".days[data-movable] .entry > a.move")) {
      link.parentElement.draggable = true;
    }
  }

  // Asking ----------------------------------------------------------------------------------------

  async function ask(address) {
    const dialog = document.getElementById("moving");
    let answer = null;
    try {
      answer = await fetch(address, { headers: { "HX-Request": "true" }, credentials: "same-origin" });
    } catch {
      // No line: the browser's own page says so.
    }
    // What is refused (422) is told in the dialog too; anything else, such as a sign-in, wants the whole page.
    if (!dialog || !answer || answer.redirected || !(answer.ok || answer.status === 422)) {
      location.assign(address);
      return;
    }
    dialog.innerHTML = await answer.text();
    if (!dialog.open) dialog.showModal();
    const heading = dialog.querySelector("h1");
    if (heading) heading.focus();
  }

  document.addEventListener("click", (event) => {
    const close = event.target.closest("#moving [data-close]");
    if (close) {
      event.preventDefault();
      close.closest("dialog").close();
      return;
    }
    const link = event.target.closest(".days a.move");
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0) {
      event.preventDefault();
      ask(link.href);
    }
  });

  // The day is chosen inside the dialog: its form asks by GET, and the answer takes its place.
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("#moving form");
    if (!form || form.method !== "get") return;
    event.preventDefault();
    ask(`${form.action}?${new URLSearchParams(new FormData(form))}`);
  });

  // Dragging --------------------------------------------------------------------------------------

  document.addEventListener("dragstart", (event) => {
    const entry = event.target.closest?.(".entry[draggable='true']");
    if (!entry) return;
    dragged = entry;
    entry.setAttribute("data-dragged", "");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", entry.querySelector(".said").textContent.trim());
  });

  document.addEventListener("dragover", (event) => {
    const day = dragged && event.target.closest?.(".day");
    aim(day && !day.contains(dragged) ? day : null);
    if (day) event.preventDefault();
  });

  document.addEventListener("drop", (event) => {
    if (!dragged) return;
    event.preventDefault();
    const day = event.target.closest(".day");
    if (!day || day.contains(dragged)) return;
    ask(`${dragged.querySelector("a.move").href}&date=${day.dataset.day}`);
  });

  document.addEventListener("dragend", () => {
    if (dragged) dragged.removeAttribute("data-dragged");
    dragged = null;
    aim(null);
  });

  // Keys ------------------------------------------------------------------------------------------

  const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

  document.addEventListener("keydown", (event) => {
    const date = event.target.closest?.(".day .date");
    if (!date || event.altKey || event.ctrlKey || event.metaKey) return;
    const all = days();
    const place = all.indexOf(date.closest(".day"));
    const isGrid = all.length > 1 && all[1].offsetTop === all[0].offsetTop;
    let next = null;
    if (event.key in STEPS) {
      const step = STEPS[event.key];
      next = all[place + (isGrid ? step : Math.sign(step))];
    } else if (event.key === "Home") next = all[0];
    else if (event.key === "End") next = all[all.length - 1];
    else if (event.key === "PageUp" || event.key === "PageDown") {
      const turn = document.querySelector(`.turn a[rel="${event.key === "PageUp" ? "prev" : "next"}"]`);
      if (turn) turn.click();
    } else return;
    event.preventDefault();
    if (next) next.querySelector(".date").focus();
  });

  document.addEventListener("focusin", (event) => {
    if (event.target.matches("[data-select]")) event.target.select();
  });
  document.addEventListener("DOMContentLoaded", ready);
  document.addEventListener("htmx:load", ready);
})();
