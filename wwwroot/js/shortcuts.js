// Every key that does something by itself, once: the help sheet and the command palette show what stands here. Rows without a
// command are listed for the reader; the composer and the thread listen for those themselves.
import { commands, run } from "./commands.js";
import { isComposing } from "./composing.js";
import { helpKeyIsOn } from "./sheet.js";

const isMac = /mac|iphone|ipad/i.test(navigator.userAgentData?.platform ?? navigator.platform);

export const shortcuts = [
  { id: "palette", keys: "Mod+K", code: "KeyK" },
  { id: "new-chat", keys: "Mod+Shift+O", code: "KeyO" },
  { id: "toggle-sidebar", keys: "Mod+Shift+S", code: "KeyS" },
  { id: "copy-answer", keys: "Mod+Shift+C", code: "KeyC" },
  { id: "focus-composer", keys: "Shift+Escape" },
  { id: "help", keys: "?" },
  { id: "send", keys: "Enter" },
  { id: "new-line", keys: "Shift+Enter" },
  { id: "agent", keys: "@" },
  { id: "prompt", keys: "/" },
  { id: "stop", keys: "Escape" },
  { id: "next-message", keys: "J" },
  { id: "previous-message", keys: "K" },
  { id: "copy", keys: "C" },
  { id: "details", keys: "D" },
  { id: "edit", keys: "E" },
  { id: "regenerate", keys: "R" },
  { id: "previous-version", keys: "[" },
  { id: "next-version", keys: "]" },
];

const names = isMac
  ? { Mod: "⌘", Shift: "⇧", Escape: "Esc", Enter: "↵" }
  : { Mod: "Ctrl", Shift: "Shift", Escape: "Esc", Enter: "Enter" };

/** Fills every element that names a shortcut with its keys. */
export function showKeys(within) {
  for (const place of within.querySelectorAll("[data-keys]")) {
    const keys = shortcuts.find(s => s.id === place.dataset.keys)?.keys.split("+").map(key => names[key] ?? key) ?? [];
    if (place.tagName === "KBD") place.textContent = keys.join(isMac ? "" : " ");
    else place.replaceChildren(...keys.map(key => Object.assign(document.createElement("kbd"), { textContent: key })));
  }
}

// A field that has just been hidden, as the palette's when it closes, keeps the focus until the browser draws the page again.
const isTyping = target => target.closest?.("input, textarea, select, [contenteditable]:not([contenteditable=false])")?.checkVisibility();

function matches(shortcut, e) {
  const parts = shortcut.keys.split("+");
  const key = parts.pop();
  // "?" is typed with Shift or without, as the keyboard has it; it is no shortcut with a modifier.
  if (key === "?") return e.key === "?" && !e.ctrlKey && !e.metaKey && !e.altKey;
  const mod = isMac ? e.metaKey : e.ctrlKey;
  const other = isMac ? e.ctrlKey : e.metaKey;
  if (e.altKey || other || mod !== parts.includes("Mod") || e.shiftKey !== parts.includes("Shift")) return false;
  // By the letter, and by its place where the keyboard has other letters.
  return e.key.toLowerCase() === key.toLowerCase() || (shortcut.code !== undefined && e.code === shortcut.code && !/^[a-z]$/i.test(e.key));
}

document.addEventListener("keydown", e => {
  if (e.defaultPrevented || isComposing(e) || e.repeat) return;
  const shortcut = shortcuts.find(s => commands[s.id] && matches(s, e));
  if (!shortcut) return;
  // A letter alone belongs to whoever types, and all keys but the palette's own to the dialog that is open.
  if (shortcut.keys === "?" && (isTyping(e.target) || !helpKeyIsOn())) return;
  const dialog = document.querySelector("dialog[open], .rz-dialog, [popover]:popover-open");
  if (dialog && !(shortcut.id === "palette" && dialog.id === "palette")) return;
  if (run(shortcut.id)) e.preventDefault();
});

showKeys(document);
