// What was typed and is not sent yet, per account and conversation, so that it survives a lost connection, a reload and a restart of
// the server: { text, id, agent, files, at, base, dirty }, and beside it the queue: [{ id, text, agent, files }]. Nobody else who
// signs in here later sees it. at: when it was typed; base: the server's time of the copy that it was in step with; dirty: whether
// it was changed since.
const prefix = "draft:";

/** @param {string} conversation Its id, or "new". */
export const nameOf = (account, conversation) => `${prefix}${account}:${conversation}`;

export const queueOf = name => `${name}:queue`;

export function load(name) {
  try {
    return JSON.parse(localStorage.getItem(name));
  } catch {
    return null;
  }
}

/** Keeps the draft, or forgets it where there is nothing to keep: no text, no files, and nothing that the server is to be told. */
export const store = (name, draft) => put(name, draft?.text || draft?.files?.length || (draft?.dirty && draft.base) ? draft : null);

export const storeQueue = (name, queue) => put(queueOf(name), queue.length ? queue : null);

function put(name, value) {
  try {
    if (value) localStorage.setItem(name, JSON.stringify(value));
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
