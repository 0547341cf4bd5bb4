// Follows the end of the thread while the reader is there, and only then. Observers do it: no call from the server.
class ThreadScroller extends HTMLElement {
  static observedAttributes = ["data-thread", "data-sends"];
  #following = true;
  #lastTop = 0;
  #stop = new AbortController();
  #resized = new ResizeObserver(() => this.#keepUp());

  connectedCallback() {
    // The server's renderer puts an element in before its children.
    queueMicrotask(() => this.#attach());
  }

  disconnectedCallback() {
    this.#stop.abort();
    this.#resized.disconnect();
  }

  attributeChangedCallback(name, before, after) {
    if (before === null || before === after) return;
    this.#following = true;
    queueMicrotask(() => this.#toEnd());
  }

  #attach() {
    const scroll = this.#scroll;
    if (!scroll || this.#stop.signal.aborted) return;
    const signal = this.#stop.signal;
    scroll.addEventListener("scroll", () => this.#onScroll(), { passive: true, signal });
    this.#button.addEventListener("click", () => this.#jump(), { signal });
    this.#resized.observe(scroll);
    this.#resized.observe(scroll.firstElementChild);
    this.#toEnd();
  }

  get #scroll() { return this.querySelector(".thread-scroll"); }
  get #button() { return this.querySelector("[data-jump]"); }
  get #distance() { const s = this.#scroll; return s.scrollHeight - s.clientHeight - s.scrollTop; }

  // Up is the reader's wish to stay; only the reader goes up, the thread itself only grows. Reaching the end is the wish to follow.
  #onScroll() {
    const top = this.#scroll.scrollTop;
    if (this.#distance < 32) this.#following = true;
    else if (top < this.#lastTop) this.#following = false;
    this.#lastTop = top;
    this.#showButton();
  }

  #keepUp() {
    if (this.#following) this.#toEnd();
    else this.#showButton();
  }

  #toEnd() {
    const scroll = this.#scroll;
    if (!scroll) return;
    scroll.scrollTop = scroll.scrollHeight;
    this.#lastTop = scroll.scrollTop;
    this.#showButton();
  }

  #jump() {
    this.#following = true;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.#scroll.scrollTo({ top: this.#scroll.scrollHeight, behavior: calm ? "instant" : "smooth" });
    this.#scroll.focus({ preventScroll: true });
  }

  #showButton() {
    this.#button.hidden = this.#following || this.#distance < 160;
  }
}

customElements.define("thread-scroller", ThreadScroller);
