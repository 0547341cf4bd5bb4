// Dictation by the browser's own speech recognition, where it has one. What is heard stands at its own place in the text, which moves
// with what is typed around it.
const Recognition = globalThis.SpeechRecognition ?? globalThis.webkitSpeechRecognition;

export class Dictation {
  #button;
  #text;
  #host;
  #recognition = null;
  // What was heard stands there, as long as nobody has changed it; the results before `settled` belong to the person's text.
  #from = 0;
  #said = "";
  #settled = 0;
  #results = 0;
  #seen = "";

  /** @param host { texts, note(text), changed() } */
  constructor(button, text, host) {
    this.#button = button;
    this.#text = text;
    this.#host = host;
    button.hidden = !Recognition;
    button.addEventListener("click", () => this.#recognition ? this.stop() : this.#start());
  }

  get isOn() { return this.#recognition !== null; }

  /** Takes in what is being recognized just now, then ends. */
  stop() { this.#recognition?.stop(); }

  /** Ends at once: the text is another one, or gone. */
  cancel() {
    const recognition = this.#recognition;
    if (!recognition) return;
    this.#show(null);
    recognition.abort();
  }

  #start() {
    const text = this.#text;
    const recognition = new Recognition();
    recognition.lang = document.documentElement.lang;
    recognition.continuous = true;
    recognition.interimResults = true;
    recognition.addEventListener("result", e => { if (recognition === this.#recognition) this.#hear([...e.results].map(result => result[0].transcript)); });
    recognition.addEventListener("error", e => {
      if (e.error === "aborted" || e.error === "no-speech") return;
      this.#host.note(e.error === "not-allowed" || e.error === "service-not-allowed" ? this.#host.texts.noMicrophone : this.#host.texts.noSpeech);
    });
    recognition.addEventListener("end", () => { if (recognition === this.#recognition) this.#show(null); });
    text.setRangeText("", text.selectionStart, text.selectionEnd, "end");
    [this.#from, this.#said, this.#settled, this.#results, this.#seen] = [text.selectionStart, "", 0, 0, text.value];
    this.#host.note(null);
    this.#show(recognition);
    try {
      recognition.start();
    } catch {
      this.#show(null);
    }
    text.focus();
  }

  #hear(parts) {
    const text = this.#text;
    this.#follow();
    this.#results = parts.length;
    const words = parts.slice(this.#settled).join("");
    const said = words && this.#from > 0 && !/\s$/.test(text.value.slice(0, this.#from)) ? ` ${words}` : words;
    const [end, { selectionStart, selectionEnd }] = [this.#from + this.#said.length, text];
    text.setRangeText(said, this.#from, end);
    // The caret stays where it is in the person's own text.
    const moved = at => at < end ? Math.min(at, this.#from + said.length) : at - this.#said.length + said.length;
    text.setSelectionRange(moved(selectionStart), moved(selectionEnd));
    [this.#said, this.#seen] = [said, text.value];
    this.#host.changed();
  }

  // What was typed since the last result: before what was heard it moves that, within it the words are the person's from now on.
  #follow() {
    const [before, now] = [this.#seen, this.#text.value];
    if (before === now) return;
    const least = Math.min(before.length, now.length);
    let head = 0;
    while (head < least && before[head] === now[head]) head++;
    let tail = 0;
    while (tail < least - head && before.at(-1 - tail) === now.at(-1 - tail)) tail++;
    const end = this.#from + this.#said.length;
    if (!this.#said) this.#from = this.#text.selectionEnd;
    else if (head >= end) return;
    else if (before.length - tail <= this.#from) this.#from += now.length - before.length;
    else [this.#from, this.#said, this.#settled] = [this.#text.selectionEnd, "", this.#results];
  }

  #show(recognition) {
    this.#recognition = recognition;
    const label = recognition ? this.#host.texts.stopDictation : this.#host.texts.dictate;
    this.#button.setAttribute("aria-pressed", recognition !== null);
    this.#button.setAttribute("aria-label", label);
    this.#button.title = label;
  }
}
