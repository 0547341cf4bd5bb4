// Renaming in the sidebar, and above a conversation. The field opens and takes the focus within the click; the server hears only of the new title.
import { isComposing } from "./composing.js";
import { send } from "./sidebar-commands.js";

let row = null;
let before = "";

export function rename(which) {
  row = which;
  const field = row.querySelector(".rename");
  row.toggleAttribute("data-renaming", true);
  before = field.value = titleOf(row);
  field.focus();
  field.select();
}

const titleOf = row => row.querySelector(".conversation-title, h1").textContent;

document.addEventListener("keydown", e => {
  if (!row || !e.target.matches?.(".rename") || (e.key !== "Enter" && e.key !== "Escape") || isComposing(e)) return;
  // What else listens to Escape is not meant.
  e.preventDefault();
  if (e.key === "Escape") e.target.value = before;
  const main = row.querySelector("a, .folder-toggle, [data-row-menu]");
  // Leaving the field sends what is new, and brings the link back.
  e.target.blur();
  main.focus();
}, { capture: true });

document.addEventListener("focusout", e => {
  if (!row || !e.target.matches?.(".rename")) return;
  const title = e.target.value.trim();
  // Compared with what stood there when it opened: a title that came meanwhile, as the model's does, is not undone by leaving.
  if (title && title !== before) send("rename", row.dataset.id, title);
  row.removeAttribute("data-renaming");
  row = null;
});
