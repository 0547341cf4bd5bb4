// When the composer takes the focus by itself: in a new chat, in one that was opened by pointer, and where the circuit's first render
// has replaced the field that somebody was writing in. Never from another field, and from nothing that the keyboard has reached.
import { focusOnDesktop } from "./dom.js";

let byPointer = false;
let wasWriting = false;

document.addEventListener("click", e => {
  byPointer = e.detail > 0 && e.target.closest?.("a[href], [role=option], .temporary-toggle") != null;
}, true);
document.addEventListener("keydown", () => { byPointer = false; }, true);

export function watchFocus(text) {
  text.addEventListener("focus", () => { wasWriting = true; });
  // A moment later: a field that is taken away loses the focus, too.
  text.addEventListener("blur", () => setTimeout(() => { if (text.isConnected && document.activeElement !== text) wasWriting = false; }));
}

/** Once another chat is shown. */
export function takeFocus(text, isNew) {
  const at = document.activeElement;
  const isFree = !at || at === document.body;
  const may = isFree ? wasWriting || isNew || byPointer
    : !at.matches("input, textarea, select, [contenteditable]") && (byPointer || (isNew && at.matches("a[href='/'], a[href^='/?']")));
  byPointer = false;
  if (may && !document.querySelector("dialog[open], :popover-open")) focusOnDesktop(text);
}
