// What was typed and is not sent yet: { text, id, agent } per account and conversation, so that it survives a lost connection, a
// reload and a restart of the server. Nobody else who signs in here later sees it.
const prefix = "draft:";

/** @param {string} conversation Its id, or "new". */
export const nameOf = (account, conversation) => `${prefix}${account}:${conversation}`;

export function load(name) {
  try {
    return JSON.parse(localStorage.getItem(name));
  } catch {
    return null;
  }
}

export function store(name, draft) {
  try {
    if (draft?.text) localStorage.setItem(name, JSON.stringify(draft));
    else localStorage.removeItem(name);
  } catch {
    // The storage is full or forbidden: the text is still in the field.
  }
}

document.addEventListener("submit", e => {
  if (!e.target.matches("[data-forget-drafts]")) return;
  for (const name of Object.keys(localStorage))
    if (name.startsWith(prefix)) localStorage.removeItem(name);
});
