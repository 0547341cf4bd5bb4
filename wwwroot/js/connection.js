// blazor.web.js tries to reconnect by itself. When it has given up, or the server no longer knows this page, the page reloads,
// but not before the server answers: the browser's own error page would end the waiting.
const notice = document.getElementById("components-reconnect-modal");
let reloading = false;

async function reloadWhenThere() {
  if (reloading) return;
  reloading = true;
  for (;;) {
    try {
      await fetch(document.baseURI + "favicon.svg", { method: "HEAD", cache: "no-store" });
      location.reload();
      return;
    } catch {
      await new Promise(wait => setTimeout(wait, 2000));
    }
  }
}

new MutationObserver(() => {
  if (notice.matches(".components-reconnect-failed, .components-reconnect-rejected")) reloadWhenThere();
}).observe(notice, { attributes: true, attributeFilter: ["class"] });
