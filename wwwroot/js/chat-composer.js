// The composer's text lives here until it is sent: a keystroke costs no round trip. With the draft is kept the id under which it
// is sent, so that sending it again, by a double click or after a cut connection, attaches to the run that the first send started.
// That takes the same conversation, agent and files, too; so these go with each send as they were at the first.
import { Dictation } from "./composer/dictation.js";
import { fill, focusOnDesktop, isTouch, newId, rewrite } from "./composer/dom.js";
import { DraftSync } from "./composer/draft-sync.js";
import { Files, listen } from "./composer/files.js";
import { fit } from "./composer/fit.js";
import { takeFocus, watchFocus } from "./composer/focus.js";
import { listenToKeys } from "./composer/keys.js";
import { takeLink } from "./composer/link.js";
import { Outbox } from "./composer/outbox.js";
import { Queue } from "./composer/queue.js";
import { Suggest } from "./composer/suggest.js";
import { isCut } from "./connection.js";
import { both, carry, isNew, keep, load, nameOf, replace, store, temporary } from "./drafts.js";

class ChatComposer extends HTMLElement {
  // Set by the server. Attributes, since a call would be lost where they are replayed after a cut connection.
  static observedAttributes = ["data-draft", "data-agent", "data-busy", "data-last", "data-last-message"];
  #server = null;
  #key = null;
  #id = null;
  #agent = null;
  #address = null;
  #files;
  #outbox = new Outbox(this);
  #queue;
  #suggest;
  #sync;
  #dictation;

