// Leads to the message that the address names, as soon as it is there, and marks it for a moment.
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

  // A long thread has only its end loaded: asked again when another branch has come.
  #ask() {
    const first = document.querySelector("article[data-message]");
    if (!first || first.dataset.message === this.#first) return;
    this.#first = first.dataset.message;
    first.closest("thread-scroller")?.reach?.(this.dataset.target);
  }

  // Whoever reloads the page wants to go on where they were, on the branch where they were.
  #done() {
    const url = new URL(location.href);
    if (url.searchParams.get("m") !== this.dataset.target) return;
    url.searchParams.delete("m");
    history.replaceState(history.state, "", url);
  }

  #jump() {
    const article = document.querySelector(`article[data-message="${CSS.escape(this.dataset.target)}"]`);
    if (!article) {
      this.#ask();
      return false;
    }
    this.#done();
    // After the thread has taken its own place.
    requestAnimationFrame(() => requestAnimationFrame(() => {
      const view = article.closest(".thread-scroll");
      const room = view.clientHeight - article.offsetHeight;
      view.closest("thread-scroller").show(article, room > view.clientHeight / 2 ? room / 2 : 16);
      if (!document.activeElement?.matches("input, textarea") || !document.activeElement.value) article.focus({ preventScroll: true });
      article.classList.remove("is-found");
      void article.offsetWidth;
      article.classList.add("is-found");
      article.addEventListener("animationend", () => article.classList.remove("is-found"), { once: true });
    }));
    return true;
  }
}

customElements.define("message-jump", MessageJump);
