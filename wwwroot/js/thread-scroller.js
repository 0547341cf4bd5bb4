// Keeps the reader's place in a thread. The place is one element and where it is in view: the first message in sight, or the end.
// It is taken when the reader scrolls, and held whatever grows, comes or goes. A sent message goes to the top and its answer grows
// beneath it. Observers do all of it: only messages that are not loaded are asked of the server.
import { enrich } from "./enrich.js";
import { watchKeys } from "./thread-keys.js";

const GAP = 16;
const NEAR = 32;
const MOVE = 280; // ms
const MEASURED = 60; // messages that are laid out when they come, so that their heights are known before they are scrolled to

class ThreadScroller extends HTMLElement {
  static observedAttributes = ["data-thread", "data-sent"];
  #place = null; // { of, at }: an element and its distance from the view's top; of the spacer, from the view's bottom
  #pin = null; // a place for which there is room, however little stands beneath it
  #top = 0; // where the view was left: elsewhere it is where the reader has scrolled to
  #wanted = null; // { id, at, withRoom }: a place whose message is not loaded yet; withRoom pins it
  #sent = null; // id of the message that was sent, or of its answer, while it is not shown yet
  #switched = null; // the message whose branch is switched, what stands before it, and where its switcher is
  #loading = null; // the first message, while those above it are asked for
  #step = null;
  #key = "";
  #save = 0;
  #stop = new AbortController();
  #resized = new ResizeObserver(() => this.#settle());
  #changed = new MutationObserver(records => this.#onMessages(records));
  #near = null;

