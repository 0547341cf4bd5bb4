// On a phone the pages of the settings are a row that scrolls: the current one stands in its middle. The page itself stays where it is.
function show() {
  const current = document.querySelector(".area-nav [aria-current]"), row = current?.parentElement;
  if (row) row.scrollLeft = current.offsetLeft - row.offsetLeft - (row.clientWidth - current.offsetWidth) / 2;
}

show();
// The framework puts pages in place without loading them anew, and leaves the row where it was.
globalThis.Blazor?.addEventListener?.("enhancedload", show);
document.addEventListener("DOMContentLoaded", () => globalThis.Blazor?.addEventListener?.("enhancedload", show));
