// The composer's text lives here until it is sent: a keystroke costs no round trip. With the draft is kept the id under which it
// is sent, so that sending it again, by a double click or after a cut connection, attaches to the run that the first send started.
// That takes the same conversation and the same agent, too; so these go with each send as they were at the first.
import { isCut, onBack } from "./connection.js";
import { load, nameOf, store } from "./drafts.js";

// The message that is to be sent and of which the server has not said that it has it: { key, id, text, agent, attempts }. Kept
// outside the element, which the circuit's first render replaces.
let unsent = null;

function newId() {
  // Not crypto.randomUUID: it is missing where the page comes over plain http from another machine.
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), b => b.toString(16).padStart(2, "0")).join("");
}

class ChatComposer extends HTMLElement {
  // Set by the server. Attributes, since a call would be lost where they are replayed after a cut connection.
  static observedAttributes = ["data-draft", "data-agent"];
  #server = null;
  #key = null;
  #id = null;
  #agent = null;

  connectedCallback() {
    // The server's renderer puts an element in before its children.
    queueMicrotask(() => this.#attachText());
  }

  attributeChangedCallback() {
    // Once all that the server changes together is there.
    queueMicrotask(() => this.#follow());
  }

  get #text() { return this.querySelector("textarea"); }
  get #max() { return Number(this.dataset.max); }
  get #picked() { return this.dataset.agent ?? null; }
  #name(key) { return nameOf(this.dataset.account, key); }

  #attachText() {
    const text = this.#text;
    if (!text || this.#key !== null) return;
    text.addEventListener("input", () => this.#onInput());
    text.addEventListener("keydown", e => this.#onKeyDown(e));
    this.addEventListener("click", e => {
      if (e.target.closest("[data-send]")) this.#send();
      else if (e.target.matches(".composer-box, .composer-bar")) text.focus();
    });
    this.#show(this.dataset.draft);
  }

  connectServer(server) {
    this.#server = server;
    // Also for whoever drives the page: from now on clicks arrive.
    this.toggleAttribute("data-connected", true);
    this.#restoreAgent();
    this.resume();
  }

  /** Sends what could not be sent, or of which no answer came. */
  resume() {
    if (unsent) this.#post(unsent);
  }

  /** Sends a text that was offered, unless there is one of the person's own. */
  take(text) {
    if (this.#text.value.trim()) return;
    this.#text.value = text;
    this.#onInput();
    this.#send();
  }

  #follow() {
    if (this.#key === null) return;
    if (this.dataset.draft !== this.#key) this.#show(this.dataset.draft);
    else if (this.#picked !== this.#agent) this.#renew();
  }

  #show(key) {
    this.#key = key;
    const draft = load(this.#name(key));
    this.#text.value = draft?.text ?? "";
    this.#id = draft?.id ?? newId();
    this.#agent = draft ? draft.agent ?? null : this.#picked;
    this.#restoreAgent();
    this.#fit();
    this.#focusOnDesktop();
  }

  // The page forgets which agent was picked when it reloads.
  async #restoreAgent() {
    const [key, agent] = [this.#key, this.#agent];
    if (!this.#server || agent === this.#picked) return;
    const isThere = agent !== null && await this.#server.invokeMethodAsync("PickAgent", agent);
    if (!isThere && key === this.#key && agent === this.#agent) this.#renew();
  }

  // Another text, or the same one to another agent, is another message.
  #renew() {
    this.#id = newId();
    this.#agent = this.#picked;
    this.#store();
  }

  #onInput() {
    // What has not gone yet can be changed.
    if (unsent?.key === this.#key && unsent.attempts === 0) this.#settle(unsent);
    this.#renew();
    this.#fit();
  }

  #onKeyDown(e) {
    // 229: an input method is at work in browsers that don't say so with isComposing.
    if (e.key !== "Enter" || e.shiftKey || e.isComposing || e.keyCode === 229) return;
    e.preventDefault();
    this.#send();
  }

  #send() {
    const text = this.#text.value;
    if (unsent || "busy" in this.dataset || !text.trim() || text.length > this.#max) return;
    unsent = { key: this.#key, id: this.#id, text, agent: this.#agent, attempts: 0 };
    this.#post(unsent);
  }

  async #post(message) {
    const waits = !this.#server || isCut();
    this.toggleAttribute("data-sending", true);
    this.toggleAttribute("data-waiting", waits);
    // connectServer or onBack comes back here.
    if (waits) return;
    const attempt = ++message.attempts;
    let key = null;
    try {
      const bytes = DotNet.createJSStreamReference(new TextEncoder().encode(message.text));
      key = await this.#server.invokeMethodAsync("SendAsync", bytes, message.id, message.key, message.agent);
    } catch (error) {
      console.warn("The message was not confirmed.", error);
      if (isCut()) return;
    }
    if (key) this.#sent(message, key);
    // What an attempt before a cut says at last is not the last word.
    else if (attempt === message.attempts) this.#settle(message);
  }

  #settle(message) {
    if (unsent !== message) return;
    unsent = null;
    this.removeAttribute("data-sending");
    this.removeAttribute("data-waiting");
  }

  #sent(message, key) {
    if (message.sent) return;
    message.sent = true;
    this.#settle(message);
    const typed = this.#typed(message.key);
    if (!typed.startsWith(message.text)) return;
    // What was typed while the message was on its way goes on in its conversation. The person may be elsewhere by now.
    const rest = typed.slice(message.text.length);
    this.#put(message.key, key === message.key ? rest : "");
    if (rest && key !== message.key) this.#put(key, rest + this.#typed(key));
  }

  #typed(key) { return key === this.#key ? this.#text.value : load(this.#name(key))?.text ?? ""; }

  #put(key, text) {
    if (key === this.#key) {
      this.#text.value = text;
      this.#renew();
      this.#fit();
    } else {
      store(this.#name(key), { text, id: newId(), agent: null });
    }
  }

  #store() { store(this.#name(this.#key), { text: this.#text.value, id: this.#id, agent: this.#agent }); }

  #fit() {
    const text = this.#text;
    if (!CSS.supports("field-sizing", "content")) {
      text.style.height = "auto";
      text.style.height = `${text.scrollHeight}px`;
    }
    const notice = this.querySelector("[data-too-long]");
    const over = text.value.length - this.#max;
    notice.hidden = over <= 0;
    this.toggleAttribute("data-typed", text.value.length > 0);
    this.toggleAttribute("data-unfit", over > 0 || !text.value.trim());
    if (over > 0)
      notice.textContent = `This message has ${text.value.length.toLocaleString("en")} characters; ${this.#max.toLocaleString("en")} can be sent at once. Shorten it by ${over.toLocaleString("en")}.`;
  }

  #focusOnDesktop() {
    // On a touch screen it would bring up the keyboard over what the person came to read.
    if (matchMedia("(hover: hover) and (pointer: fine)").matches && !document.querySelector(".rz-dialog")) this.#text.focus({ preventScroll: true });
  }
}

customElements.define("chat-composer", ChatComposer);

const composer = () => document.querySelector("chat-composer");

onBack(() => composer()?.resume());

// A click on a suggestion counts also before the server listens.
document.addEventListener("click", e => {
  const suggestion = e.target.closest?.("[data-suggestion]");
  if (suggestion) composer()?.take(suggestion.dataset.suggestion);
});

export const attach = (element, server) => element.connectServer(server);
