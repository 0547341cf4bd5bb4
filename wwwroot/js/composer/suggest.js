// Tells what the text before the caret calls for: @ at the start of a word an agent, / at the start of the text a prompt.
import { Menu } from "./menu.js";
import { askPlaces, fillPlaces, listPrompts } from "./prompts.js";
import { fill, number } from "./dom.js";

const most = 50;

export class Suggest {
  #text;
  #menu;
  #host;
  #dismissed = null;

  /** @param host { texts, agents, hasLibrary, pick(slug), changed(), say(text) } */
  constructor(text, element, host) {
    this.#text = text;
    this.#host = host;
    this.#menu = new Menu(text, element);
    text.addEventListener("click", () => this.update());
    text.addEventListener("keyup", e => { if (/^(Arrow(Left|Right)|Home|End)$/.test(e.key)) this.update(); });
    text.addEventListener("blur", e => { if (!element.contains(e.relatedTarget)) this.#menu.close(); });
    element.addEventListener("focusout", e => { if (e.relatedTarget !== text && !element.contains(e.relatedTarget)) this.#menu.close(); });
  }

  /** Whether the key was for the menu. */
  onKeyDown(e) {
    if (e.key === "Escape" && this.#menu.isOpen) {
      this.#dismissed = this.#call()?.start ?? null;
      this.#menu.close();
      return true;
    }
    return this.#menu.onKeyDown(e);
  }

  close() { this.#menu.close(); }

  /** Looks anew at where the caret is. */
  async update() {
    const call = this.#call();
    if (!call) {
      this.#dismissed = null;
      return this.#menu.close();
    }
    if (call.start === this.#dismissed) return;
    const wasOpen = this.#menu.isOpen;
    const shown = call.sign === "@" ? this.#agents(call) : await this.#prompts(call);
    const now = this.#call();
    // The list of prompts may have come too late.
    if (now?.start !== call.start || now.query !== call.query || document.activeElement !== this.#text) return;
    if (!shown.items.length && !shown.empty) return this.#menu.close();
    this.#menu.open(shown);
    if (!wasOpen && shown.items.length)
      this.#host.say(shown.items.length === 1 ? this.#host.texts.oneMatch : fill(this.#host.texts.matches, number(shown.items.length)));
  }

  #call() {
    const { value, selectionStart: caret, selectionEnd } = this.#text;
    if (caret !== selectionEnd || value.length > 20_000) return null;
    const before = value.slice(0, caret);
    const slash = this.#host.hasLibrary && /^\/([\p{L}\p{N}-]*)$/u.exec(before);
    if (slash && /^(\s|$)/.test(value.slice(caret))) return { sign: "/", start: 0, end: caret, query: slash[1].toLowerCase() };
    const at = this.#host.agents.length && /(?:^|\s)@([\p{L}\p{N}._-]*)$/u.exec(before);
    return at ? { sign: "@", start: caret - at[1].length - 1, end: caret, query: at[1].toLowerCase() } : null;
  }

  #agents(call) {
    const agents = this.#host.agents.filter(a => a.slug.includes(call.query) || a.name.toLowerCase().includes(call.query));
    return {
      label: this.#host.texts.agents,
      items: agents.slice(0, most).map(a => ({ title: a.name, hint: `@${a.slug}`, detail: a.description, value: a })),
      pick: agent => {
        this.#replace(call, "");
        this.#host.pick(agent.slug);
      },
    };
  }

  async #prompts(call) {
    const { texts } = this.#host;
    const all = await listPrompts();
    const prompts = all.filter(p => p.command.includes(call.query) || p.name.toLowerCase().includes(call.query))
      .sort((a, b) => b.command.startsWith(call.query) - a.command.startsWith(call.query));
    return {
      label: texts.prompts,
      items: prompts.slice(0, most).map(p => ({ title: p.name, hint: `/${p.command}`, detail: p.isShared ? texts.everybodys : null, value: p })),
      empty: !all.length && !call.query ? texts.noPrompts : null,
      footer: { text: texts.managePrompts, href: "account/prompts" },
      pick: async prompt => {
        const values = await askPlaces(prompt, texts);
        if (values) this.#replace(call, fillPlaces(prompt.text, values));
        this.#text.focus();
      },
    };
  }

  #replace({ start, end }, text) {
    this.#text.setRangeText(text, start, end, "end");
    this.#host.changed();
  }
}
