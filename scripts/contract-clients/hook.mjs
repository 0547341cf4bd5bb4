// The read loop of the React hooks in the contracts' documents, with its faults: each chunk of the network is decoded by itself and
// split at line ends with nothing carried over. node hook.mjs CONTRACT METHOD URL KEY [BODY]
import { read, tell } from "./contracts.mjs";

const [contract, method, url, key, body] = process.argv.slice(2);
const response = await fetch(url, {
  method, body: body || undefined, headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json" },
});
if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
const reader = response.body.getReader();
const next = async () => {
  try {
    return await reader.read();
  } catch {
    return { cut: true };
  }
};
for (;;) {
  const { done, value, cut } = await next();
  if (done || cut) {
    tell({ cut: !!cut });
    break;
  }
  for (const line of new TextDecoder("utf-8", { fatal: true }).decode(value).split("\n")) {
    if (line.startsWith("data: ")) read(contract, line.slice(6));
  }
}
