// blazor.web.js tries to reconnect by itself, and tells how it goes by the notice's class. When it has given up, or the server no
// longer knows this page, the page reloads, but not before the server itself answers: the browser's error page, or that of a
// proxy before a server that is starting again, would end the waiting.
const notice = document.getElementById("components-reconnect-modal");
const backCallbacks = [];
let reloading = false;
let wasCut = false;

/** Whether what is sent to the server now is lost. */
export const isCut = () => notice.matches(".components-reconnect-show, .components-reconnect-failed, .components-reconnect-rejected");

/** Calls back each time the page has its circuit again. What was under way when it was cut gets no answer any more. */
export const onBack = callback => backCallbacks.push(callback);

async function answers() {
  try {
    return (await fetch(document.baseURI + "favicon.svg", { method: "HEAD", cache: "no-store" })).ok;
  } catch {
    return false;
  }
}

async function reloadWhenThere() {
  if (reloading) return;
  reloading = true;
  while (!await answers()) await new Promise(wait => setTimeout(wait, 2000));
  location.reload();
}

new MutationObserver(() => {
  if (notice.matches(".components-reconnect-failed, .components-reconnect-rejected")) reloadWhenThere();
  if (wasCut && !isCut()) backCallbacks.forEach(callback => callback());
  wasCut = isCut();
}).observe(notice, { attributes: true, attributeFilter: ["class"] });
