// Opens a text file of one's own over the page, as text and nothing else. Without this script the link downloads it.
import { fill, h, number } from "./dom.js";

const most = 200_000;

document.addEventListener("click", async e => {
  const link = e.target.closest?.("a[data-open-file]");
  if (!link || link.dataset.type.startsWith("image/") || e.ctrlKey || e.metaKey || e.shiftKey) return;
  e.preventDefault();
  const texts = JSON.parse(link.closest("[data-texts]").dataset.texts);
  const answer = await fetch(link.href).catch(() => null);
  if (!answer?.ok) return location.assign(link.href);
  const text = await answer.text();
  const close = h("button", { type: "button", class: "button" }, texts.close);
  const dialog = h("dialog", { class: "file-viewer", "aria-label": link.dataset.openFile },
    h("header", null, h("h2", null, link.dataset.openFile), h("a", { class: "button button-quiet", href: link.href, download: link.dataset.openFile }, texts.download), close),
    text.length > most && h("p", null, fill(texts.cutFile, number(most))),
    h("pre", { tabindex: 0 }, text.slice(0, most)));
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", e => { if (e.target === dialog) dialog.close(); });
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
});