  connectedCallback() {
    // The server's renderer puts an element in before its children.
    queueMicrotask(() => this.#attach());
  }

  disconnectedCallback() {
    this.#stop.abort();
    this.#remember();
    for (const observer of [this.#resized, this.#near, this.#changed]) observer?.disconnect();
  }

  attributeChangedCallback(name, before, after) {
    if (name === "data-sent") {
      this.#sent = after;
      if (this.#place) queueMicrotask(() => this.#onMessages([]));
    } else if (this.#place) {
      this.#remember();
      queueMicrotask(() => this.#restore());
    }
  }

  #attach() {
    if (!this.#scroll || this.#stop.signal.aborted) return;
    const signal = this.#stop.signal;
    this.#scroll.addEventListener("scroll", () => this.#onScroll(), { passive: true, signal });
    this.#button.addEventListener("click", () => this.#jump(), { signal });
    this.#content.addEventListener("click", e => this.#onClick(e), { capture: true, signal });
    addEventListener("pagehide", () => this.#remember(), { signal });
    this.#near = new IntersectionObserver(
      entries => entries.some(e => e.isIntersecting) && this.#loadEarlier(), { root: this.#scroll, rootMargin: "1500px 0px" });
    enrich(this.#content, this.dataset, signal);
    watchKeys(this, signal);
    this.#measure([...this.#content.children].slice(-MEASURED));
    this.#restore();
    this.#resized.observe(this.#scroll);
    this.#resized.observe(this.#content);
    this.#changed.observe(this.#content, { childList: true });
    this.#onMessages([]);
  }

  get #scroll() { return this.querySelector(".thread-scroll"); }
  get #content() { return this.querySelector(".thread-content"); }
  get #spacer() { return this.querySelector(".thread-spacer"); }
  get #button() { return this.querySelector("[data-jump]"); }
  get #firstMessage() { return this.querySelector(".message"); }
  get #following() { return this.#place?.of === this.#spacer; }
  // What is below the view; the empty room under a short answer is nothing. Negative while the end is in sight.
  get #below() { return this.#y(this.#spacer); }
  #message(id) { return this.querySelector(`[data-message="${CSS.escape(id)}"]`); }

  #y(element) {
    const top = element.getBoundingClientRect().top - this.#scroll.getBoundingClientRect().top;
    return element === this.#spacer ? top - this.#scroll.clientHeight : top;
  }

  /** The first message in sight: found by halves, so that a long thread is not asked for all its heights. */
  first() {
    const all = this.#content.children;
    const top = this.#scroll.scrollTop + 1;
    let [low, high] = [0, all.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (all[middle].offsetTop + all[middle].offsetHeight > top) high = middle;
      else low = middle + 1;
    }
    return all[low]?.matches(".message") ? all[low] : all[low + 1] ?? null;
  }

  #take() {
    const first = this.first();
    return first ? { of: first, at: this.#y(first) } : this.#end();
  }
  #end() { return { of: this.#spacer, at: 0 }; }

  /** Pixels that the reader has scrolled since it was last looked at. */
  #scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.#scroll;
    const by = scrollTop - this.#top;
    // At the end of a thread that has become shorter it is the browser that went up.
    return Math.abs(by) < 1 || (by < 0 && scrollTop >= scrollHeight - clientHeight - 1) ? 0 : by;
  }

  // Up is the reader's wish to stay. Reaching the end is the wish to follow.
  #onScroll() {
    const by = this.#scrolled();
    if (by === 0) return;
    this.#step = this.#wanted = this.#switched = null;
    this.#top += by;
    const atEnd = by > 0 && this.#spacer.offsetHeight === 0 && this.#below < NEAR;
    this.#place = atEnd ? this.#end() : this.#take();
    this.#showButton();
    this.#later();
  }

  #onMessages(records) {
    const come = records.flatMap(r => [...r.addedNodes]).filter(n => n.nodeType === Node.ELEMENT_NODE);
    if (come.length <= MEASURED) this.#measure(come);
    this.#onSwitched();
    if (this.#wanted) this.#want(this.#wanted);
    this.#settle();
    this.#onSent();
    this.#watchTop();
  }

  // Something has grown, has come or has gone.
  #settle() {
    if (!this.#scroll || !this.#place) return;
    if (!this.#place.of.isConnected) this.#place = this.#take();
    this.#hold();
    this.#showButton();
  }

  #hold() {
    const by = this.#scrolled();
    // The reader has scrolled in this very moment, and the event that tells of it is still to come.
    if (by !== 0) {
      this.#step = this.#wanted = null;
      this.#place = this.#following ? this.#take() : { ...this.#place, at: this.#place.at - by };
    }
    this.#fill();
    const off = this.#y(this.#place.of) - this.#place.at;
    if (Math.abs(off) >= 1) this.#scroll.scrollTop += off;
    this.#top = this.#scroll.scrollTop;
    if (by !== 0) this.#place = this.#take();
  }

  // Room beneath the last message, so that what is pinned can be where it is.
  #fill() {
    if (!this.#pin?.of.isConnected) this.#pin = null;
    const used = this.#pin ? this.#below + this.#scroll.clientHeight - this.#y(this.#pin.of) + this.#pin.at : Infinity;
    this.#spacer.style.height = `${Math.max(0, this.#scroll.clientHeight - used)}px`;
  }

  // The place itself moves: what grows meanwhile does not lead it astray, and the reader's own scrolling ends it.
  #moveTo(of, at) {
    this.#wanted = null;
    const from = Math.max(at - this.#scroll.clientHeight, Math.min(at + this.#scroll.clientHeight, this.#y(of)));
    const began = performance.now();
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const step = now => {
      if (this.#step !== step || !of.isConnected) return;
      const left = calm ? 0 : Math.max(0, 1 - (now - began) / MOVE) ** 3;
      this.#place = { of, at: at + (from - at) * left };
      if (left === 0) this.#step = null;
      else requestAnimationFrame(step);
      this.#settle();
    };
    this.#step = step;
    step(began);
    this.#later();
  }

  #onSent() {
    const message = this.#sent && this.#message(this.#sent);
    if (!message) return;
    this.#sent = null;
    let question = message;
    while (question && !question.matches(".message-user")) question = question.previousElementSibling;
    question ??= message;
    this.#pin = { of: question, at: GAP };
    this.#moveTo(question, GAP);
  }

  #onClick(e) {
    if (e.target.closest("[data-load-earlier]")) this.#loading = this.#firstMessage;
    const branches = e.target.closest('[data-action="previous"], [data-action="next"]')?.closest(".branches");
    if (!branches) return;
    const message = branches.closest(".message");
    this.#switched = { message, before: message.previousElementSibling, at: this.#y(branches) };
  }

  // The switcher stays beneath the finger that pressed it.
  #onSwitched() {
    if (!this.#switched || this.#switched.message.isConnected) return;
    const { before, at } = this.#switched;
    const message = before?.matches(".message") && before.isConnected ? before.nextElementSibling : this.#firstMessage;
    this.#switched = null;
    const of = message?.querySelector(".branches");
    if (!of) return;
    this.#step = null;
    [this.#place, this.#pin] = [{ of, at }, { of, at }];
    this.#later();
  }

  /** Shows a message on purpose; at pixels from the view's top. */
  show(message, at) {
    this.#step = this.#switched = null;
    this.#want({ id: message.dataset.message, at });
    this.#settle();
    // As far as there is something to scroll to.
    this.#place.at = this.#y(message);
    this.#later();
  }

  /** Asks for what is above the messages that are shown, up to this one. */
  reach(id) {
    this.#wanted = null;
    this.#ask(id);
  }

  #want(wanted) {
    const message = this.#message(wanted.id);
    this.#wanted = message ? null : wanted;
    if (!message) return this.#ask(wanted.id);
    this.#place = { of: message, at: wanted.at };
    if (wanted.withRoom) this.#pin = { ...this.#place };
  }

  #ask(id) {
    const field = this.querySelector("[data-load-to]");
    if (!field) return;
    field.value = id;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }

  #jump() {
    this.#moveTo(this.#spacer, 0);
    this.#scroll.focus({ preventScroll: true });
  }

  #showButton() {
    this.#button.hidden = this.#following || this.#below < 160;
  }

