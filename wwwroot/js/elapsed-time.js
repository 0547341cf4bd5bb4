// Counts the seconds of something that is going on. data-from: milliseconds that had passed when the server drew it.
class ElapsedTime extends HTMLElement {
  static observedAttributes = ["data-from"];
  #since = 0;
  #timer = 0;

  connectedCallback() {
    this.#timer = setInterval(() => this.#draw(), 250);
    this.#draw();
  }

  disconnectedCallback() {
    clearInterval(this.#timer);
  }

  attributeChangedCallback() {
    this.#since = performance.now() - Number(this.dataset.from);
  }

  #draw() {
    const seconds = Math.floor((performance.now() - this.#since) / 1000);
    const text = seconds < 1 ? "" : this.dataset.text.replace("{0}", seconds);
    if (this.textContent !== text) this.textContent = text;
  }
}

customElements.define("elapsed-time", ElapsedTime);
