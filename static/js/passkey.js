/* Passkeys. A form with data-passkey asks the browser for one and sends what it answers:

   data-passkey="create"    make one; the options stand in the page, as JSON in #passkey-options
   data-passkey="prove"     show one; the options stand there too
   data-passkey="sign-in"   show any; the options are asked of the form's own address when the button is pressed

   The button in it is of type="button" and hidden until this file has run; [data-passkey-error] says what went wrong. */
"use strict";

(() => {
  const toBytes = (text) => {
    const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, (letter) => letter.charCodeAt(0)).buffer;
  };
  const toText = (bytes) =>
    btoa(String.fromCharCode(...new Uint8Array(bytes)))
      .replace(/\+/g, "-")
      .replace(/\//g, "_")
      .replace(/=+$/, "");
  const known = (list) => (list || []).map((each) => ({ ...each, id: toBytes(each.id) }));

  async function create({ publicKey }) {
    const made = await navigator.credentials.create({
      publicKey: {
        ...publicKey,
        challenge: toBytes(publicKey.challenge),
        user: { ...publicKey.user, id: toBytes(publicKey.user.id) },
        excludeCredentials: known(publicKey.excludeCredentials),
      },
    });
    return {
      ...common(made),
      response: {
        clientDataJSON: toText(made.response.clientDataJSON),
        attestationObject: toText(made.response.attestationObject),
        transports: made.response.getTransports ? made.response.getTransports() : [],
      },
    };
  }

  async function show({ publicKey }) {
    const shown = await navigator.credentials.get({
      publicKey: {
        ...publicKey,
        challenge: toBytes(publicKey.challenge),
        allowCredentials: known(publicKey.allowCredentials),
      },
    });
    return {
      ...common(shown),
      response: {
        clientDataJSON: toText(shown.response.clientDataJSON),
        authenticatorData: toText(shown.response.authenticatorData),
        signature: toText(shown.response.signature),
        userHandle: shown.response.userHandle ? toText(shown.response.userHandle) : null,
      },
    };
  }

  function common(credential) {
    const results = credential.getClientExtensionResults();
    return {
      id: credential.id,
      rawId: toText(credential.rawId),
      type: credential.type,
      authenticatorAttachment: credential.authenticatorAttachment || null,
      clientExtensionResults: results.credProps ? { credProps: results.credProps } : {},
    };
  }

  async function options(form) {
    if (form.dataset.passkey !== "sign-in") {
      return JSON.parse(document.getElementById("passkey-options").textContent);
    }
    const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
    return answer.json();
  }

  async function press(form, button) {
    const error = form.querySelector("[data-passkey-error]");
    error.hidden = true;
    button.disabled = true;
    try {
      const given = await options(form);
      const credential =
        form.dataset.passkey === "create" ? await create(given.creation_options) : await show(given.request_options);
      form.elements.credential.value = JSON.stringify(credential);
      form.requestSubmit();
    } catch (problem) {
      const word = { NotAllowedError: "cancelled", AbortError: "cancelled", InvalidStateError: "known" }[problem.name];
      error.textContent = error.dataset[word] || error.dataset.failed;
      error.hidden = false;
    } finally {
      button.disabled = false;
    }
  }

  document.querySelectorAll("form[data-passkey]").forEach((form) => {
    const button = form.querySelector("button[type=button]");
    const error = form.querySelector("[data-passkey-error]");
    if (!window.PublicKeyCredential || !navigator.credentials) {
      error.textContent = error.dataset.unsupported;
      error.hidden = false;
      return;
    }
    button.hidden = false;
    button.addEventListener("click", () => press(form, button));
  });
})();
