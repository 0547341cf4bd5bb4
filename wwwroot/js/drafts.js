// What was typed and is not sent yet, per account and conversation, so that it survives a lost connection, a reload and a restart of
// the server: { text, id, agent, files, base, dirty }, and beside it the queue: [{ id, text, agent, files, after }].
// Nobody else who signs in here later sees it. base: the server's time of the copy that it was in step with;
// dirty: whether it was changed since; after: the last message that was shown when it was queued. Those of temporary chats are in the
// page's memory only, and gone with it.
const prefix = "draft:";
const memory = new Map();
const leaving = "leaving";

/** What stands before the name of a temporary chat's draft (Composer.razor.cs). */
export const temporary = "temporary:";

/** @param {string} conversation Its id, or "new"; after "temporary:" where it is a temporary one. */
export const nameOf = (account, conversation) => `${prefix}${account}:${conversation}`;

export const isNew = place => place === "new" || place === `${temporary}new`;

export const queueOf = name => `${name}:queue`;

const isTemporary = name => name.split(":")[2] === "temporary";

export function load(name) {
  try {
    return JSON.parse(isTemporary(name) ? memory.get(name) ?? null : localStorage.getItem(name));
  } catch {
    return null;
  }
}

/** Keeps the draft, or forgets it where there is nothing to keep: no text, no files, and nothing that the server is to be told. */
export const store = (name, draft) => put(name, draft?.text || draft?.files?.length || (draft?.dirty && draft.base) ? draft : null);

/** Keeps what is in the field: what it was in step with follows from the draft that was there. */
export function keep(name, { text, id, agent, files }) {
  const draft = load(name);
  store(name, { text, id, agent, files, base: draft?.base ?? null, dirty: (draft?.dirty ?? true) || text !== draft?.text });
}

/** Puts another message into the place of a draft that is not shown. */
export const replace = (name, { text, id, files }) =>
  store(name, { text, id, agent: null, files, base: load(name)?.base ?? null, dirty: text !== "" });

/** Of two texts that were both changed neither is lost: one below the other, unless the one has the other in it. */
export const both = (one, other) => one.includes(other) ? one : other.includes(one) ? other : `${one}\n\n${other}`;

/** Gives a draft another name. @returns Whether there was one. */
export function carry(from, to) {
  const draft = load(from);
  if (!draft?.text && !draft?.files?.length) return false;
  store(to, { ...draft, base: null, dirty: true });
  store(from, null);
  return true;
}

/** @returns Whether it is kept. */
export const storeQueue = (name, queue) => put(queueOf(name), queue.length ? queue : null);

function put(name, value) {
  const [keep, drop] = isTemporary(name) ? [v => memory.set(name, v), () => memory.delete(name)]
    : [v => localStorage.setItem(name, v), () => localStorage.removeItem(name)];
  try {
    if (value) keep(JSON.stringify(value));
    else drop();
    return true;
  } catch {
    // The storage is full or forbidden: the text is still in the field.
    return false;
  }
}

function forget() {
  for (const name of Object.keys(localStorage))
    if (name.startsWith(prefix)) localStorage.removeItem(name);
}

document.addEventListener("submit", e => {
  if (e.target.matches("[data-forget-drafts]")) forget();
  // Whether the account is deleted is known on the next page: a wrong password keeps everything.
  if (e.target.matches("[data-forget-drafts-after]")) sessionStorage.setItem(leaving, "");
});

try {
  const wasLeaving = sessionStorage.getItem(leaving) !== null;
  sessionStorage.removeItem(leaving);
  if (wasLeaving && !document.documentElement.hasAttribute("data-account")) forget();
} catch {
  // The storage is forbidden: there are no drafts.
}
