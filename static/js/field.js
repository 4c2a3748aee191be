/* Sending from the field, on a bad line and with little mobile data.

   <form id="send-idea" data-of="campaign:member" data-room="4" data-say-…>
   Chosen pictures are drawn smaller before they are sent (the original goes where the browser cannot read it, as with
   HEIC), and their size is told. What is sent is first kept on the phone (IndexedDB) and forgotten once Posko has
   answered; without an answer it is sent again when the line is back, with the same form id, so it arrives once.
   Without JavaScript the page does all but this. */
"use strict";

(() => {
  const LONGEST = 2048; // pixels, as Posko keeps them
  const WORTH_IT = 300 * 1024; // bytes: smaller files go as they are
  const AGAIN = 30000; // milliseconds
  const SIGN_IN = "sign-in";
  let form = document.getElementById("send-idea");
  if (!form || !window.fetch || !window.indexedDB || !window.DataTransfer) return;
  const of = form.dataset.of;
  const address = form.action;
  let shrinking = Promise.resolve();
  let busy = false;

  const say = (name, told = {}) =>
    Object.entries(told).reduce((text, [key, value]) => text.replace(`{${key}}`, value), form.dataset[name] || "");
  const size = (bytes) => {
    const [unit, value] = bytes < 1e6 ? ["kB", bytes / 1e3] : ["MB", bytes / 1e6];
    return `${value.toLocaleString(document.documentElement.lang, { maximumFractionDigits: unit === "MB" ? 1 : 0 })} ${unit}`;
  };
  const sum = (files) => [...files].reduce((bytes, file) => bytes + file.size, 0);

  function tell(text) {
    const notice = document.getElementById("waiting");
    notice.querySelector("[data-told]").textContent = text;
    notice.hidden = !text;
  }

  // Smaller pictures ----------------------------------------------------------------------------

  async function shrink(file) {
    if (file.size < WORTH_IT) return file;
    let image;
    try {
      image = await createImageBitmap(file, { imageOrientation: "from-image" });
      const share = Math.min(1, LONGEST / Math.max(image.width, image.height));
      const canvas = document.createElement("canvas");
      canvas.width = Math.max(1, Math.round(image.width * share));
      canvas.height = Math.max(1, Math.round(image.height * share));
      const pen = canvas.getContext("2d");
      pen.fillStyle = "white"; // what is see-through would turn black
      pen.fillRect(0, 0, canvas.width, canvas.height);
      pen.drawImage(image, 0, 0, canvas.width, canvas.height);
      const made = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
      if (!made || made.size >= file.size) return file;
      return new File([made], `${file.name.replace(/\.[^.]*$/, "")}.jpg`, { type: "image/jpeg" });
    } catch {
      return file; // this browser cannot read it; Posko can
    } finally {
      image?.close();
    }
  }

  async function draw(file) {
    const item = document.createElement("li");
    try {
      const image = await createImageBitmap(file, { resizeWidth: 192, imageOrientation: "from-image" });
      const canvas = document.createElement("canvas");
      canvas.width = image.width;
      canvas.height = image.height;
      canvas.setAttribute("role", "img");
      canvas.setAttribute("aria-label", file.name);
      canvas.getContext("2d").drawImage(image, 0, 0);
      image.close();
      item.append(canvas);
    } catch {
      const name = document.createElement("span");
      name.className = "name";
      name.textContent = file.name;
      item.append(name);
    }
    return item;
  }

  async function chosen(input) {
    const told = form.querySelector("[data-size]");
    const list = form.querySelector("[data-chosen]");
    const originals = [...input.files].slice(0, Number(form.dataset.room) + 1); // Posko says that five are too many
    const before = sum(originals);
    told.textContent = originals.length ? say("sayShrinking") : "";
    const files = [];
    for (const file of originals) files.push(await shrink(file)); // one at a time: phones have little memory
    const carrier = new DataTransfer();
    files.forEach((file) => carrier.items.add(file));
    input.files = carrier.files;
    const after = sum(files);
    list.replaceChildren(...(await Promise.all(files.map(draw))));
    list.hidden = !files.length;
    const name = after < before ? "sayShrunk" : "sayChosen";
    told.textContent = files.length ? say(name, { count: files.length, size: size(after), before: size(before) }) : "";
  }

  function listen() {
    form.querySelector('input[type="file"]')?.addEventListener("change", (event) => {
      const input = event.target;
      shrinking = shrinking.then(() => chosen(input)).catch(() => {});
    });
    form.addEventListener("submit", (event) => {
      if (event.submitter?.name === "do") return; // leaving a picture out is the page's own work
      event.preventDefault();
      send();
    });
  }

  // Kept on the phone ---------------------------------------------------------------------------

  function store(mode, act) {
    return new Promise((resolve, reject) => {
      const opening = indexedDB.open("posko-field", 1);
      opening.onupgradeneeded = () => opening.result.createObjectStore("waiting", { keyPath: "id" });
      opening.onerror = () => reject(opening.error);
      opening.onsuccess = () => {
        const base = opening.result;
        const work = base.transaction("waiting", mode);
        const asked = act(work.objectStore("waiting"));
        work.oncomplete = () => (base.close(), resolve(asked.result));
        work.onerror = work.onabort = () => (base.close(), reject(work.error));
      };
    });
  }
  const keep = (entry) => store("readwrite", (box) => box.put(entry));
  const forget = (id) => store("readwrite", (box) => box.delete(id));
  const mine = async () => (await store("readonly", (box) => box.getAll())).filter((entry) => entry.of === of);

  // Sending -------------------------------------------------------------------------------------

  const token = () => form.querySelector('[name="csrfmiddlewaretoken"]').value;

  /* A page that has lain open over a sign-in has an old token. */
  async function newToken() {
    const page = await fetch(address, { credentials: "same-origin" });
    const found = new DOMParser().parseFromString(await page.text(), "text/html").querySelector("#send-idea");
    if (found?.dataset.of !== of) return false; // nobody is signed in, or somebody else by now
    form.querySelector('[name="csrfmiddlewaretoken"]').value = found.elements.csrfmiddlewaretoken.value;
    return true;
  }

  /* Posko's answer; null without one, SIGN_IN where it asks who one is. */
  async function post(entry, isAgain = false) {
    const body = new FormData();
    body.append("csrfmiddlewaretoken", token());
    entry.fields.forEach(([name, value]) => body.append(name, value));
    entry.files.forEach((file) => body.append("picture", file, file.name));
    let answer;
    try {
      answer = await fetch(address, { method: "POST", body, credentials: "same-origin" });
      if (answer.status === 403 && !isAgain) return (await newToken()) ? await post(entry, true) : SIGN_IN;
    } catch {
      return null;
    }
    if (answer.status >= 500 || answer.status === 429 || answer.status === 408) return null;
    if (new URL(answer.url).pathname.startsWith("/accounts/") || answer.status === 403) return SIGN_IN;
    return answer;
  }

  async function send() {
    await shrinking;
    const fields = [...new FormData(form)].filter(
      ([name, value]) => typeof value === "string" && name !== "csrfmiddlewaretoken",
    );
    const files = [...(form.querySelector('input[type="file"]')?.files || [])];
    const entry = { id: form.elements.form_id.value, of, at: Date.now(), fields, files };
    const progress = form.querySelector("[data-progress]");
    let isKept = true;
    await keep(entry).catch(() => (isKept = false)); // full, or not allowed: then the page itself holds it
    progress.textContent = say("saySending", { size: size(sum(files)) });
    busy = true;
    const answer = await post(entry);
    busy = false;
    progress.textContent = "";
    form.removeAttribute("aria-busy");
    if (answer && answer !== SIGN_IN) {
      await forget(entry.id).catch(() => {});
      return answer.redirected ? location.assign(answer.url) : show(await answer.text());
    }
    tell(say(answer === SIGN_IN ? "saySignIn" : "sayKept"));
    if (isKept) begin();
  }

  /* The page as Posko drew it, with what is wrong. */
  function show(html) {
    const drawn = new DOMParser().parseFromString(html, "text/html").getElementById("field");
    if (!drawn) return location.reload();
    document.getElementById("field").replaceWith(document.adoptNode(drawn));
    form = document.getElementById("send-idea");
    listen();
    (form.querySelector(".errorlist") || form).scrollIntoView({ block: "center" });
  }

  const isBegun = () =>
    Boolean(form.elements.text.value || form.querySelector("[name=kept]") || form.elements.picture?.files.length);

  /* An empty form for the next thing to tell, while the last one waits. */
  function begin() {
    form.reset();
    form.querySelectorAll(".errorlist, li:has([name=kept])").forEach((each) => each.remove());
    form.querySelector("[data-chosen]")?.replaceChildren();
    const told = form.querySelector("[data-size]");
    if (told) told.textContent = "";
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 15) | 64;
    bytes[8] = (bytes[8] & 63) | 128;
    const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    form.elements.form_id.value = hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
    for (const field of form.querySelectorAll("textarea, input[type=text]")) field.value = "";
    document.getElementById("waiting").scrollIntoView({ block: "center" });
  }

  async function sendWaiting() {
    if (busy || navigator.onLine === false) return;
    busy = true;
    try {
      const waiting = (await mine()).sort((a, b) => a.at - b.at);
      let arrived = 0;
      for (const entry of waiting) {
        const answer = await post(entry);
        if (answer === SIGN_IN) return tell(say("saySignIn"));
        if (!answer) return tell(say("sayWaiting", { count: waiting.length - arrived }));
        if (!answer.redirected) {
          if (isBegun()) return tell(say("sayWaiting", { count: waiting.length - arrived })); // it must not replace that
          await forget(entry.id);
          show(await answer.text());
          return tell(say("sayWrong"));
        }
        await forget(entry.id);
        arrived += 1;
      }
      if (arrived) tell(say("sayArrived"));
    } catch {
      /* the phone's store is not to be read: nothing waits there */
    } finally {
      busy = false;
    }
  }

  listen();
  sendWaiting();
  window.addEventListener("online", sendWaiting);
  setInterval(sendWaiting, AGAIN);
})();
