// The server under measurement: a published build, a data directory of its own, a person, an API key.
import { execFile, spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const ticksPerSecond = 100;

export const person = { email: "bench@example.com", password: "Bench-mark-9" };

export async function startServer(program, port) {
  const data = await mkdtemp(join(tmpdir(), "chatapp-bench-"));
  const env = {
    ...process.env, Data__Directory: data, Logging__LogLevel__Default: "Warning",
    Runs__MaxConcurrent: "1000", Runs__MaxConcurrentPerUser: "1000",
  };
  await run(program, ["users", "create", "--email", person.email, "--password", person.password, "--admin"], { env });
  const child = spawn(program, ["--urls", `http://127.0.0.1:${port}`], { env, stdio: ["ignore", "ignore", "inherit"] });
  const address = `http://127.0.0.1:${port}`;
  const deadline = Date.now() + 60_000;
  while (!(await fetch(`${address}/health`).then(r => r.ok, () => false))) {
    if (Date.now() > deadline || child.exitCode !== null) throw new Error("The server did not start.");
    await new Promise(r => setTimeout(r, 100));
  }
  const { stdout } = await run(program, ["keys", "create", "--user", person.email, "--name", "bench"], { env });
  const key = stdout.trim();
  const api = async (path, init) => {
    const response = await fetch(address + path, { ...init, headers: { authorization: `Bearer ${key}`, "content-type": "application/json" } });
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
    return response.json();
  };

  return {
    address,
    /** Milliseconds of processor time since the server's start. */
    async cpu() {
      const stat = await readFile(`/proc/${child.pid}/stat`, "utf8");
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      return (Number(fields[11]) + Number(fields[12])) * 1000 / ticksPerSecond;
    },
    /** Resident megabytes. */
    async memory() {
      const status = await readFile(`/proc/${child.pid}/status`, "utf8");
      return Number(/VmRSS:\s+(\d+)/.exec(status)[1]) / 1024;
    },
    /** Sends over the native API and waits for the whole answer. Nobody but this request looks at it. */
    ask: (input, conversation) => api("/api/runs", {
      method: "POST",
      body: JSON.stringify({ input, stream: false, ...(conversation && { conversation_id: conversation }) }),
    }),
    create: title => api("/api/conversations", { method: "POST", body: JSON.stringify({ title }) }),
    async lastRun(conversation) {
      const { data } = await api(`/api/conversations/${conversation}/messages`);
      return api(`/api/runs/${data.at(-1).run_id}`);
    },
    async stop() {
      const ended = new Promise(r => child.once("exit", r));
      child.kill("SIGTERM");
      await ended;
      await rm(data, { recursive: true, force: true });
    },
  };
}
