// Theme and offset from UTC. Kept in cookies, so that the server's first answer already has the right ones (BrowserPreferences.cs).
const root = document.documentElement;
const media = {
  light: { light: "all", dark: "not all", system: "not (prefers-color-scheme: dark)" },
  dark: { light: "not all", dark: "all", system: "(prefers-color-scheme: dark)" },
};

export function remember(name, value) {
  const age = value === null ? 0 : 31536000;
  document.cookie = `${name}=${encodeURIComponent(value ?? "")};path=/;max-age=${age};samesite=lax${location.protocol === "https:" ? ";secure" : ""}`;
}

export function setTheme(choice) {
  if (choice === "system") root.removeAttribute("data-theme");
  else root.dataset.theme = choice;
  remember("theme", choice === "system" ? null : choice);
  keep({ theme: choice });
  document.querySelector("meta[name=color-scheme]").content = choice === "system" ? "light dark" : choice;
  for (const link of document.querySelectorAll("link[data-theme-link]")) link.media = media[link.dataset.themeLink][choice];
  markTheme();
}

// For the person's other browsers; this one already has it. A lost request costs no more than that.
function keep(preferences) {
  if (root.hasAttribute("data-account"))
    fetch("/api/preferences", { method: "PATCH", headers: { "Content-Type": "application/json" }, body: JSON.stringify(preferences), keepalive: true }).catch(() => {});
}

function markTheme() {
  const choice = root.dataset.theme ?? "system";
  for (const button of document.querySelectorAll("[data-theme-choice]"))
    button.setAttribute("aria-pressed", String(button.dataset.themeChoice === choice));
}

document.addEventListener("click", e => {
  const button = e.target.closest?.("[data-theme-choice]");
  if (button) setTheme(button.dataset.themeChoice);
});
// The menu is drawn anew with the page; what it shows is set when it opens.
document.addEventListener("toggle", markTheme, true);

remember("utc_offset", String(-new Date().getTimezoneOffset()));
