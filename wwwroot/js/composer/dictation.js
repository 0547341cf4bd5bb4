// Dictation by the browser's own speech recognition, where it has one.
const Recognition = globalThis.SpeechRecognition ?? globalThis.webkitSpeechRecognition;

export class Dictation {
  #button;
  #text;
  #host;
  #recognition = null;

  /** @param host { texts, note(text), changed() } */
  constructor(button, text, host) {
    this.#button = button;
    this.#text = text;
    this.#host = host;
    button.hidden = !Recognition;
    button.addEventListener("click", () => this.#recognition ? this.stop() : this.#start());
  }

  get isOn() { return this.#recognition !== null; }

  stop() { this.#recognition?.stop(); }

  #start() {
    const text = this.#text;
    const [before, after] = [text.value.slice(0, text.selectionStart), text.value.slice(text.selectionEnd)];
    const space = before && !/\s$/.test(before) ? " " : "";
    const recognition = new Recognition();
    recognition.lang = document.documentElement.lang;
    recognition.continuous = true;
    recognition.interimResults = true;
    recognition.addEventListener("result", e => {
      const said = [...e.results].map(result => result[0].transcript).join("");
      text.value = before + space + said + after;
      text.selectionStart = text.selectionEnd = (before + space + said).length;
      this.#host.changed();
    });
    recognition.addEventListener("error", e => {
      if (e.error === "aborted" || e.error === "no-speech") return;
      this.#host.note(e.error === "not-allowed" || e.error === "service-not-allowed" ? this.#host.texts.noMicrophone : this.#host.texts.noSpeech);
    });
    recognition.addEventListener("end", () => this.#show(null));
    this.#host.note(null);
    this.#show(recognition);
    try {
      recognition.start();
    } catch {
      this.#show(null);
    }
    text.focus();
  }

  #show(recognition) {
    this.#recognition = recognition;
    const label = recognition ? this.#host.texts.stopDictation : this.#host.texts.dictate;
    this.#button.setAttribute("aria-pressed", recognition !== null);
    this.#button.setAttribute("aria-label", label);
    this.#button.title = label;
  }
}
