// The menu of the sidebar's rows and of the shown conversation: one for all, opened at the button, with what fits the row. No round trip before a choice.
import { rename } from "./rename.js";
import { send } from "./sidebar-commands.js";

let row = null;

const menuOf = element => element.closest?.(".row-menu");
const shownItems = menu => [...menu.querySelectorAll(".menu-panel:not([hidden]) .menu-item:not([hidden])")];

function fit(menu) {
  const has = name => row.dataset[name] !== undefined;
  for (const item of menu.querySelectorAll("[data-if], [data-unless]"))
    item.hidden = item.dataset.if ? !has(item.dataset.if) : has(item.dataset.unless);
}

function show(menu, panel) {
  for (const each of menu.querySelectorAll(".menu-panel")) each.hidden = each.dataset.panel !== panel;
  shownItems(menu)[0]?.focus();
}

function open(button) {
  row = button.closest("[data-id]");
  const menu = document.getElementById(button.dataset.rowMenu);
  fit(menu);
  menu.showPopover();
  show(menu, "main");
  const at = button.getBoundingClientRect();
  const box = menu.getBoundingClientRect();
  menu.style.left = `${Math.max(8, Math.min(at.left, innerWidth - box.width - 8))}px`;
  menu.style.top = `${at.bottom + 4 + box.height > innerHeight ? Math.max(8, at.top - box.height - 4) : at.bottom + 4}px`;
}

// The row may be gone in a moment: the focus goes to its neighbour rather than nowhere.
function focusNeighbour() {
  const next = row.nextElementSibling?.querySelector("a, .folder-toggle") ?? row.previousElementSibling?.querySelector("a, .folder-toggle");
  next?.focus();
}

function choose(menu, item) {
  if (item.dataset.show) return show(menu, item.dataset.show);
  menu.hidePopover();
  if (item.dataset.rename !== undefined) return rename(row);
  if (item.dataset.export) return location.assign(`/api/conversations/${row.dataset.id}/export?format=${item.dataset.export}`);
  send(item.dataset.do, row.dataset.id, item.dataset.value);
  if (item.dataset.do.startsWith("delete")) focusNeighbour();
}

document.addEventListener("click", e => {
  const button = e.target.closest?.("[data-row-menu]");
  if (button) return open(button);
  const toggle = e.target.closest?.(".folder-toggle");
  if (toggle) return send("toggle", toggle.closest("[data-id]").dataset.id);
  const item = e.target.closest?.(".row-menu .menu-item");
  if (item) choose(menuOf(item), item);
});

// Somebody quick opens it again before the dialog that they have asked for is there.
document.addEventListener("focusin", e => {
  if (e.target.closest?.(".rz-dialog")) document.querySelector(".row-menu:popover-open")?.hidePopover();
});

document.addEventListener("keydown", e => {
  const menu = menuOf(e.target);
  if (!menu) return;
  const items = shownItems(menu);
  const at = items.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[e.key];
  if (to !== undefined) {
    e.preventDefault();
    items.at(to % items.length)?.focus();
  } else if ((e.key === "ArrowRight" && items[at]?.dataset.show === "folders") || (e.key === "ArrowLeft" && items[0]?.dataset.show === "main")) {
    e.preventDefault();
    show(menu, e.key === "ArrowRight" ? "folders" : "main");
  }
});
