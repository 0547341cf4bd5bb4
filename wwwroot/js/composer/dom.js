// Small tools of the composer's scripts.
// As in Icon.razor.
const paths = {
  close: "M6.5 6.5l11 11M17.5 6.5l-11 11",
  pencil: "M4 20l1-4.2L16.2 4.6a1.7 1.7 0 0 1 2.4 0l.8.8a1.7 1.7 0 0 1 0 2.4L8.2 19 4 20zM14.5 6.3l3.2 3.2",
  file: "M7 4h6.5L18 8.5V18a2 2 0 0 1-2 2H8a2 2 0 0 1-2-2V5a1 1 0 0 1 1-1zM13 4v5h5M9 13h6M9 16.5h4",
  clock: "M12 4a8 8 0 1 1 0 16 8 8 0 0 1 0-16zM12 8v4.5l3 2",
};

/** An element with attributes (null and false are left out; on… are listeners) and children. */
export function h(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter(child => child !== null && child !== undefined && child !== false));
  return element;
}

export function icon(name, size = 16) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  for (const [key, value] of Object.entries({
    class: "icon", viewBox: "0 0 24 24", width: size, height: size, fill: "none", stroke: "currentColor", "stroke-width": 1.75,
    "stroke-linecap": "round", "stroke-linejoin": "round", "aria-hidden": "true", focusable: "false",
  })) svg.setAttribute(key, value);
  const path = document.createElementNS(svg.namespaceURI, "path");
  path.setAttribute("d", paths[name]);
  svg.append(path);
  return svg;
}

/** The text with its {0}, {1} … filled in. */
export const fill = (text, ...values) => (text ?? "").replace(/\{(\d)\}/g, (_, i) => values[i]);

export const number = n => n.toLocaleString(document.documentElement.lang || "en");

/** A size for people; as the server counts, a MB has 1,048,576 bytes. */
export function sizeOf(bytes, texts) {
  if (bytes < 1024) return fill(texts.bytes, number(bytes));
  const [value, unit] = bytes < 1024 * 1024 ? [bytes / 1024, texts.kilobytes] : [bytes / 1024 / 1024, texts.megabytes];
  return fill(unit, number(value < 10 && value % 1 >= 0.05 ? Math.round(value * 10) / 10 : Math.round(value)));
}

export const isTouch = () => matchMedia("(hover: none) and (pointer: coarse)").matches;

export function newId() {
  // Not crypto.randomUUID: it is missing where the page comes over plain http from another machine.
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), b => b.toString(16).padStart(2, "0")).join("");
}

/** As high as its text; the style sheet says where it ends. */
export function grow(text) {
  if (CSS.supports("field-sizing", "content")) return;
  text.style.height = "auto";
  text.style.height = `${text.scrollHeight}px`;
}

/** Another text in the field; the caret stays where it is. */
export function rewrite(text, value) {
  const { selectionStart, selectionEnd } = text;
  text.value = value;
  text.setSelectionRange(selectionStart, selectionEnd);
}

/** On a touch screen it would bring up the keyboard over what the person came to read. */
export function focusOnDesktop(text) {
  if (matchMedia("(hover: hover) and (pointer: fine)").matches && !document.querySelector(".rz-dialog")) text.focus({ preventScroll: true });
}
