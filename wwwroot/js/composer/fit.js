// What the composer shows of its text's size: as high as the text, and whether it can be sent.
import { fill, grow, number } from "./dom.js";

/** @param files What goes with it: { isEmpty, isUploading }. */
export function fit(composer, text, files) {
  grow(text);
  const max = Number(composer.dataset.max);
  const over = text.value.length - max;
  composer.querySelector("[data-too-long-note]").hidden = over <= 0;
  composer.toggleAttribute("data-typed", text.value.length > 0 || !files.isEmpty);
  composer.toggleAttribute("data-unfit", over > 0 || files.isUploading || (!text.value.trim() && files.isEmpty));
  composer.querySelector("[data-too-long]").textContent = over > 0 ? fill(composer.texts.tooLong, number(text.value.length), number(max), number(over)) : "";
}
