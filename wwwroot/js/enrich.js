// Colours for code and type for formulas, once they are whole and near the view; footnotes lead to each other. highlight.js and
// KaTeX are loaded when the first of their kind is there; without them code and TeX are read as they are.
const LONGEST = 200_000;
const loaded = new Map();
const formulas = new Map();

const load = address => {
  if (!loaded.has(address)) loaded.set(address, import(address).catch(() => null));
  return loaded.get(address);
};

function loadStyle(address) {
  if (!address || document.querySelector(`link[href="${address}"]`)) return;
  document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href: address }));
}

async function colour(code, address) {
  const language = [...code.classList].find(c => c.startsWith("language-"))?.slice(9);
  const hljs = language && code.textContent.length < LONGEST && (await load(address))?.default;
  if (!hljs?.getLanguage(language) || code.dataset.done) return;
  code.dataset.done = "";
  // highlight.js escapes what it is given; its answer is that text in spans.
  code.innerHTML = hljs.highlight(code.textContent, { language, ignoreIllegals: true }).value;
}

// KaTeX refuses what would leave the page (trust) and what would not end (maxExpand, maxSize).
function set(math, katex) {
  const display = math.classList.contains("math-display");
  const key = `${display} ${math.textContent}`;
  if (!formulas.has(key)) {
    const made = document.createElement("span");
    katex.render(math.textContent, made, { displayMode: display, throwOnError: false, errorColor: "currentColor", trust: false, strict: "ignore", maxExpand: 200, maxSize: 20 });
    if (formulas.size > 500) formulas.clear();
    formulas.set(key, made);
  }
  math.replaceChildren(...formulas.get(key).cloneNode(true).childNodes);
  math.dataset.done = "";
}

/** Whether it may still change: an open fence, or what is inside the block that is being written. */
function isOpen(element) {
  const block = element.closest(".code-block");
  if (block?.hasAttribute("data-open")) return true;
  const prose = element.closest(".prose.is-streaming");
  return prose !== null && block?.parentElement !== prose && prose.lastElementChild.contains(element);
}

/** Watches what comes into a thread. */
export function enrich(root, { code, math, mathStyle }, signal) {
  const waiting = new Set();
  const near = new IntersectionObserver(entries => {
    for (const { target, isIntersecting } of entries) {
      if (!isIntersecting) continue;
      near.unobserve(target);
      // Each in a task of its own: a long listing holds up nothing.
      if (target.matches("code")) setTimeout(() => colour(target, code));
      else load(math).then(() => globalThis.katex && !target.dataset.done && set(target, globalThis.katex));
    }
  }, { root: root.parentElement, rootMargin: "600px 0px" });

  const take = node => {
    if (node.nodeType !== Node.ELEMENT_NODE) return;
    if (code) for (const element of node.querySelectorAll("pre > code[class]")) waiting.add(element);
    if (!math) return;
    for (const element of node.matches(".math") ? [node] : node.querySelectorAll(".math")) {
      if (element.dataset.done !== undefined) continue;
      loadStyle(mathStyle);
      // A paragraph that is being written comes anew at each frame: its formulas may not flash.
      if (globalThis.katex && element.closest(".is-streaming")) set(element, globalThis.katex);
      else near.observe(element);
    }
  };

  const sweep = () => {
    for (const element of waiting) {
      if (element.isConnected && isOpen(element)) continue;
      waiting.delete(element);
      if (element.isConnected) near.observe(element);
    }
  };

  const changes = new MutationObserver(records => {
    for (const record of records) {
      // What is made here is not looked at again.
      if (!record.target.closest(".math, code")) record.addedNodes.forEach(take);
    }
    sweep();
  });
  changes.observe(root, { childList: true, subtree: true, attributes: true, attributeFilter: ["class"] });
  take(root);
  sweep();
  root.addEventListener("click", e => leadToNote(e.target.closest("button[data-note]")), { signal });
  signal.addEventListener("abort", () => { changes.disconnect(); near.disconnect(); });
}

function leadToNote(button) {
  const prose = button?.closest(".prose");
  if (!prose) return;
  const number = button.dataset.note;
  const target = prose.querySelector(button.matches(".note-back") ? `.note-number[data-note="${number}"]` : `li[data-note="${number}"]`);
  target?.scrollIntoView({ block: "nearest" });
  target?.focus({ preventScroll: true });
}
