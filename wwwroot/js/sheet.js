// The sheet of shortcuts.
import { showKeys } from "./shortcuts.js";

export function openSheet() {
  const sheet = document.getElementById("shortcuts");
  if (!sheet) return false;
  showKeys(sheet);
  sheet.showModal();
  return true;
}

document.addEventListener("click", e => {
  const sheet = e.target.closest?.("#shortcuts");
  // The dialog itself is hit only beside what is in it.
  if (sheet && (e.target === sheet || e.target.closest("[data-close-sheet]"))) sheet.close();
});
