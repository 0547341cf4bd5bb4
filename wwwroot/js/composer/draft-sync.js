// Keeps the browser's draft and the server's copy in step, so that another browser of the same person finds it. Where both were
// changed both stand: no two clocks agree on which is newer. Files stay in the browser that took them.
import { isCut } from "../connection.js";
import { both, load, store } from "../drafts.js";

const quiet = 1500;
// As Conversations/Drafts.cs; a longer draft stays in the browser.
const longest = 100_000;

export class DraftSync {
  #host;
  #timer = null;
  #pushing = Promise.resolve();
  // By name, what the server was told last: it may have it though the connection was cut before it could say so.
  #told = new Map();

  /** @param host { server, place, name, adopt(draft) } of the draft that is shown. */
  constructor(host) {
    this.#host = host;
  }

  /** Some time after the last key. */
  schedule() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.push(), quiet);
  }

  cancel() {
    clearTimeout(this.#timer);
    this.#timer = null;
  }

  /** Deletes the server's copy, after what is on its way. */
  forget(place) {
    const { server } = this.#host;
    if (server) this.#pushing = this.#pushing.then(() => server.invokeMethodAsync("SaveDraftAsync", null, place, null)).catch(() => {});
  }

  /** Tells the server what was changed, one after another. */
  push() {
    this.cancel();
    const { server, place, name } = this.#host;
    return this.#pushing = this.#pushing.then(() => this.#push(server, place, name));
  }

  async #push(server, place, name) {
    const draft = load(name);
    if (!server || isCut() || !draft || draft.dirty === false || draft.text.length > longest) return;
    if (!draft.text && !draft.base) return;
    try {
      // The framework refuses a stream of nothing.
      const text = draft.text ? DotNet.createJSStreamReference(new TextEncoder().encode(draft.text)) : null;
      this.#told.set(name, draft.text);
      const kept = await server.invokeMethodAsync("SaveDraftAsync", text, place, draft.agent ?? null);
      const now = load(name);
      // It was sent meanwhile.
      if (!now) {
        if (kept) await server.invokeMethodAsync("SaveDraftAsync", null, place, null);
        return;
      }
      // What was typed meanwhile is told next time.
      store(name, { ...now, base: kept?.at ?? null, dirty: now.text !== draft.text });
    } catch {
      // The connection is gone: it is still dirty, and pushed when it is back.
    }
  }

  /** Asks for the server's copy, and shows what is another browser's. After a cut, what was under way gets no answer any more. */
  async pull(isBack) {
    if (isBack) this.#pushing = Promise.resolve();
    const { server, place, name } = this.#host;
    if (!server || isCut()) return;
    let copy;
    try {
      copy = await server.invokeMethodAsync("LoadDraftAsync", place);
    } catch {
      return;
    }
    const draft = load(name);
    if (place !== this.#host.place) return;
    const isChanged = draft !== null && draft.dirty !== false && (draft.text !== "" || draft.base);
    if (isChanged) {
      if (copy && copy.at !== draft.base && copy.text !== this.#told.get(name))
        this.#host.adopt({ text: both(draft.text, copy.text), agent: draft.agent, base: copy.at, isChanged });
      return this.push();
    }
    if (copy ? copy.at !== draft?.base : draft?.base)
      this.#host.adopt({ text: copy?.text ?? "", agent: copy?.agent ?? null, base: copy?.at ?? null });
  }
}
