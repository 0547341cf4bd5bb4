// The EventSource polyfills with which apps post: they close at the end mark or the error, so as not to post again.
// node eventsource.mjs eventsource|fetch-event-source CONTRACT METHOD URL KEY [BODY]
import { createRequire } from "node:module";
import { read, tell } from "./contracts.mjs";

const require = createRequire(new URL("../eventsource-clients/package.json", import.meta.url));
const [client, contract, method, url, key, body] = process.argv.slice(2);
const headers = { Authorization: `Bearer ${key}`, "Content-Type": "application/json" };
const request = { method, body: body || undefined };
// What Relay's error is followed by is its end, too.
const isLast = seen => seen.done || (seen.error !== undefined && contract !== "Relay");

if (client === "eventsource") {
  const { EventSource } = require("eventsource");
  const source = new EventSource(url, { fetch: (input, init) => fetch(input, { ...init, ...request, headers: { ...init.headers, ...headers } }) });
  source.onmessage = e => {
    if (isLast(read(contract, e.data))) source.close();
  };
  source.onerror = () => {
    tell({ cut: true });
    source.close();
  };
} else {
  const { fetchEventSource } = require("@microsoft/fetch-event-source");
  // It is made for browsers.
  globalThis.window = globalThis;
  globalThis.document = { hidden: false, addEventListener() {}, removeEventListener() {} };
  class Closed extends Error {}
  try {
    await fetchEventSource(url, {
      ...request, headers,
      onmessage(e) {
        // It gives comments, too, as events without data; Agentic's snapshot has a name.
        if (e.data !== "" && e.event === "") read(contract, e.data);
      },
      onclose() {
        tell({ cut: false });
        throw new Closed();
      },
      onerror(error) {
        if (error instanceof TypeError) tell({ cut: true });
        throw error;
      },
    });
  } catch (error) {
    if (!(error instanceof Closed) && !(error instanceof TypeError)) throw error;
  }
}
