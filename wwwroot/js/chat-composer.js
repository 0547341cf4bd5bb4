// The composer's text lives here until it is sent: a keystroke costs no round trip, and a draft survives a lost connection,
// a reload and a restart of the server. With the draft is kept the id under which it is sent, so that sending the same text
// again, by a double click or after a cut connection, attaches to the run that the first send started.
const storageKey = key => `draft:${key}`;

function newId() {
  // Not crypto.randomUUID: it is missing where the page comes over plain http from another machine.
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), b => b.toString(16).padStart(2, "0")).join("");
}

// The draft that was sent before the circuit could take it. Kept outside the element, which the circuit's first render replaces.
let waiting = null;

class ChatComposer extends HTMLElement {
  #server = null;
  #key = null;
  #id = newId();
  #sending = false;

  connectedCallback() {
    // The server's renderer puts an element in before its children.
    queueMicrotask(() => this.#attachText());
  }

  get #text() { return this.querySelector("textarea"); }
  get #max() { return Number(this.dataset.max); }

  #attachText() {
    const text = this.#text;
    if (!text || this.#key !== null) return;
    text.addEventListener("input", () => this.#onInput());
    text.addEventListener("keydown", e => this.#onKeyDown(e));
    this.addEventListener("click", e => {
      if (e.target.closest("[data-send]")) this.#send();
      else if (e.target.matches(".composer-box, .composer-bar")) text.focus();
    });
    this.show(this.dataset.draft);
    this.#focusOnDesktop();
  }

  connectServer(server) {
    this.#server = server;
    // Also for whoever drives the page: from now on clicks arrive.
    this.toggleAttribute("data-connected", true);
    if (waiting === this.#key) {
      waiting = null;
      this.#send();
    }
  }

  show(key) {
    if (key === this.#key) return;
    this.#key = key;
    const draft = this.#load(key);
    this.#text.value = draft?.text ?? "";
    this.#id = draft?.id ?? newId();
    this.#fit();
    this.#focusOnDesktop();
  }

  #onInput() {
    waiting = null;
    // Another text is another message.
    this.#id = newId();
    this.#store();
    this.#fit();
  }

  #onKeyDown(e) {
    // 229: an input method is at work in browsers that don't say so with isComposing.
    if (e.key !== "Enter" || e.shiftKey || e.isComposing || e.keyCode === 229) return;
    e.preventDefault();
    this.#send();
  }

  async #send() {
    const text = this.#text.value;
    if (this.#sending || "busy" in this.dataset || !text.trim() || text.length > this.#max) return;
    if (!this.#server) {
      waiting = this.#key;
      return;
    }
    this.#sending = true;
    this.toggleAttribute("data-sending", true);
    try {
      const bytes = new TextEncoder().encode(text);
      const key = await this.#server.invokeMethodAsync("SendAsync", DotNet.createJSStreamReference(bytes), this.#id);
      if (key) this.#sent(text, key);
    } catch (error) {
      // The circuit is gone: the text and its id stay, and the reconnected or reloaded page sends them again.
      console.warn("The message was not confirmed.", error);
    } finally {
      this.#sending = false;
      this.removeAttribute("data-sending");
    }
  }

  #sent(text, key) {
    // What was typed while the message was on its way stays.
    const rest = this.#text.value.startsWith(text) ? this.#text.value.slice(text.length) : this.#text.value;
    localStorage.removeItem(storageKey(this.#key));
    this.#key = key;
    this.#text.value = rest;
    this.#id = newId();
    this.#store();
    this.#fit();
  }

  #load(key) {
    try {
      return JSON.parse(localStorage.getItem(storageKey(key)));
    } catch {
      return null;
    }
  }

  #store() {
    const text = this.#text.value;
    try {
      if (text) localStorage.setItem(storageKey(this.#key), JSON.stringify({ text, id: this.#id }));
      else localStorage.removeItem(storageKey(this.#key));
    } catch {
      // The storage is full or forbidden: the text is still in the field.
    }
  }

  #fit() {
    const text = this.#text;
    if (!CSS.supports("field-sizing", "content")) {
      text.style.height = "auto";
      text.style.height = `${text.scrollHeight}px`;
    }
    const notice = this.querySelector("[data-too-long]");
    const over = text.value.length - this.#max;
    notice.hidden = over <= 0;
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

export const attach = (element, server) => element.connectServer(server);
export const show = (element, key) => element.show(key);
