// On wide screens the sidebar collapses, and stays so; on narrow ones it is a drawer over the page.
import { remember } from "./preferences.js";

const root = document.documentElement;
const narrow = matchMedia("(max-width: 820px)");
let opener = null;

const drawerIsOpen = () => root.dataset.drawer === "open";

function openDrawer(button) {
  opener = button;
  root.dataset.drawer = "open";
  document.getElementById("main").inert = true;
  document.querySelector("#sidebar a, #sidebar button")?.focus();
}

function closeDrawer(restoreFocus) {
  if (!drawerIsOpen()) return;
  delete root.dataset.drawer;
  document.getElementById("main").inert = false;
  if (restoreFocus) opener?.focus();
  opener = null;
}

function toggle(button) {
  if (narrow.matches) {
    if (drawerIsOpen()) closeDrawer(true);
    else openDrawer(button);
    return;
  }
  const collapse = root.dataset.sidebar !== "collapsed";
  if (collapse) root.dataset.sidebar = "collapsed";
  else delete root.dataset.sidebar;
  remember("sidebar", collapse ? "collapsed" : null);
  document.querySelector(collapse ? ".show-sidebar" : "#sidebar [data-toggle-sidebar]")?.focus();
}

document.addEventListener("click", e => {
  const target = e.target;
  const button = target.closest?.("[data-toggle-sidebar]");
  if (button) toggle(button);
  else if (target.closest?.("[data-close-drawer]")) closeDrawer(true);
  else if (target.closest?.("#sidebar a[href]")) closeDrawer(false);
});
document.addEventListener("keydown", e => {
  if (e.key === "Escape" && !e.defaultPrevented && !document.querySelector("[popover]:popover-open, .rz-dialog")) closeDrawer(true);
});
narrow.addEventListener("change", () => closeDrawer(false));