  #watchTop() {
    this.#near?.disconnect();
    const button = this.querySelector("[data-load-earlier]");
    if (!button || this.#loading !== this.#firstMessage) this.#loading = null;
    if (button) this.#near?.observe(button);
  }

  #loadEarlier() {
    if (!this.#loading && !this.#wanted) this.querySelector("[data-load-earlier]")?.click();
  }

  // What is out of sight has an estimated height until it is laid out once (chat.css). In the next frame it is known.
  #measure(messages) {
    for (const message of messages) message.toggleAttribute("data-new", true);
    requestAnimationFrame(() => requestAnimationFrame(() => {
      for (const message of messages) message.removeAttribute("data-new");
    }));
  }

  #later() {
    clearTimeout(this.#save);
    this.#save = setTimeout(() => this.#remember(), 200);
  }

  // By the message, and not by pixels from the top: heights differ between visits, and older messages may not be loaded.
  #remember() {
    clearTimeout(this.#save);
    if (!this.#key || !this.#place || this.#wanted) return;
    const message = this.#place.of.closest(".message");
    if (message && this.#place.of !== message && !message.isConnected) return;
    const at = message === this.#place.of ? this.#place.at : message && this.#y(message);
    sessionStorage.setItem(this.#key, message ? `${message.dataset.message} ${Math.round(at)}` : "");
  }

  #restore() {
    if (!this.#scroll) return;
    this.#step = this.#switched = this.#wanted = this.#pin = null;
    this.#place = this.#end();
    this.#top = this.#scroll.scrollTop;
    this.#key = this.dataset.thread ? `place:${this.dataset.thread}` : "";
    const [id, at] = (sessionStorage.getItem(this.#key) ?? "").split(" ");
    if (id) this.#want({ id, at: Number(at), withRoom: true });
    this.#settle();
  }
}

customElements.define("thread-scroller", ThreadScroller);
