// What goes with a message: chosen, pasted or dropped, uploaded at once, and shown as chips until the message is sent.
import { fill, h, icon, number, sizeOf } from "./dom.js";
import { asUtf8 } from "./utf8.js";

// UTF-16 units. A longer paste is no message any more, it is a file.
const longestPaste = 100_000;

export class Files {
  #element;
  #host;
  #list = [];

  /** @param host { texts, dataset, note(text), say(text), changed() } */
  constructor(element, host) {
    this.#element = element;
    this.#host = host;
  }

  get isUploading() { return this.#list.some(file => !file.id); }
  get isEmpty() { return this.#list.length === 0; }
  get hasImages() { return this.#list.some(isImage); }

  /** What is there of them for good, as it is stored with a draft. */
  get kept() { return this.#list.filter(file => file.id).map(({ id, name, size, type }) => ({ id, name, size, type })); }

  /** Those of another draft: what has not arrived yet would be in no message any more. */
  show(kept) {
    const others = this.#list;
    this.#list = (kept ?? []).map(file => ({ ...file }));
    others.forEach(drop);
    this.render();
  }

  /** Others in the place of those that are there for good; what is on its way goes on. */
  replace(kept) {
    const [coming, others] = [this.#list.filter(file => !file.id), this.#list.filter(file => file.id)];
    this.#list = [...(kept ?? []).map(file => ({ ...file })), ...coming];
    others.forEach(drop);
    this.render();
  }

  /** @param {Iterable<File>} files @param taken Called for each that has arrived. */
  add(files, taken) {
    const { texts, dataset } = this.#host;
    const [maxFiles, maxBytes] = [Number(dataset.maxFiles), Number(dataset.maxBytes)];
    let problem = null;
    for (const file of files) {
      if (this.#list.length >= maxFiles) problem = fill(texts.tooMany, number(maxFiles));
      else if (file.size > maxBytes) problem = fill(texts.tooLarge, file.name, sizeOf(maxBytes, texts));
      else if (isOther(file)) problem = fill(texts.wrongType, file.name);
      else if (file.size === 0) problem = fill(texts.empty, file.name);
      else this.#upload({ name: file.name, size: file.size, type: file.type, progress: 0, preview: isImage(file) ? URL.createObjectURL(file) : null, taken }, file);
    }
    this.#host.note(problem);
    this.#changed();
  }

  async #upload(entry, chosen) {
    this.#list.push(entry);
    // What can't be read, its upload will say.
    const file = isImage(chosen) ? chosen : await asUtf8(chosen).catch(() => chosen);
    if (!this.#list.includes(entry)) return;
    const body = new FormData();
    body.append("file", file, file.name);
    // Not fetch: it does not tell how far an upload has come.
    const request = entry.request = new XMLHttpRequest();
    request.open("POST", "api/files");
    request.responseType = "json";
    request.upload.addEventListener("progress", e => {
      entry.progress = e.lengthComputable ? e.loaded / e.total : 0;
      if (entry.bar) entry.bar.value = entry.progress;
    });
    request.addEventListener("loadend", () => {
      // Nothing is left to abort, which would take the response away.
      entry.request = null;
      if (!this.#list.includes(entry)) return;
      if (request.status === 201) {
        Object.assign(entry, { id: request.response.id, type: request.response.media_type, size: request.response.size });
        entry.taken?.();
        this.#host.say(fill(this.#host.texts.attached, entry.name));
      } else {
        this.#list = this.#list.filter(other => other !== entry);
        drop(entry);
        this.#host.note(this.#refusal(entry, request.response?.code));
      }
      this.#changed();
    });
    request.send(body);
  }

  // The server's codes in the reader's language.
  #refusal({ name }, code) {
    const { texts, dataset } = this.#host;
    switch (code) {
      case "too_large": return fill(texts.tooLarge, name, sizeOf(Number(dataset.maxBytes), texts));
      case "unsupported_media_type": return fill(texts.wrongType, name);
      case "storage_full": return fill(texts.storageFull, name);
      default: return fill(texts.notUploaded, name);
    }
  }

  remove(entry) {
    this.#list = this.#list.filter(other => other !== entry);
    drop(entry);
    // Nothing refers to it: it shall not take room.
    if (entry.id) fetch(`api/files/${entry.id}`, { method: "DELETE" }).catch(() => {});
    this.#host.note(null);
    this.#changed();
  }

  #changed() {
    this.render();
    this.#host.changed();
  }

  render() {
    const { texts } = this.#host;
    this.#element.hidden = this.isEmpty;
    this.#element.replaceChildren(...this.#list.map(entry => {
      entry.bar = entry.id ? null : h("progress", { max: 1, value: entry.progress, "aria-label": entry.name });
      const picture = isImage(entry)
        ? h("img", { src: entry.preview ?? `api/files/${entry.id}`, alt: "" })
        : h("span", { class: "chip-icon" }, icon("file", 18));
      const about = h("span", { class: "chip-text" }, h("span", { class: "chip-name" }, entry.name), entry.bar ?? h("small", null, sizeOf(entry.size, texts)));
      return h("li", { class: isImage(entry) ? "chip is-image" : "chip" },
        entry.id
          ? h("a", { class: "chip-open", href: `api/files/${entry.id}`, target: "_blank", "data-open-file": entry.name, "data-type": entry.type, title: fill(texts.openFile, entry.name) }, picture, about)
          : h("span", { class: "chip-open" }, picture, about),
        h("button", { type: "button", class: "chip-remove", "aria-label": fill(texts.removeFile, entry.name), onclick: () => this.remove(entry) }, icon("close", 14)));
    }));
  }
}

const isImage = file => /^image\/(png|jpeg|gif|webp)$/.test(file.type);

// What is surely neither a picture that can be taken nor a text is not even uploaded. Of the rest the server looks inside.
const isOther = ({ name, type }) => !isImage({ type }) && !/\.[ct]sv$/i.test(name) && type !== "image/svg+xml"
  && /^(image|audio|video|font)\/|^application\/(pdf|zip|gzip|x-7z|x-tar|x-msdownload|octet-stream|msword|vnd\.(ms-|openxmlformats|oasis))/.test(type);

function drop(entry) {
  entry.request?.abort();
  if (entry.preview) URL.revokeObjectURL(entry.preview);
}

/** Takes files from the picker, from pastes, and what is too long to be a message. */
export function listen(composer, text, picker) {
  picker.addEventListener("change", () => {
    composer.attachFiles([...picker.files]);
    picker.value = "";
  });
  composer.addEventListener("click", e => {
    if (e.target.closest("[data-attach]")) picker.click();
    if (!e.target.closest("[data-as-file]")) return;
    const written = text.value;
    // Only then: what can't be attached, or does not arrive, stays where it was written.
    composer.attachFiles([new File([written], "message.txt", { type: "text/plain" })], () => { if (text.value === written) text.value = ""; });
  });
  text.addEventListener("paste", e => {
    const files = filesOf(e.clipboardData);
    const pasted = e.clipboardData.getData("text/plain");
    if (!files.length && pasted.length <= longestPaste) return;
    e.preventDefault();
    composer.attachFiles(files.length ? files : [new File([pasted], "pasted.txt", { type: "text/plain" })]);
    if (!files.length) composer.say(composer.texts.pasted);
  });
}

// None where there is text, of which the picture is only another form (as of tables and documents).
function filesOf(data) {
  const isDocument = data.types.includes("text/plain") && (data.types.includes("text/html") || data.types.includes("text/rtf"));
  return isDocument ? [] : [...data.files];
}
