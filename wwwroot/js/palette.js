// The command palette: commands are there from the start, the rest is asked for when it opens and while one types.
import { go, run, shownConversation } from "./commands.js";
import { isComposing } from "./composing.js";
import { showKeys } from "./shortcuts.js";

const limit = 20;
const patience = 120;
let selected = null;
let asked = 0;
let timer = 0;
let agents = [];
let recent = [];

const dialog = () => document.getElementById("palette");
const field = () => dialog().querySelector("input");
const group = name => dialog().querySelector(`[data-group=${name}]`);
const fold = text => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
const options = () => [...dialog().querySelectorAll("[role=option]")].filter(o => o.checkVisibility());

export function openPalette() {
  const palette = dialog();
  if (!palette) return false;
  if (palette.open) {
    palette.close();
    return true;
  }
  showKeys(palette);
  for (const option of palette.querySelectorAll("[data-only]")) option.toggleAttribute("data-off", !isThere(option.dataset.only));
  field().value = "";
  palette.showModal();
  filter();
  load();
  return true;
}

function isThere(what) {
  switch (what) {
    case "conversation": return shownConversation() !== null;
    case "composer": return Boolean(document.querySelector("chat-composer textarea"));
    case "answer": return Boolean(document.querySelector(".message-assistant [data-copy-message]"));
    case "kept": return Boolean(document.querySelector(".topbar [data-row-menu]"));
    case "sidebar": return Boolean(document.querySelector("#sidebar"));
    default: return true;
  }
}

async function get(url) {
  try {
    const answer = await fetch(url, { headers: { Accept: "application/json" } });
    return answer.ok ? (await answer.json()).data : [];
  } catch {
    return []; // Without a connection the commands are still there.
  }
}

async function load() {
  [agents, recent] = await Promise.all([get("/api/agents"), get("/api/conversations?limit=5")]);
  if (dialog().open) filter();
}

function filter() {
  const words = fold(field().value).split(/\s+/).filter(Boolean);
  const has = text => words.every(word => fold(text).includes(word));
  for (const commands of [group("first"), group("actions")]) {
    const all = [...commands.querySelectorAll("[role=option]")];
    for (const option of all) option.hidden = option.hasAttribute("data-off") || !has(option.querySelector("span").textContent);
    commands.hidden = all.every(option => option.hidden);
  }
  fill("agents", agents.filter(a => has(`${a.name} ${a.slug}`)).slice(0, limit).map(a => ({ icon: "person", text: a.name, detail: a.description, agent: a.slug, href: `/?agent=${encodeURIComponent(a.slug)}` })));
  fill("recent", words.length ? [] : recent.map(c => ({ text: c.title, href: `/c/${c.id}` })));
  if (!words.length) showHits([]);
  select(options()[0] ?? null);
  tellNone();
  ask(words.length > 0 ? field().value.trim() : "");
}

// Only the newest question's answer is shown.
function ask(query) {
  clearTimeout(timer);
  const number = ++asked;
  if (!query) return;
  timer = setTimeout(async () => {
    const hits = await get(`${dialog().dataset.search}?q=${encodeURIComponent(query)}&limit=${limit}`);
    if (number !== asked || !dialog().open) return;
    const stays = selected?.isConnected && selected.dataset.chosen !== undefined;
    showHits(hits);
    if (!stays) select(options()[0] ?? null);
    tellNone();
  }, patience);
}

function showHits(hits) {
  const item = h => ({
    text: h.title || dialog().dataset.untitled, title: h.message_id ? null : h.excerpt, parts: h.message_id ? h.excerpt : null, href: addressOf(h),
  });
  fill("chats", hits.filter(h => !h.message_id).map(item));
  fill("messages", hits.filter(h => h.message_id).map(item));
}

const addressOf = hit =>
  (hit.source === "ask" && hit.external_id ? `/ask/${encodeURIComponent(hit.external_id)}` : `/c/${hit.conversation_id}`) + (hit.message_id ? `?m=${hit.message_id}` : "");

function fill(name, items) {
  const place = group(name);
  place.hidden = items.length === 0;
  place.replaceChildren();
  if (items.length === 0) return;
  const heading = place.appendChild(document.createElement("div"));
  heading.className = "palette-heading";
  heading.setAttribute("role", "presentation");
  heading.textContent = dialog().dataset[name];
  items.forEach((item, index) => {
    const option = place.appendChild(document.createElement("div"));
    option.id = `palette-${name}-${index}`;
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    option.dataset.href = item.href;
    if (item.agent) option.dataset.agent = item.agent;
    const text = option.appendChild(document.createElement("span"));
    if (item.title?.length) text.append(...marked(item.title));
    else text.textContent = item.text;
    if (item.detail || item.parts) option.appendChild(detail(item));
  });
}

function detail(item) {
  const small = document.createElement("small");
  if (!item.parts) small.textContent = item.detail;
  else small.append(...marked(item.parts));
  return small;
}

const marked = parts => parts.map(p => p.is_match ? Object.assign(document.createElement("mark"), { textContent: p.text }) : p.text);

function tellNone() {
  const none = dialog().querySelector(".palette-none");
  const text = options().length === 0 ? none.dataset.none : "";
  if (none.textContent !== text) none.textContent = text;
}

function select(option, chosen = false) {
  selected?.setAttribute("aria-selected", "false");
  selected?.removeAttribute("data-chosen");
  selected = option;
  if (option) {
    option.setAttribute("aria-selected", "true");
    if (chosen) option.dataset.chosen = "";
    field().setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  } else {
    field().removeAttribute("aria-activedescendant");
  }
}

function move(by) {
  const all = options();
  if (all.length === 0) return;
  const at = all.indexOf(selected);
  select(all[(at + by + all.length) % all.length], true);
}

function open(option) {
  // Closed first, so that a command may give the focus somewhere else than back.
  dialog().close();
  // In a chat the agent answers there; elsewhere a new chat begins with it.
  if (option.dataset.agent && document.querySelector("chat-composer")?.pick(option.dataset.agent)) return;
  const href = option.dataset.href?.replace("{id}", shownConversation() ?? "");
  if (href) go(href);
  else run(option.dataset.command);
}

document.addEventListener("input", e => {
  if (e.target.closest?.("#palette")) filter();
});
document.addEventListener("keydown", e => {
  if (!e.target.closest?.("#palette") || isComposing(e)) return;
  if (e.key === "ArrowDown") move(1);
  else if (e.key === "ArrowUp") move(-1);
  else if (e.key === "Enter" && e.target === field()) selected && open(selected);
  else return;
  e.preventDefault();
});
document.addEventListener("click", e => {
  const palette = e.target.closest?.("#palette");
  if (!palette) return;
  const option = e.target.closest("[role=option]");
  if (option) open(option);
  else if (e.target === palette || e.target.closest("[data-close-palette]")) palette.close();
});
document.addEventListener("pointermove", e => {
  const option = e.target.closest?.("#palette [role=option]");
  if (option && option !== selected) select(option, true);
});
