// The sidebar's list: asks for another window of lines as the reader scrolls, lets conversations be dragged into folders, and lets
// the arrow keys walk through what a search has found.
import { send } from "./sidebar-commands.js";

// In lines: how near the window's end may come, and how much of the next window lies above the reader who goes up, or down.
const margin = 40;
const above = { up: 120, down: 40 };
let asked = false;
let lastFirst = 0;

function lineHeight(list) {
  return list.querySelector(".conversation-row, .list-heading")?.offsetHeight || 36;
}

function keepUp(list) {
  const { start, count, lines } = list.dataset;
  const first = Math.floor(list.scrollTop / lineHeight(list));
  const last = first + Math.ceil(list.clientHeight / lineHeight(list));
  const from = Number(start);
  const to = from + Number(count);
  const way = first < lastFirst ? "up" : "down";
  lastFirst = first;
  if (asked || ((first >= from + margin || from === 0) && (last <= to - margin || to >= Number(lines)))) return;
  asked = true;
  send("window", null, String(Math.max(0, first - above[way])));
  wait(list, start, 300);
}

// Until the window has come: the reader may have scrolled on meanwhile. An answer that never comes must not block the next one.
function wait(list, start, frames) {
  requestAnimationFrame(() => {
    if (list.isConnected && list.dataset.start === start && frames > 0) return wait(list, start, frames - 1);
    asked = false;
    if (list.isConnected && frames > 0) keepUp(list);
  });
}

document.addEventListener("scroll", e => {
  if (e.target.matches?.(".sidebar-list[data-lines]")) keepUp(e.target);
}, { capture: true, passive: true });

// Dragging. A row below a folder's heading stands for the folder, one below none for none.
const type = "application/x-conversation";
let dragged = null;

function targetOf(element) {
  const place = element.closest?.(".sidebar-list .folder-row, .sidebar-list .conversation-row:not([data-pinned]), .sidebar-list .list-heading");
  if (!dragged || !place) return null;
  return (place.dataset.folder ?? "") === (dragged.dataset.folder ?? "") && dragged.dataset.pinned === undefined ? null : place;
}

const unmark = () => document.querySelectorAll("[data-drop-target]").forEach(e => e.removeAttribute("data-drop-target"));

document.addEventListener("dragstart", e => {
  const row = e.target.closest?.(".conversation-row:not(.folder-row)");
  if (!row) return;
  dragged = row;
  e.dataTransfer.setData(type, row.dataset.id);
  e.dataTransfer.effectAllowed = "move";
});
document.addEventListener("dragover", e => {
  const target = targetOf(e.target);
  unmark();
  if (!target) return;
  e.preventDefault();
  e.dataTransfer.dropEffect = "move";
  target.toggleAttribute("data-drop-target", true);
});
document.addEventListener("drop", e => {
  const target = targetOf(e.target);
  if (!target) return;
  e.preventDefault();
  send("move", dragged.dataset.id, target.dataset.folder ?? "");
});
document.addEventListener("dragend", () => {
  dragged = null;
  unmark();
});

document.addEventListener("keydown", e => {
  if (e.key !== "ArrowDown" && e.key !== "ArrowUp") return;
  if (!e.target.matches?.("#sidebar-search, .search-hit")) return;
  const stops = [document.getElementById("sidebar-search"), ...document.querySelectorAll(".search-hit")];
  const next = stops[stops.indexOf(e.target) + (e.key === "ArrowDown" ? 1 : -1)];
  if (!next) return;
  e.preventDefault();
  next.focus();
});
