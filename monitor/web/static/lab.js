// The rule lab: each edit is tried on the server, and the answer put in place. Without this file the buttons do the same.
"use strict";
(function () {
  const form = document.getElementById("labb");
  const text = document.getElementById("text");
  const fields = document.getElementById("formular");
  const outcome = document.getElementById("utfall");
  const mode = document.getElementById("redigering");
  let timer = 0;
  let latest = 0;

  async function tryOut(asShown) {
    const number = ++latest;
    const body = new URLSearchParams(new FormData(form));
    if (asShown) body.set("redigering", "text");
    outcome.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(form.dataset.prova, { method: "POST", body, credentials: "same-origin" });
      if (!answer.ok) throw new Error(answer.statusText);
      const found = await answer.json();
      if (number !== latest) return;
      outcome.innerHTML = found.outcome;
      if (!asShown && found.text !== null) text.value = found.text;
      if (!asShown && found.form !== null) fields.innerHTML = found.form;
      outcome.dataset.number = String(number);
    } catch (error) {
      if (number === latest) outcome.textContent = "Förhandsvisningen svarade inte. Ladda om sidan och försök igen.";
    } finally {
      if (number === latest) outcome.removeAttribute("aria-busy");
    }
  }

  function soon(name) {
    mode.value = name;
    clearTimeout(timer);
    timer = setTimeout(() => tryOut(false), 250);
  }

  function isEdited(field) {
    if (field.type === "checkbox") return field.checked !== field.defaultChecked;
    if (field.options) return Array.from(field.options).some((one) => one.selected !== one.defaultSelected);
    return field.value !== field.defaultValue;
  }

  fields.addEventListener("input", () => soon("form"));
  text.addEventListener("input", () => soon("text"));
  // An edit made before this file had come, or kept by the browser when the page was loaded again, has sent no event here.
  if (isEdited(text)) soon("text");
  else if (Array.from(fields.querySelectorAll("input, select, textarea")).some(isEdited)) soon("form");
  else if (outcome.querySelector("[data-pending]")) tryOut(true);
})();
