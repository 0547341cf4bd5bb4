// What was sent while an answer is being written: it waits in the browser's storage and goes out in order, each after an answer that
// has come whole, and only while the branch is shown in which it was queued. Each keeps its id, so that two tabs or a reload cannot
// send it twice.
import { load, queueOf, storeQueue } from "../drafts.js";
import { fill, h, icon, number } from "./dom.js";

export class Queue {
  #element;
  #host;
  // The name of that whose first is being sent, be it by another tab.
  #sending = null;
  #released = null;
  #refused = null;

  /** @param host { texts, name, isReady, isBusy, isCut, last, lastMessage, sendQueued(message), editQueued(message), say(text) } */
  constructor(element, host) {
    this.#element = element;
    this.#host = host;
  }

  get list() { return load(queueOf(this.#host.name)) ?? []; }

  /** Whether it waits for a person's word. */
  get isHeld() { return ![null, "queueWaits"].includes(this.#obstacle); }

  // Why the first one may not go out though no answer is being written, as the texts call it; null where it may.
  get #obstacle() {
    const first = this.list[0];
    const { isBusy, last } = this.#host;
    if (!first || first.id === this.#released || isBusy) return null;
    if (first.id === this.#refused) return "queueRefused";
    // Before the thread is there nobody knows which branch it shows.
    if (!isShown(first.after)) return last === undefined ? "queueWaits" : "queueElsewhere";
    return ["completed", undefined].includes(last) ? null : "queueHeld";
  }

  /** @returns Whether it is kept; if not, the browser's storage is full. */
  add({ id, text, agent, files }) {
    const isKept = this.#change(list => [...list, { id, text, agent, files, after: this.#host.lastMessage }]);
    if (isKept) this.#host.say(this.#host.texts.queued);
    return isKept;
  }

  remove(id) {
    this.#change(list => list.filter(message => message.id !== id));
  }

  #change(change) {
    const isKept = storeQueue(this.#host.name, change(this.list));
    this.render();
    this.pump();
    return isKept;
  }

  /** Sends the first one if its time has come. */
  async pump() {
    const name = this.#host.name;
    if (this.#sending || !this.#isDue()) return;
    this.#sending = name;
    this.render();
    try {
      await locked(queueOf(name), async () => {
        // Another tab may have sent it while this one waited.
        if (name !== this.#host.name || !this.#isDue()) return;
        const first = this.list[0];
        if (await this.#host.sendQueued(first)) {
          this.#released = null;
          storeQueue(name, (load(queueOf(name)) ?? []).filter(message => message.id !== first.id));
        } else if (!this.#host.isBusy) {
          [this.#refused, this.#released] = [first.id, null];
        }
      });
    } finally {
      this.#sending = null;
    }
    this.render();
    this.pump();
  }

  #isDue() { return this.list.length > 0 && this.#host.isReady && !this.#host.isBusy && this.#obstacle === null; }

  #release() {
    this.#refused = null;
    this.#released = this.list[0]?.id ?? null;
    // The others follow it into the branch that is shown now.
    this.#change(list => list.map(message => ({ ...message, after: this.#host.lastMessage })));
  }

  render() {
    const { texts } = this.#host;
    const list = this.list;
    this.#element.hidden = list.length === 0;
    if (!list.length) return this.#element.replaceChildren();
    const held = this.isHeld;
    const caption = held ? texts[this.#obstacle] : this.#host.isCut ? texts.queueOffline : texts.queueWaits;
    this.#element.toggleAttribute("data-held", held);
    this.#element.replaceChildren(
      h("header", null, icon("clock", 15), h("span", null, caption),
        held && h("button", { type: "button", class: "queue-now", onclick: () => this.#release() }, texts.sendNow)),
      h("ol", null, ...list.map((message, i) => this.#row(message, i === 0 && this.#sending === this.#host.name))));
  }

  #row(message, isGoing) {
    const { texts } = this.#host;
    const files = message.files?.length ?? 0;
    const short = message.text.trim().slice(0, 200) || (files === 1 ? texts.oneFile : fill(texts.files, number(files)));
    const take = () => {
      this.remove(message.id);
      this.#host.editQueued(message);
    };
    return h("li", null,
      h("span", { class: "queue-text" }, short),
      files > 0 && message.text.trim() && h("span", { class: "queue-files" }, files === 1 ? texts.oneFile : fill(texts.files, number(files))),
      h("button", { type: "button", class: "icon-button", disabled: isGoing, "aria-label": fill(texts.editQueued, short.slice(0, 60)), onclick: take }, icon("pencil")),
      h("button", { type: "button", class: "icon-button", disabled: isGoing, "aria-label": fill(texts.removeQueued, short.slice(0, 60)), onclick: () => this.remove(message.id) }, icon("close")));
  }
}

const isShown = id => !id || document.querySelector(`[data-message="${CSS.escape(id)}"]`) !== null;

// Web Locks are there only over https and on localhost; elsewhere the message's id alone keeps it from being taken twice.
const locked = (name, work) => navigator.locks ? navigator.locks.request(name, work) : work();
