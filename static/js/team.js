/* <button data-copy="id" data-done="Copied" hidden> copies a field's value; <input data-select> selects itself when
   touched. Without this file people copy by hand: the field is there and can be selected. */
"use strict";

(() => {
  for (const button of document.querySelectorAll("button[data-copy]")) {
    if (!navigator.clipboard) continue; // only on https and localhost
    button.hidden = false;
    const words = button.textContent;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).value);
      button.textContent = button.dataset.done;
      setTimeout(() => (button.textContent = words), 3000);
    });
  }

  for (const field of document.querySelectorAll("[data-select]")) {
    field.addEventListener("focus", () => field.select());
  }
})();
