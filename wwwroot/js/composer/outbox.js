// The one message that is on its way: told to the server until it says that it has it, over cut connections, too.
import { isCut } from "../connection.js";

// { key, id, text, agent, files, isQueued, attempts, done }. Kept outside the composer, which the circuit's first render replaces.
let unsent = null;

export class Outbox {
  #host;

  /** @param host { server, isCut, typed(key), put(key, text, files), isRefused(message), toggleAttribute } */
  constructor(host) {
    this.#host = host;
  }

  get message() { return unsent; }

  /** @returns Whether the server has taken it. */
  deliver(message) {
    return new Promise(done => this.#post(unsent = { ...message, attempts: 0, done }));
  }

  /** Tells again what was not confirmed. */
  resume() {
    if (unsent) this.#post(unsent);
  }

  /** Takes back what has not gone yet. */
  recall(key) {
    if (unsent?.key === key && unsent.attempts === 0 && !unsent.isQueued) this.#settle(unsent, false);
  }

  async #post(message) {
    const waits = this.#host.isCut;
    this.#host.toggleAttribute("data-sending", !message.isQueued);
    this.#host.toggleAttribute("data-waiting", waits && !message.isQueued);
    if (waits) return;
    const attempt = ++message.attempts;
    let key = null;
    try {
      // The framework refuses a stream of nothing.
      const bytes = message.text ? DotNet.createJSStreamReference(new TextEncoder().encode(message.text)) : null;
      key = await this.#host.server.invokeMethodAsync("SendAsync", bytes, message.id, message.key, message.agent, (message.files ?? []).map(file => file.id), message.isQueued ?? false);
    } catch (error) {
      console.warn("The message was not confirmed.", error);
      if (isCut()) return;
    }
    if (key) {
      if (message.isSent) return;
      message.isSent = true;
      this.#settle(message, true);
      this.#goOn(message, key);
    } else if (attempt === message.attempts) {
      // What an attempt before a cut says at last is not the last word.
      this.#settle(message, false);
      this.#host.isRefused(message);
    }
  }

  // What was typed while the message was on its way goes on in its conversation. The person may be elsewhere by now.
  #goOn(message, key) {
    const host = this.#host;
    const typed = host.typed(message.key);
    if (message.isQueued || !typed.text.startsWith(message.text)) return;
    const rest = typed.text.slice(message.text.length);
    const files = typed.files.filter(file => !message.files.some(sent => sent.id === file.id));
    host.put(message.key, key === message.key ? rest : "", key === message.key ? files : []);
    if ((!rest && !files.length) || key === message.key) return;
    const there = host.typed(key);
    host.put(key, rest + there.text, [...files, ...there.files]);
  }

  #settle(message, isTaken) {
    if (unsent !== message) return;
    unsent = null;
    this.#host.removeAttribute("data-sending");
    this.#host.removeAttribute("data-waiting");
    message.done(isTaken);
  }
}
