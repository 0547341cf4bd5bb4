// Scrolls to the message that the address names, as soon as it is there, and marks it for a moment.
const patience = 20_000;

class MessageJump extends HTMLElement {
  static observedAttributes = ["data-target"];
  #observer = null;
  #timer = 0;
  #first = null;

  connectedCallback() { this.#look(); }
  disconnectedCallback() { this.#stop(); }
  attributeChangedCallback(name, before) { if (before !== null) this.#look(); }

  #look() {
    this.#stop();
    this.#first = null;
    if (this.#jump()) return;
    this.#observer = new MutationObserver(() => { if (this.#jump()) this.#stop(); });
    this.#observer.observe(document.getElementById("main") ?? document.body, { childList: true, subtree: true });
    this.#timer = setTimeout(() => this.#stop(), patience);
  }

  #stop() {
    this.#observer?.disconnect();
    clearTimeout(this.#timer);
  }

  // A long thread has only its end loaded: what comes before it is asked for, each time that more has come.
  #askForEarlier() {
    const first = document.querySelector("article[data-message]")?.dataset.message;
    if (!first || first === this.#first) return;
    this.#first = first;
    document.querySelector("[data-load-earlier]")?.click();
  }

  #jump() {
    const article = document.querySelector(`article[data-message="${CSS.escape(this.dataset.target)}"]`);
    if (!article) {
      this.#askForEarlier();
      return false;
    }
    // After the thread has put itself at its end.
    requestAnimationFrame(() => requestAnimationFrame(() => {
      const block = article.offsetHeight > innerHeight / 2 ? "start" : "center";
      article.closest("thread-scroller")?.leave();
      article.scrollIntoView({ block, behavior: "instant" });
      // Once more when those in sight have their real heights.
      requestAnimationFrame(() => article.scrollIntoView({ block, behavior: "instant" }));
      article.classList.remove("is-found");
      void article.offsetWidth;
      article.classList.add("is-found");
      article.addEventListener("animationend", () => article.classList.remove("is-found"), { once: true });
    }));
    return true;
  }
}

customElements.define("message-jump", MessageJump);
