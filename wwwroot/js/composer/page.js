// What happens elsewhere on the page, and concerns the composer.
import { onBack } from "../connection.js";
import { queueOf } from "../drafts.js";

const composer = () => document.querySelector("chat-composer");

onBack(() => composer()?.resume());

// A click on a suggestion counts also before the server listens.
document.addEventListener("click", e => {
  const suggestion = e.target.closest?.("[data-suggestion]");
  if (suggestion) composer()?.take(suggestion.dataset.suggestion);
});

document.addEventListener("visibilitychange", () => document.hidden ? composer()?.push() : composer()?.pull());

addEventListener("storage", e => {
  const element = composer();
  if (!element?.place) return;
  if (e.key === queueOf(element.name)) element.reread();
  // Two tabs have one draft.
  if (e.key === element.name) element.follow(JSON.parse(e.oldValue));
});
