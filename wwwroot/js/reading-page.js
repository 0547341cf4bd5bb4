// A page of messages that is only read: colours and formulas as in a thread.
import { enrich } from "./enrich.js";

class ReadingPage extends HTMLElement {
  #stop = new AbortController();

  connectedCallback() {
    enrich(this, this.dataset, this.#stop.signal);
  }

  disconnectedCallback() {
    this.#stop.abort();
  }
}

customElements.define("reading-page", ReadingPage);
