// A panel beside its button, in the browser's top layer. The server puts it in when it is wanted; when the browser closes it
// (Escape, a click elsewhere) the server is told by a close event.
class PopUp extends HTMLElement {
  #stop = new AbortController();

  connectedCallback() {
    queueMicrotask(() => this.#show());
  }

  disconnectedCallback() {
    this.#stop.abort();
  }

  #show() {
    if (!this.isConnected) return;
    const signal = this.#stop.signal;
    this.showPopover();
    this.#place();
    this.addEventListener("toggle", e => e.newState === "closed" && this.#closed(), { signal });
    addEventListener("scroll", () => this.#place(), { capture: true, passive: true, signal });
    addEventListener("resize", () => this.#place(), { signal });
    (this.querySelector("[autofocus], button, a, textarea") ?? this).focus({ preventScroll: true });
  }

  #closed() {
    this.dispatchEvent(new Event("close", { bubbles: true }));
  }

  // Under the button, over it where there is no room; on a phone it is a sheet at the bottom (chat.css).
  #place() {
    const button = document.querySelector(`[popovertarget="${this.id}"]`);
    if (!button || matchMedia("(max-width: 520px)").matches) {
      this.style.left = this.style.top = "";
      return;
    }
    const at = button.getBoundingClientRect();
    const [width, height] = [this.offsetWidth, this.offsetHeight];
    const under = at.bottom + 6;
    this.style.left = `${Math.max(8, Math.min(at.left - 8, innerWidth - width - 8))}px`;
    this.style.top = `${under + height < innerHeight - 8 ? under : Math.max(8, at.top - height - 6)}px`;
  }
}

customElements.define("pop-up", PopUp);
