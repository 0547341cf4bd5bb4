// The page /playground: every network chunk of an answer, as it came and when.
const uuid = "00000000-0000-0000-0000-000000000000";
// name and about: of the page's texts (Components/Playground/PlaygroundTexts.cs), or the name itself.
const contracts = [
  { name: "start", method: "POST", path: "/api/runs", about: "startAbout",
    body: { agent: "demo", input: "/demo tokens=40 delay=40", stream: true } },
  { name: "events", method: "GET", path: `/api/runs/${uuid}/events?after=0`, about: "eventsAbout" },
  { name: "Agentic", method: "POST", path: "/api/v1/chat/stream", about: "agenticAbout", body: { text: "/demo tokens=40 delay=40", tags: ["playground"] } },
  { name: "ask", method: "POST", path: "/api/ask/123/stream", about: "askAbout",
    body: { content: "/demo tokens=40 delay=40" } },
  { name: "Persona", method: "POST", path: `/chat/stream?conversation_id=${uuid}&question=Hello`, about: "personaAbout" },
  { name: "Relay", method: "POST", path: "/ai/stream/chat", about: "relayAbout",
    body: { messages: [{ role: "user", content: "/demo tokens=40 delay=40" }], conversation_id: "playground" } },
  { name: "StudyGuru", method: "POST", path: "/api/stream/stream-conversation", about: "studyAbout",
    body: { interaction_id: null, message: "/demo tokens=40 delay=40", media_files: null, max_tokens: null } },
  { name: "simple", method: "GET", path: "/api/stream/stream-simple?message=%2Fdemo%20tokens%3D40%20delay%3D40", about: "simpleAbout" },
];

let running = null;

document.addEventListener("change", e => {
  if (e.target.matches("[data-playground] [name=contract]")) choose(e.target.form, e.target.selectedIndex);
});

document.addEventListener("submit", e => {
  const page = e.target.closest("[data-playground]");
  if (!page) return;
  e.preventDefault();
  send(page, e.target);
});

document.addEventListener("click", e => {
  const page = e.target.closest("[data-playground]");
  if (!page) return;
  if (e.target.closest("[data-stop]")) running?.abort();
  if (e.target.closest("[data-curl]")) copyAsCurl(page.querySelector("form"), e.target.closest("button"));
});

function prepare() {
  const form = document.querySelector("[data-playground] form");
  if (!form || form.contract.options.length) return;
  contracts.forEach(c => form.contract.add(new Option(text(c.name))));
  choose(form, 0);
}

function choose(form, index) {
  const { method, path, body, about } = contracts[index];
  form.querySelector("[name=method]").value = method;
  form.path.value = path;
  form.body.value = body ? JSON.stringify(body, null, 2) : "";
  form.closest("[data-playground]").querySelector("[data-about]").textContent = text(about);
}

const value = (form, name) => form.querySelector(`[name=${name}]`).value;

function headersOf(form) {
  const key = value(form, "key").trim();
  return { ...(key ? { Authorization: `Bearer ${key}` } : {}), ...(value(form, "body").trim() ? { "Content-Type": "application/json" } : {}) };
}

async function send(page, form) {
  running?.abort();
  const stop = running = new AbortController();
  const events = page.querySelector("[data-events]"), headers = page.querySelector("[data-headers]");
  const stopButton = page.querySelector("[data-stop]");
  events.replaceChildren();
  headers.replaceChildren();
  stopButton.disabled = false;
  say(page, text("sent"));
  const sent = performance.now();
  let chunks = 0, bytes = 0, first = null, status = "";
  try {
    const body = value(form, "body").trim();
    const response = await fetch(value(form, "path"), {
      method: value(form, "method"), headers: headersOf(form), body: value(form, "method") === "POST" && body ? body : undefined, signal: stop.signal,
    });
    status = `${response.status} ${response.statusText}`.trim();
    for (const name of ["content-type", "x-run-id", "location", "retry-after"]) {
      if (response.headers.has(name)) headers.append(element("dt", name), element("dd", response.headers.get(name)));
    }
    say(page, text("answered", status, ms(performance.now() - sent)));
    if (!response.body) return;
    const reader = response.body.getReader(), decoder = new TextDecoder();
    let last = sent;
    for (;;) {
      const { done, value: chunk } = await reader.read();
      if (done) break;
      const now = performance.now();
      first ??= now - sent;
      chunks++;
      bytes += chunk.length;
      const row = element("li");
      row.append(element("span", ms(now - sent), "at"), element("span", `+${ms(now - last)}`, "gap"), element("pre", decoder.decode(chunk, { stream: true })));
      last = now;
      const follows = events.scrollTop + events.clientHeight >= events.scrollHeight - 40;
      events.append(row);
      if (follows) events.scrollTop = events.scrollHeight;
    }
    say(page, text("ended", status, ms(performance.now() - sent), chunks, bytes, ms(first ?? 0)));
  } catch (error) {
    say(page, stop.signal.aborted
      ? text("disconnected")
      : `${status ? `${status}. ` : ""}${text("cut", ms(performance.now() - sent), chunks, error.message)}`);
  } finally {
    if (running === stop) stopButton.disabled = true;
  }
}

function copyAsCurl(form, button) {
  const quote = text => `'${text.replaceAll("'", `'\\''`)}'`;
  const body = value(form, "body").trim();
  const parts = ["curl -sSN", value(form, "method") === "POST" ? "-X POST" : "", quote(location.origin + value(form, "path")),
    `-H "Authorization: Bearer $CHATAPP_KEY"`, body ? `-H 'Content-Type: application/json' -d ${quote(body)}` : ""];
  if (button.textContent === text("copied")) return;
  navigator.clipboard?.writeText(parts.filter(Boolean).join(" ")).then(() => {
    const label = button.textContent;
    button.textContent = text("copied");
    setTimeout(() => { button.textContent = label; }, 1500);
  });
}

function say(page, sentence) { page.querySelector("[data-status]").textContent = sentence; }

function text(name, ...values) {
  const texts = JSON.parse(document.querySelector("[data-playground]").dataset.texts);
  return (texts[name] ?? name).replace(/\{(\d)\}/g, (_, index) => values[index]);
}

function element(name, text = "", className = "") {
  const made = document.createElement(name);
  made.textContent = text;
  made.className = className;
  return made;
}

const ms = milliseconds => `${milliseconds.toFixed(milliseconds < 10 ? 1 : 0)} ms`;

prepare();
// The framework puts pages in place without loading them anew.
globalThis.Blazor?.addEventListener?.("enhancedload", prepare);
document.addEventListener("DOMContentLoaded", () => globalThis.Blazor?.addEventListener?.("enhancedload", prepare));
