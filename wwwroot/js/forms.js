// A form that takes a while says so, and is sent once.
document.addEventListener("submit", e => {
  const form = e.target.closest?.("form[data-busy]");
  const button = form && (e.submitter ?? form.querySelector("[type=submit]"));
  if (!button || e.defaultPrevented) return;
  // After the form has been read: a disabled button is not sent.
  setTimeout(() => {
    button.disabled = true;
    button.dataset.label = button.textContent;
    button.textContent = form.dataset.busy;
    form.setAttribute("aria-busy", "true");
  });
});

// Whoever comes back to the page by the browser's button finds it as it was left.
addEventListener("pageshow", e => {
  if (!e.persisted) return;
  for (const button of document.querySelectorAll("form[data-busy] [data-label]")) {
    button.disabled = false;
    button.textContent = button.dataset.label;
    button.removeAttribute("data-label");
    button.form.removeAttribute("aria-busy");
  }
});
