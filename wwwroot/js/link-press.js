// A press on a link works at any time. The circuit's first render replaces the page that was there before, and where that happens between
// press and release the browser takes the two for no click.
let pressed = null;

document.addEventListener("pointerdown", e => {
  const isPlain = e.button === 0 && !e.ctrlKey && !e.metaKey && !e.shiftKey && !e.altKey;
  pressed = isPlain ? e.target.closest?.("a[href]") ?? null : null;
}, true);

document.addEventListener("pointerup", e => {
  const link = pressed;
  pressed = null;
  if (!link || link.isConnected) return;
  const there = e.target.closest?.("a[href]");
  if (there?.href === link.href) there.click();
}, true);