  connectedCallback() {
    // The server's renderer puts an element in before its children.
    queueMicrotask(() => this.#attachText());
  }

  disconnectedCallback() { this.#dictation?.cancel(); }

  attributeChangedCallback() {
    // Once all that the server changes together is there.
    queueMicrotask(() => this.#follow());
  }

  get #text() { return this.querySelector("textarea"); }
  get #max() { return Number(this.dataset.max); }
  get #picked() { return this.dataset.agent ?? null; }
  get isBusy() { return "busy" in this.dataset; }
  get last() { return this.dataset.last; }
  get lastMessage() { return this.dataset.lastMessage ?? null; }
  get isReady() { return this.#server !== null && !isCut() && !this.#outbox.message; }
  get isCut() { return this.#server === null || isCut(); }
  get server() { return this.#server; }
  get place() { return this.#key; }
  get name() { return this.#name(this.#key); }
  get hasLibrary() { return "library" in this.dataset; }
  get keepsDrafts() { return "drafts" in this.dataset && !this.#key?.startsWith(temporary); }
  get agents() { return JSON.parse(this.dataset.agents ?? "[]"); }
  #name(key) { return nameOf(this.dataset.account, key); }

  #attachText() {
    const text = this.#text;
    if (!text || this.#key !== null) return;
    this.texts = JSON.parse(this.dataset.texts);
    const part = name => this.querySelector(`[data-${name}]`);
    this.#files = new Files(part("files"), this);
    this.#queue = new Queue(part("queue"), this);
    this.#suggest = new Suggest(text, part("menu"), this);
    this.#sync = new DraftSync(this);
    this.#dictation = new Dictation(part("dictate"), text, this);
    text.enterKeyHint = isTouch() ? "enter" : "send";
    text.addEventListener("input", () => { this.note(null); this.changed(); });
    listenToKeys(text, this.#suggest, this.#dictation, () => this.#send());
    text.addEventListener("blur", () => this.push());
    watchFocus(text);
    if (this.hasLibrary) listen(this, text, part("picker"));
    this.addEventListener("click", e => {
      if (e.target.closest("[data-send]")) this.#send(e.detail > 0);
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
    this.#outbox.resume();
    this.reread();
    this.pull(true);
  }

  /** Asks whether another browser went on with the draft; what is newer here, it is told. */
  pull(isBack = false) { if (this.keepsDrafts && !this.#outbox.message) this.#sync.pull(isBack); }

  /** Tells the server at once what would else be told in a moment. What is being sent is no draft any more. */
  push() { if (this.keepsDrafts && this.#outbox.message?.key !== this.#key) this.#sync.push(); }

  /** The queue, the answer or the connection is another now. */
  reread() {
    this.#queue.render();
    this.#queue.pump();
  }

  /** Sends a text that was offered, unless there is one of the person's own. */
  take(text) {
    if (this.#text.value.trim()) return;
    this.#text.value = text;
    this.changed();
    this.#send();
  }

  /** @param {File[]} files @param taken Called for each that has arrived. */
  attachFiles(files, taken) {
    if (!this.hasLibrary || !files.length) return;
    this.#files.add(files, taken);
    this.#text.focus();
  }

  /** Lets an agent answer next; false where there is none of this slug. */
  pick(slug) {
    const agent = this.agents.find(a => a.slug === slug);
    if (!agent) return false;
    if (this.#server) this.#server.invokeMethodAsync("PickAgent", slug);
    else [this.#agent, this.#id] = [slug, newId()];
    this.#store();
    this.say(fill(this.texts.picked, agent.name));
    focusOnDesktop(this.#text);
    return true;
  }

  say(text) { this.querySelector("[data-status]").textContent = text; }
  note(text) {
    const note = this.querySelector("[data-note]");
    note.textContent = text ?? "";
    note.hidden = !text;
  }

  #follow() {
    if (this.#key === null) return;
    if (this.dataset.draft !== this.#key) this.#show(this.dataset.draft);
    else if (this.#picked !== this.#agent) this.#renew();
    this.reread();
  }

  #show(key) {
    if (this.#key !== null) this.push();
    this.#dictation.cancel();
    this.#carry(key);
    this.#key = key;
    const draft = load(this.name);
    this.#text.value = draft?.text ?? "";
    this.#id = draft?.id ?? newId();
    this.#agent = draft ? draft.agent ?? null : this.#picked;
    this.#files.show(draft?.files);
    this.#suggest.close();
    this.note(null);
    if (this.hasLibrary && isNew(key)) this.#adoptLink(takeLink(this.#text.value, this.#max));
    this.#address = location.href;
    this.#restoreAgent();
    this.#fit();
    takeFocus(this.#text, isNew(key));
    this.#queue.render();
    this.pull();
  }

  // A new chat that is made a temporary one by its button, or an ordinary one again, keeps what was typed; a link that leads from one
  // to the other leaves it behind.
  #carry(key) {
    const from = this.#key;
    if (isNew(from) && isNew(key) && location.href === this.#address && carry(this.#name(from), this.#name(key)) && from === "new") this.#sync.forget(from);
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

  /** The text or its files are others now. */
  changed() {
    // What has not gone yet can be changed.
    this.#outbox.recall(this.#key);
    this.#renew();
    this.#fit();
    this.#suggest.update();
  }

  #send(byPointer = false) {
    if (byPointer) focusOnDesktop(this.#text);
    const text = this.#text.value;
    const unsent = this.#outbox.message;
    if ((unsent && !unsent.isQueued) || (!text.trim() && this.#files.isEmpty) || text.length > this.#max) return;
    if (this.#files.isUploading) return this.note(this.texts.uploading);
    const agent = this.agents.find(a => a.slug === (this.#agent ?? this.dataset.current));
    if (agent?.isBlind && this.#files.hasImages) return this.note(fill(this.texts.blind, agent.name));
    this.#dictation.cancel();
    this.#sync.cancel();
    const message = { id: this.#id, text, agent: this.#agent, files: this.#files.kept };
    if (this.isBusy || unsent || (this.#queue.list.length && !this.#queue.isHeld)) this.#enqueue(message);
    else this.#outbox.deliver({ ...message, key: this.#key });
  }

  #enqueue(message) {
    if (this.#queue.add(message)) this.put(this.#key, "", []);
    else this.note(this.texts.notQueued);
  }

  /** Takes a message out of the queue into the field. */
  editQueued(message) {
    const text = this.#text;
    text.value = message.text + (text.value ? `\n\n${text.value}` : "");
    this.#files.replace([...message.files ?? [], ...this.#files.kept]);
    this.changed();
    text.focus();
  }

  /** @returns Whether the server has taken the first of the queue. */
  sendQueued(message) { return this.#outbox.deliver({ ...message, key: this.#key, isQueued: true }); }

  isRefused(message) {
    // An answer is being written that this page did not know of: it may wait as well.
    if (!message.isQueued && this.isBusy && message.key === this.#key && this.#text.value === message.text) this.#enqueue(message);
    else if (this.keepsDrafts) this.#sync.schedule();
  }

  /** What is in the field of this place, or would be. */
  typed(key) {
    return key === this.#key ? { text: this.#text.value, files: this.#files.kept } : { text: "", files: [], ...load(this.#name(key)) };
  }

  put(key, text, files) {
    if (key === this.#key) {
      this.#text.value = text;
      this.#files.replace(files);
      this.#renew();
      this.#fit();
    } else {
      replace(this.#name(key), { text, id: newId(), files });
    }
  }

  #store() {
    keep(this.name, { text: this.#text.value, id: this.#id, agent: this.#agent, files: this.#files.kept });
    if (this.keepsDrafts) this.#sync.schedule();
  }

  /** Another tab keeps another draft now. @param before The one that was kept until then. */
  follow(before) {
    const [draft, typed] = [load(this.name), this.#text.value];
    const text = draft?.text ?? "";
    if (![before?.text ?? "", text].includes(typed)) {
      rewrite(this.#text, both(typed, text));
      return this.changed();
    }
    if (typed !== text) this.#outbox.recall(this.#key);
    this.#text.value = text;
    this.#id = (draft?.agent ?? null) === this.#agent && draft?.id || newId();
    this.#files.replace(draft?.files);
    this.#fit();
  }

  /** Shows the draft of another browser; isChanged: with what was typed here. */
  adopt({ text, agent, base, isChanged = false }) {
    if (isChanged) rewrite(this.#text, text);
    else this.#text.value = text;
    [this.#id, this.#agent] = [newId(), agent];
    store(this.name, { text, id: this.#id, agent, files: this.#files.kept, base, dirty: isChanged });
    this.#restoreAgent();
    this.#fit();
  }

  #adoptLink(link) {
    if (!link) return;
    this.#text.value = link.text;
    [this.#id, this.#agent] = [newId(), link.agent ?? this.#agent];
    this.#store();
  }

  #fit() { fit(this, this.#text, this.#files); }
}

customElements.define("chat-composer", ChatComposer);

export const attach = (element, server) => element.connectServer(server);
