// The editor in a message's place: Ctrl+Enter sends, Escape leaves.
export function open(field) {
  field.focus();
  field.setSelectionRange(field.value.length, field.value.length);
  field.addEventListener("keydown", e => {
    if (e.isComposing) return;
    if (e.key === "Escape") {
      e.stopPropagation();
      field.form.querySelector("[data-cancel]").click();
    } else if (e.key === "Enter" && (e.ctrlKey || e.metaKey)) {
      e.preventDefault();
      field.form.requestSubmit();
    }
  });
}

export const textOf = field => new TextEncoder().encode(field.value);

export const lengthOf = field => field.value.length;
