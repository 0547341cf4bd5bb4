// Renaming in the sidebar. The field opens and takes the focus within the click; the server hears only of the new title, by the
// field's own change event.
let row = null;

function open(button) {
  row = button.closest(".conversation-row");
  const field = row.querySelector(".rename");
  row.toggleAttribute("data-renaming", true);
  field.value = row.querySelector(".conversation-title").textContent;
  field.focus();
  field.select();
}

document.addEventListener("click", e => {
  const button = e.target.closest?.("[data-rename]");
  if (button) open(button);
});

document.addEventListener("keydown", e => {
  if (!row || !e.target.matches?.(".rename") || (e.key !== "Enter" && e.key !== "Escape") || e.isComposing || e.keyCode === 229) return;
  // What else listens to Escape is not meant.
  e.preventDefault();
  if (e.key === "Escape") e.target.value = row.querySelector(".conversation-title").textContent;
  const link = row.querySelector("a");
  // Leaving the field raises change where there is one, and brings the link back.
  e.target.blur();
  link.focus();
}, { capture: true });

document.addEventListener("focusout", e => {
  if (!e.target.matches?.(".rename")) return;
  e.target.closest(".conversation-row").removeAttribute("data-renaming");
  row = null;
});
