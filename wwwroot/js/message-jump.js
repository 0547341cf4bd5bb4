// Scrolls to the message that the address names, as soon as it is there, and marks it for a moment.
const patience = 10_000;

class MessageJump extends HTMLElement {
  static observedAttributes = ["data-target"];
  #observer = null;
  #timer = 0;

  connectedCallback() { this.#look(); }
  disconnectedCallback() { this.#stop(); }
  attributeChangedCallback(name, before) { if (before !== null) this.#look(); }

  #look() {
    this.#stop();
    if (this.#jump()) return;
    this.#observer = new MutationObserver(() => { if (this.#jump()) this.#stop(); });
    this.#observer.observe(document.getElementById("main") ?? document.body, { childList: true, subtree: true });
    this.#timer = setTimeout(() => this.#stop(), patience);
  }

  #stop() {
    this.#observer?.disconnect();
    clearTimeout(this.#timer);
  }

  #jump() {
    const article = document.querySelector(`article[data-message="${CSS.escape(this.dataset.target)}"]`);
    if (!article) return false;
    // After the thread has put itself at its end.
    requestAnimationFrame(() => requestAnimationFrame(() => {
      article.scrollIntoView({ block: "center", behavior: "instant" });
      article.classList.remove("is-found");
      void article.offsetWidth;
      article.classList.add("is-found");
      article.addEventListener("animationend", () => article.classList.remove("is-found"), { once: true });
    }));
    return true;
  }
}

customElements.define("message-jump", MessageJump);
