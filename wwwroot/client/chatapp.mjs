// The client of ChatApp's API for JavaScript: no dependencies, for browsers, Node 18 and later, Deno and Bun. Types: chatapp.d.mts.
// An answer belongs to the server: when a connection breaks, the stream goes on after the last event that has arrived.

/** An answer with an error status (RFC 9457 problem details). */
export class ChatAppError extends Error {
  constructor(status, problem = {}, retryAfter = null) {
    super(problem.detail || `The server answered with status ${status}.`);
    this.name = "ChatAppError";
    this.status = status;
    this.code = problem.code ?? null;
    this.field = problem.field ?? null;
    this.requestId = problem.request_id ?? null;
    this.retryAfter = retryAfter;
  }
}

/** Yields the server-sent events of a body (WHATWG HTML, section 9.2.6), each when its blank line has arrived. Comments are left out. */
export async function* readEvents(body) {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = "", event = fresh();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      rest += decoder.decode(value, { stream: true });
      let from = 0;
      for (let match; (match = nextLineEnd(rest, from)); from = match.next) {
        const line = rest.slice(from, match.end);
        if (line !== "") take(line, event);
        else if (event.lines.length || event.event) {
          yield { id: event.id, event: event.event || "message", data: event.lines.join("\n") };
          event = fresh();
        }
      }
      rest = rest.slice(from);
    }
  } finally {
    // Also when whoever reads stops in the middle: the connection must not stay open.
    reader.cancel().catch(() => {});
  }
}

const fresh = () => ({ id: null, event: "", lines: [] });

function nextLineEnd(text, from) {
  for (let i = from; i < text.length; i++) {
    if (text[i] === "\n") return { end: i, next: i + 1 };
    // A CR at the end may be half of a CRLF.
    if (text[i] === "\r") return i + 1 < text.length ? { end: i, next: text[i + 1] === "\n" ? i + 2 : i + 1 } : null;
  }
  return null;
}

function take(line, event) {
  const colon = line.indexOf(":");
  const name = colon < 0 ? line : line.slice(0, colon);
  const value = colon < 0 ? "" : line.slice(line[colon + 1] === " " ? colon + 2 : colon + 1);
  if (name === "data") event.lines.push(value);
  else if (name === "event") event.event = value;
  else if (name === "id") event.id = value;
}

export class ChatApp {
  #base; #key; #fetch; #patience;

  /** apiKey: null where a cookie signs in. patience: how many times in a row a connection may fail. */
  constructor({ baseUrl = globalThis.location?.origin, apiKey = null, fetch = globalThis.fetch, patience = 8 } = {}) {
    if (!baseUrl) throw new TypeError("baseUrl is required outside a browser.");
    this.#base = baseUrl.replace(/\/+$/, "");
    this.#key = apiKey;
    this.#fetch = (...args) => fetch(...args);
    this.#patience = patience;
  }

