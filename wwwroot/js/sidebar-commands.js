// What menus, drag and renaming end in: the server hears of it by the change event of one hidden field (SidebarCommand.cs).
import { isCut } from "./connection.js";

const shown = 6000;
let timer = 0;

export function send(command, id, value) {
  const field = document.querySelector("[data-sidebar-commands]");
  if (!field) return;
  // The first rendering has no circuit yet. Scrolling asks again by itself.
  if (field.disabled || isCut()) return command === "window" ? undefined : say();
  field.value = JSON.stringify({ do: command, id: id || "00000000-0000-0000-0000-000000000000", value });
  field.dispatchEvent(new Event("change", { bubbles: true }));
}

// It is not done later: by then it may be meant for something else.
function say() {
  const note = document.querySelector("[data-not-done]");
  note.textContent = note.dataset.notDone;
  clearTimeout(timer);
  timer = setTimeout(() => { note.textContent = ""; }, shown);
}
