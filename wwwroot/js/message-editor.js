// The editor in a message's place: Ctrl+Enter sends, Escape leaves. What was typed outlives an editor that goes by itself, as with another
// branch or a page that is loaded again, and is there when it opens the next time; MessageEditor.razor forgets it once it is sent.
import { isComposing } from "./composing.js";

export function open(field, name) {
  if (name) keep(field, name);
  field.focus();
  field.setSelectionRange(field.value.length, field.value.length);
  field.addEventListener("keydown", e => {
    if (isComposing(e)) return;
    if (e.key === "Escape") {
      e.stopPropagation();
      field.form.querySelector("[data-cancel]").click();
    } else if (e.key === "Enter" && (e.ctrlKey || e.metaKey)) {
      e.preventDefault();
      field.form.requestSubmit();
    }
  });
}

function keep(field, name) {
  field.value = sessionStorage.getItem(name) ?? field.value;
  field.addEventListener("input", () => sessionStorage.setItem(name, field.value));
  field.form.querySelector("[data-cancel]").addEventListener("click", () => sessionStorage.removeItem(name));
}

export const textOf = field => new TextEncoder().encode(field.value);

export const lengthOf = field => field.value.length;
