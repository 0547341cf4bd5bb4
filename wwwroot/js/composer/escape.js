// Escape stops the answer, but only when there is nothing that it would rather close, and nobody types somewhere else.
import { isComposing } from "../composing.js";

const open = "dialog[open], :popover-open, .rz-dialog, [data-drawer=open]";

document.addEventListener("keydown", e => {
  if (e.key !== "Escape" || e.defaultPrevented || isComposing(e) || e.repeat) return;
  const composer = document.querySelector("chat-composer[data-busy]");
  if (!composer || document.querySelector(open) || [...document.querySelectorAll(".rz-popup, .rz-dropdown-panel")].some(popup => popup.checkVisibility())) return;
  if (e.target.closest?.("input, textarea, select, [contenteditable]") && !composer.contains(e.target)) return;
  e.preventDefault();
  composer.querySelector("[data-stop]")?.click();
});
