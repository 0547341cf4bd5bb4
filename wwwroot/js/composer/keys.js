// What keys do in the composer's field.
import { isTouch } from "./dom.js";

export function listenToKeys(text, suggest, dictation, send) {
  text.addEventListener("keydown", e => {
    // 229: an input method is at work in browsers that don't say so with isComposing.
    if (e.isComposing || e.keyCode === 229) return;
    if (suggest.onKeyDown(e)) return e.preventDefault();
    if (e.key === "Escape" && dictation.isOn) {
      dictation.stop();
      return e.preventDefault();
    }
    // On a touch screen there is no Shift to break the line with.
    if (e.key !== "Enter" || e.shiftKey || e.altKey || isTouch()) return;
    e.preventDefault();
    send();
  });
}
