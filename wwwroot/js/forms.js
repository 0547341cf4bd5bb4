// A form that takes a while says so, and is sent once.
document.addEventListener("submit", e => {
  const form = e.target.closest?.("form[data-busy]");
  const button = form && (e.submitter ?? form.querySelector("[type=submit]"));
  if (!button || e.defaultPrevented) return;
  // After the form has been read: a disabled button is not sent.
  setTimeout(() => {
    button.disabled = true;
    button.textContent = form.dataset.busy;
    form.setAttribute("aria-busy", "true");
  });
});

// On a phone the pages of the settings are a row that scrolls.
document.querySelector(".area-nav [aria-current]")?.scrollIntoView({ inline: "center", block: "nearest", behavior: "instant" });