  /**
   * Starts a run and yields its events to the last one, "done". A connection that breaks is taken up again after the last event,
   * and a start whose answer got lost is sent again under its key: nothing is missed and nothing is sent twice.
   */
  async *stream(request, { signal, idempotencyKey = newKey(), onStart } = {}) {
    const response = await this.#persist(signal, () => this.#send("/api/runs", {
      method: "POST", signal, body: { ...request, stream: true }, headers: { "Idempotency-Key": idempotencyKey },
    }));
    const runId = response.headers.get("X-Run-Id");
    onStart?.(runId);
    yield* this.#follow(runId, response, 0, signal);
  }

  /** The events of a run after an id; goes on until "done". */
  async *events(runId, { after = 0, signal } = {}) {
    yield* this.#follow(runId, null, after, signal);
  }

  /** Starts a run and gives its text when it is whole. Throws a ChatAppError where it ends otherwise. */
  async text(request, options) {
    let text = "";
    const aside = new Set();
    for await (const { event, data } of this.stream(request, options)) {
      if (event === "block.started" && data.kind !== "text") aside.add(data.index);
      else if (event === "block.delta" && !aside.has(data.index)) text += data.text;
      else if (event === "done" && data.status !== "completed") throw new ChatAppError(200, { detail: data.error?.message, code: data.error?.code ?? data.status });
    }
    return text;
  }

  run(id, { signal } = {}) { return this.#json(`/api/runs/${id}`, { signal }); }
  async cancel(id) { await this.#send(`/api/runs/${id}/cancel`, { method: "POST" }); }
  agents() { return this.#json("/api/agents"); }
  conversations() { return this.#json("/api/conversations"); }
  messages(conversationId) { return this.#json(`/api/conversations/${conversationId}/messages`); }

  /** Sends a request to any streaming address and yields its events as they are, data unparsed. at: milliseconds since it was sent. */
  async *raw(path, { method = "POST", body, headers, signal } = {}) {
    const sent = performance.now();
    const response = await this.#send(path, { method, body, headers, signal });
    yield { id: null, event: "", data: "", at: performance.now() - sent, response };
    if (response.body === null) return;
    for await (const event of readEvents(response.body)) yield { ...event, at: performance.now() - sent };
  }

  async *#follow(runId, response, after, signal) {
    for (let fruitless = 0; fruitless <= this.#patience; response = null) {
      response ??= await this.#persist(signal, () => this.#send(`/api/runs/${runId}/events`, { signal, headers: { "Last-Event-ID": String(after) } }));
      if (response.status === 204) return;
      fruitless++;
      try {
        for await (const { id, event, data } of readEvents(response.body)) {
          const parsed = { id: Number(id), event, data: JSON.parse(data) };
          after = parsed.id;
          fruitless = 0;
          yield parsed;
          if (event === "done") return;
        }
      } catch (error) {
        if (signal?.aborted || !(error instanceof TypeError)) throw error;
      }
      if (fruitless > 0) await this.#pause(fruitless, null, signal);
    }
    throw new ChatAppError(0, { code: "connection_lost", detail: "The connection broke again and again. The answer is kept on the server: follow its events later." });
  }

  /** Tries again what failed for want of a connection or of room on the server. */
  async #persist(signal, attempt) {
    for (let failures = 1; ; failures++) {
      try {
        return await attempt();
      } catch (error) {
        const passes = error instanceof TypeError || (error instanceof ChatAppError && (error.status === 429 || error.status >= 500));
        if (signal?.aborted || !passes || failures > this.#patience) throw error;
        await this.#pause(failures, error.retryAfter, signal);
      }
    }
  }

  #pause(failures, seconds, signal) {
    return sleep((seconds ?? Math.min(10, 0.25 * 2 ** failures) * (0.5 + Math.random() / 2)) * 1000, signal);
  }

  async #json(path, options) { return (await this.#send(path, options)).json(); }

  async #send(path, { method = "GET", body, headers = {}, signal } = {}) {
    const response = await this.#fetch(this.#base + path, {
      method, signal,
      headers: {
        ...(this.#key ? { Authorization: `Bearer ${this.#key}` } : {}),
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        ...headers,
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    if (response.ok) return response;
    const text = await response.text();
    let problem = {};
    try { problem = JSON.parse(text); } catch { problem = { detail: text || undefined }; }
    throw new ChatAppError(response.status, problem, Number(response.headers.get("Retry-After")) || null);
  }
}

// Not randomUUID: a browser has it only where the page came over https or from its own machine.
const newKey = () => Array.from(globalThis.crypto.getRandomValues(new Uint8Array(16)), b => b.toString(16).padStart(2, "0")).join("");

const sleep = (ms, signal) => new Promise((resolve, reject) => {
  const stop = () => { clearTimeout(timer); reject(signal.reason); };
  const timer = setTimeout(() => { signal?.removeEventListener("abort", stop); resolve(); }, ms);
  signal?.addEventListener("abort", stop, { once: true });
});
