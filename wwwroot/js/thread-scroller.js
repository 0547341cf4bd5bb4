// Keeps the reader's place in a thread. A sent message goes to the top and its answer grows beneath it; the view follows the end
// only while the reader is there; otherwise a button leads to it. Observers do all of it: no call from the server.
import { enrich } from "./enrich.js";
import { watchKeys } from "./thread-keys.js";

const GAP = 16;
const NEAR = 32;

class ThreadScroller extends HTMLElement {
  static observedAttributes = ["data-thread", "data-sends"];
  #following = false;
  #question = null; // the sent message that was taken to the top
  #sends = false; // a message was sent, and is not shown yet
  #lastTop = 0;
  #stop = new AbortController();
  #resized = new ResizeObserver(() => this.#settle());
  #near = null;
  #changed = new MutationObserver(() => this.#onMessages());
  #earlier = null; // the first message and where it was, while those above it are loaded
  #save = 0;

  connectedCallback() {
    // The server's renderer puts an element in before its children.
    queueMicrotask(() => this.#attach());
  }

  disconnectedCallback() {
    this.#stop.abort();
    clearTimeout(this.#save);
    for (const observer of [this.#resized, this.#near, this.#changed]) observer?.disconnect();
  }

  attributeChangedCallback(name, before, after) {
    if (before === null || before === after) return;
    if (name === "data-sends") {
      this.#sends = true;
      queueMicrotask(() => this.#onMessages());
    } else {
      queueMicrotask(() => this.#restore());
    }
  }

  #attach() {
    if (!this.#scroll || this.#stop.signal.aborted) return;
    const signal = this.#stop.signal;
    const content = this.#scroll.firstElementChild;
    this.#scroll.addEventListener("scroll", () => this.#onScroll(), { passive: true, signal });
    this.#button.addEventListener("click", () => this.#jump(), { signal });
    content.addEventListener("click", e => e.target.closest("[data-load-earlier]") && this.#expectEarlier(), { signal });
    this.#near = new IntersectionObserver(
      entries => entries.some(e => e.isIntersecting) && this.#loadEarlier(), { root: this.#scroll, rootMargin: "1500px 0px" });
    enrich(content, this.dataset, signal);
    watchKeys(this, signal);
    this.#restore();
    this.#resized.observe(this.#scroll);
    this.#resized.observe(content);
    this.#changed.observe(content, { childList: true });
    this.#watchTop();
  }

  get #scroll() { return this.querySelector(".thread-scroll"); }
  get #spacer() { return this.querySelector(".thread-spacer"); }
  get #button() { return this.querySelector("[data-jump]"); }
  // What is below the view; the empty room under a short answer is nothing. Negative while the end is in sight.
  get #below() { return this.#spacer.offsetTop - this.#scroll.scrollTop - this.#scroll.clientHeight; }
  get #key() { return `place:${this.dataset.thread}`; }

  // Up is the reader's wish to stay; only the reader goes up, the thread itself only grows. Reaching the end is the wish to follow.
  #onScroll() {
    const top = this.#scroll.scrollTop;
    if (top < this.#lastTop - 1) this.#following = false;
    else if (top > this.#lastTop && this.#spacer.offsetHeight === 0 && Math.abs(this.#below) < NEAR) this.#following = true;
    this.#lastTop = top;
    this.#showButton();
    clearTimeout(this.#save);
    this.#save = setTimeout(() => this.#remember(), 200);
  }

  #onMessages() {
    this.#takeEarlier();
    const question = [...this.querySelectorAll(".message-user")].at(-1);
    if (this.#sends && question) {
      this.#sends = false;
      this.#question = question;
      this.#following = false;
      this.#fill();
      this.#moveTo(question.offsetTop - GAP);
    }
    this.#watchTop();
    this.#settle();
  }

  // Something has grown, has come or has gone.
  #settle() {
    this.#fill();
    if (this.#following) this.#toEnd();
    this.#showButton();
  }

  // Room beneath the answer, so that its question can stay at the top.
  #fill() {
    if (!this.#question?.isConnected) this.#question = null;
    const used = this.#question ? this.#spacer.offsetTop - this.#question.offsetTop + GAP : Infinity;
    this.#spacer.style.height = `${Math.max(0, this.#scroll.clientHeight - used)}px`;
  }

  #toEnd() {
    this.#scroll.scrollTop = this.#spacer.offsetTop - this.#scroll.clientHeight;
    this.#lastTop = this.#scroll.scrollTop;
  }

  #moveTo(top) {
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.#scroll.scrollTo({ top, behavior: calm ? "instant" : "smooth" });
  }

  /** Another place is shown on purpose: its neighbours' real heights may not take the view back to the end. */
  leave() { this.#following = false; }

  #jump() {
    this.#following = true;
    this.#moveTo(this.#spacer.offsetTop - this.#scroll.clientHeight);
    this.#scroll.focus({ preventScroll: true });
  }

  #showButton() {
    this.#button.hidden = this.#following || this.#below < 160;
  }

  #watchTop() {
    this.#near?.disconnect();
    const button = this.querySelector("[data-load-earlier]");
    if (button) this.#near?.observe(button);
  }

  #loadEarlier() {
    if (!this.#earlier) this.querySelector("[data-load-earlier]")?.click();
  }

  // What is read stays where it is. The browser's own anchoring would do it most of the time, which is not enough: it rests meanwhile.
  #expectEarlier() {
    const first = this.querySelector(".message");
    this.#earlier = { first, top: first.offsetTop };
    this.#scroll.style.overflowAnchor = "none";
  }

  #takeEarlier() {
    if (!this.#earlier) return;
    // Something else has changed; what was asked for still comes, unless there is nothing more.
    if (this.#earlier.first === this.querySelector(".message") && this.querySelector("[data-load-earlier]")) return;
    const { first, top } = this.#earlier;
    this.#earlier = null;
    if (first.isConnected) this.#lastTop = this.#scroll.scrollTop += first.offsetTop - top;
    requestAnimationFrame(() => this.#scroll && (this.#scroll.style.overflowAnchor = ""));
  }

  // By the first message in sight: heights differ between visits, and older messages may not be loaded.
  #remember() {
    const first = [...this.querySelectorAll(".message")].find(m => m.offsetTop + m.offsetHeight > this.#scroll.scrollTop + 1);
    if (!first || !this.dataset.thread) return;
    const place = this.#following || this.#below < NEAR ? "" : `${first.dataset.message} ${Math.round(first.offsetTop - this.#scroll.scrollTop)}`;
    sessionStorage.setItem(this.#key, place);
  }

  #restore() {
    if (!this.#scroll) return;
    this.#question = null;
    this.#fill();
    const [id, offset] = (sessionStorage.getItem(this.#key) ?? "").split(" ");
    const first = id && this.querySelector(`[data-message="${CSS.escape(id)}"]`);
    this.#following = !first;
    const place = () => first ? this.#scroll.scrollTop = first.offsetTop - Number(offset) : this.#toEnd();
    place();
    // Once more when those in sight have their real heights.
    requestAnimationFrame(place);
    this.#lastTop = this.#scroll.scrollTop;
    this.#showButton();
  }
}

customElements.define("thread-scroller", ThreadScroller);
