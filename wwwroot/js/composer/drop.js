// Files that are dragged over the chat. Anywhere else on the page they are refused: the browser would open them instead of the chat.
const composer = () => document.querySelector("chat-composer[data-library]");

function show(isOver) {
  const zone = composer()?.querySelector("[data-drop]");
  if (!zone) return;
  const { top, left, width, height } = (zone.closest(".chat") ?? document.body).getBoundingClientRect();
  Object.assign(zone.style, { top: `${top}px`, left: `${left}px`, width: `${width}px`, height: `${height}px` });
  zone.hidden = !isOver;
}

const hasFiles = e => !!e.dataTransfer?.types.includes("Files");

document.addEventListener("dragover", e => {
  if (!hasFiles(e)) return;
  e.preventDefault();
  const isTaken = composer() && !document.querySelector("dialog[open]");
  e.dataTransfer.dropEffect = isTaken ? "copy" : "none";
  show(isTaken);
});

document.addEventListener("dragleave", e => { if (!e.relatedTarget) show(false); });

document.addEventListener("drop", e => {
  if (!hasFiles(e)) return;
  e.preventDefault();
  show(false);
  if (!document.querySelector("dialog[open]")) composer()?.attachFiles([...e.dataTransfer.files]);
});
