// The list that opens while one types @ or /. The text keeps the focus; the list is told about by aria-activedescendant.
import { h } from "./dom.js";

export class Menu {
  #text;
  #element;
  #items = [];
  #active = 0;
  #pick = null;

  constructor(text, element) {
    this.#text = text;
    this.#element = element;
    // The text must not lose the focus to a click.
    element.addEventListener("mousedown", e => { if (!e.target.closest("a")) e.preventDefault(); });
    element.addEventListener("click", e => {
      const option = e.target.closest("[role=option]");
      if (option) this.#choose(Number(option.dataset.index));
    });
  }

  get isOpen() { return !this.#element.hidden; }

  /**
   * @param items [{ title, hint, detail, value }]
   * @param footer { text, href }, or null
   */
  open({ label, items, empty, footer, pick }) {
    this.#items = items;
    this.#pick = pick;
    this.#active = 0;
    const options = items.map((item, i) => h("li", { role: "option", id: `composer-option-${i}`, "data-index": i },
      h("span", { class: "option-title" }, item.title), item.hint && h("code", null, item.hint), item.detail && h("small", null, item.detail)));
    this.#element.replaceChildren(...[
      items.length ? h("ul", { role: "listbox", id: "composer-options", "aria-label": label }, ...options) : empty && h("p", null, empty),
      footer && h("a", { href: footer.href }, footer.text),
    ].filter(Boolean));
    this.#element.hidden = false;
    this.#text.setAttribute("aria-autocomplete", "list");
    if (items.length) this.#text.setAttribute("aria-controls", "composer-options");
    this.#mark();
  }

  close() {
    if (!this.isOpen) return;
    this.#element.hidden = true;
    this.#element.replaceChildren();
    for (const name of ["aria-autocomplete", "aria-controls", "aria-activedescendant"]) this.#text.removeAttribute(name);
  }

  /** Whether the key was for the menu. */
  onKeyDown(e) {
    if (!this.isOpen || !this.#items.length || e.altKey || e.ctrlKey || e.metaKey) return false;
    const count = this.#items.length;
    if (e.key === "ArrowDown") this.#active = (this.#active + 1) % count;
    else if (e.key === "ArrowUp") this.#active = (this.#active + count - 1) % count;
    else if ((e.key === "Enter" && !e.shiftKey) || (e.key === "Tab" && !e.shiftKey)) this.#choose(this.#active);
    else return false;
    if (this.isOpen) this.#mark();
    return true;
  }

  #mark() {
    this.#element.querySelectorAll("[role=option]").forEach((option, i) => {
      option.setAttribute("aria-selected", i === this.#active);
      if (i === this.#active) option.scrollIntoView({ block: "nearest" });
    });
    if (this.#items.length) this.#text.setAttribute("aria-activedescendant", `composer-option-${this.#active}`);
  }

  #choose(index) {
    const item = this.#items[index];
    this.close();
    this.#pick(item.value);
  }
}
