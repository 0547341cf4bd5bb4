// Follows a run with one of the EventSource clients of npm, as its documentation says, until the run is done.
// node follow.mjs eventsource|fetch-event-source URL KEY: one line of JSON for each event, on standard output.
import { EventSource } from 'eventsource';
import fetchEventSource from '@microsoft/fetch-event-source';

const names = ['run.started', 'block.started', 'block.delta', 'block.ended', 'tool.result', 'usage', 'done'];
const [client, url, key] = process.argv.slice(2);
const authorization = `Bearer ${key}`;
const tell = (id, event, data) => process.stdout.write(JSON.stringify({ id, event, data }) + '\n');

if (client === 'eventsource') {
  const source = new EventSource(url, {
    fetch: (input, init) => fetch(input, { ...init, headers: { ...init.headers, authorization } }),
  });
  for (const name of names) {
    source.addEventListener(name, e => {
      tell(e.lastEventId, name, e.data);
      if (name === 'done')
        source.close();
    });
  }
} else {
  // It is made for browsers.
  globalThis.window = globalThis;
  globalThis.document = { hidden: false, addEventListener() {}, removeEventListener() {} };
  const end = new AbortController();
  await fetchEventSource.fetchEventSource(url, {
    headers: { authorization },
    signal: end.signal,
    onmessage(e) {
      // It gives comments, too, as events without a name.
      if (e.event === '')
        return;
      tell(e.id, e.event, e.data);
      if (e.event === 'done')
        end.abort();
    },
    onclose() {
      throw new Error('Closed before the end: reconnect.');
    },
  });
}
