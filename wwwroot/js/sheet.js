// The sheet of shortcuts.
import { showKeys } from "./shortcuts.js";

// A key without Ctrl or ⌘ is pressed by mistake, and by speech: whoever uses such a browser turns it off there (WCAG 2.1.4).
const name = "help-key";

export function helpKeyIsOn() {
  try {
    return localStorage.getItem(name) !== "off";
  } catch {
    return true;
  }
}

export function openSheet() {
  const sheet = document.getElementById("shortcuts");
  if (!sheet) return false;
  showKeys(sheet);
  sheet.querySelector("[data-help-key]").checked = helpKeyIsOn();
  sheet.showModal();
  return true;
}

document.addEventListener("click", e => {
  const sheet = e.target.closest?.("#shortcuts");
  // The dialog itself is hit only beside what is in it.
  if (sheet && (e.target === sheet || e.target.closest("[data-close-sheet]"))) sheet.close();
});

document.addEventListener("change", e => {
  if (!e.target.matches?.("[data-help-key]")) return;
  try {
    if (e.target.checked) localStorage.removeItem(name);
    else localStorage.setItem(name, "off");
  } catch {
    // The storage is forbidden.
    e.target.checked = true;
  }
});
