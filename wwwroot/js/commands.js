// What shortcuts and the command palette do. A command returns false where the page has nothing for it.
import { setTheme } from "./preferences.js";
import { openPalette } from "./palette.js";
import { openSheet } from "./sheet.js";
import { send } from "./sidebar-commands.js";

/** Goes to a page of the application, without loading it anew where the circuit can show it. */
export function go(url) {
  if (url.startsWith("/api/")) location.assign(url);
  else if (document.querySelector(".shell") && window.Blazor?.navigateTo && !url.startsWith("/account/")) window.Blazor.navigateTo(url);
  else location.assign(url);
  return true;
}

const click = element => {
  element?.click();
  return Boolean(element);
};

const visible = selector => [...document.querySelectorAll(selector)].find(e => e.checkVisibility());

/** The id of the conversation that is shown; null for none. */
export const shownConversation = () => location.pathname.match(/^\/c\/([0-9a-f-]{36})$/i)?.[1] ?? null;

export const commands = {
  "palette": () => openPalette(),
  "help": () => openSheet(),
  "new-chat": () => {
    go("/");
    commands["focus-composer"]();
    return true;
  },
  "focus-composer": () => {
    const text = document.querySelector("chat-composer textarea");
    text?.focus();
    return Boolean(text);
  },
  "toggle-sidebar": () => click(visible("[data-toggle-sidebar]")),
  "copy-answer": () => click([...document.querySelectorAll(".message-assistant [data-copy-message]")].at(-1)),
  "share": () => (send("share", shownConversation()), true),
  "theme-light": () => (setTheme("light"), true),
  "theme-dark": () => (setTheme("dark"), true),
  "theme-system": () => (setTheme("system"), true),
};

export const run = id => commands[id]?.() ?? false;

document.addEventListener("click", e => {
  const button = e.target.closest?.("[data-run]");
  if (!button) return;
  // The menu that it stands in gives the focus back first.
  button.closest("[popover]")?.hidePopover();
  run(button.dataset.run);
});
