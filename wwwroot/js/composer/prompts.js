// The saved prompts, and the small form that asks for what a prompt leaves open: {{name}} or {{name|default}}.
import { h } from "./dom.js";

const place = /\{\{\s*([\p{L}_][\p{L}\p{N}_ -]*?)\s*(?:\|([^{}]*))?\}\}/gu;
const fresh = 30_000;
let cache = null;

/** Own prompts and everybody's: [{ command, name, text, isShared }]; empty where they can't be had. */
export function listPrompts() {
  if (!cache || Date.now() - cache.at > fresh)
    cache = { at: Date.now(), list: ask() };
  return cache.list;
}

async function ask() {
  try {
    const answer = await fetch("api/prompts", { headers: { accept: "application/json" } });
    if (!answer.ok) throw new Error(answer.statusText);
    return (await answer.json()).data.map(p => ({ command: p.command, name: p.name, text: p.text, isShared: p.is_shared }));
  } catch {
    cache = null;
    return [];
  }
}

/** What the text leaves open: [{ name, default }], each once, in order. */
export function placesIn(text) {
  const places = new Map();
  for (const [, name, value] of text.matchAll(place))
    if (!places.has(name) || (value && !places.get(name))) places.set(name, value?.trim() ?? "");
  return [...places].map(([name, value]) => ({ name, default: value }));
}

const labelOf = name => name[0].toUpperCase() + name.slice(1).replaceAll("_", " ");

/** In one pass, so that a value that looks like a place stays as it is. */
export const fillPlaces = (text, values) => text.replace(place, (_, name) => values[name] ?? "");

/** Asks for the values; null where the person would rather not. */
export function askPlaces(prompt, texts) {
  const places = placesIn(prompt.text);
  if (!places.length) return Promise.resolve({});
  return new Promise(resolve => {
    // Without names: as a member of its form each would hide what the form has of that name, as {{length}} or {{item}}.
    const fields = places.map(({ default: value }, i) => {
      const field = h("textarea", { rows: 1, id: `prompt-field-${i}`, autofocus: i === 0, enterkeyhint: "done" });
      field.value = value;
      return field;
    });
    const form = h("form", { method: "dialog" },
      h("h2", { id: "prompt-form-title" }, prompt.name),
      h("p", null, texts.fillIn),
      ...places.map(({ name }, i) => h("label", { for: `prompt-field-${i}` }, labelOf(name), fields[i])),
      h("div", { class: "prompt-form-actions" },
        h("button", { type: "button", class: "button button-quiet", "data-cancel": true }, texts.cancel),
        h("button", { type: "submit", class: "button button-primary", value: "insert" }, texts.insert)));
    const dialog = h("dialog", { class: "prompt-form", "aria-labelledby": "prompt-form-title" }, form);
    form.querySelector("[data-cancel]").addEventListener("click", () => dialog.close());
    form.addEventListener("keydown", e => {
      if (e.key !== "Enter" || e.shiftKey || e.isComposing || e.keyCode === 229 || !e.target.matches("textarea")) return;
      e.preventDefault();
      form.requestSubmit(form.querySelector("[type=submit]"));
    });
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "insert" ? Object.fromEntries(places.map(({ name }, i) => [name, fields[i].value])) : null);
    });
    document.body.append(dialog);
    dialog.showModal();
    form.querySelector("textarea").select();
  });
}
