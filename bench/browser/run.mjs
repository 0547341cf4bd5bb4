// Measures the chat page in headless Chromium and prints the table of docs/performance.md, "In the browser".
//   npm ci --prefix bench/browser && node bench/browser/run.mjs <published ChatApp> [scenario …]
// Scenarios: answer, circuits, history, sidebar, idle; all of them without a name. Keep the machine quiet.
import { chromium } from "playwright-core";
import { connected, openChat, scrollSidebar, seen, send, signIn, watch, whole } from "./chat.mjs";
import { startServer } from "./server.mjs";
import { startWire } from "./wire.mjs";

const [program, ...names] = process.argv.slice(2);
if (!program) throw new Error("Which program? node bench/browser/run.mjs <published ChatApp>");
const server = await startServer(program, 9310);
const wire = await startWire(9311, 9310);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
const rows = [];
const report = (figure, value, goal = "") => {
  rows.push(`| ${figure} | ${value} | ${goal} |`);
  console.error(`${figure}: ${value}`);
};

const scenarios = {
  // 200 tokens/s of headings, lists, tables and code. The cost of the circuit is what a watched answer costs more than an unwatched one.
  async answer(context) {
    const cost = {};
    const warm = await openChat(context, wire.address);
    for (let i = 0; i < 3; i++) {
      await server.ask("/demo markdown tokens=2000 delay=1");
      await send(warm, "/demo markdown tokens=2000 delay=2");
      await whole(warm, 60_000);
    }
    await warm.close();
    for (const tokens of [1_000, 10_000]) {
      const question = `/demo markdown tokens=${tokens} delay=5`;
      const unwatched = await cpuOf(() => server.ask(question));
      const page = await openChat(context, wire.address);
      await send(page, "/demo tokens=50 delay=0");
      await whole(page, 60_000);
      const bytes = wire.received();
      let figures;
      const watched = await cpuOf(async () => {
        await send(page, question);
        await watch(page);
        await whole(page, tokens * 5 * 4 + 60_000);
        figures = await seen(page);
      });
      await page.close();
      cost[tokens] = watched - unwatched;
      const seconds = tokens * 0.005;
      const n = tokens.toLocaleString("en");
      report(`${n} tokens: server CPU of run and circuit, % of a core`, (watched / seconds / 10).toFixed(1), "below 40");
      report(`${n} tokens: server CPU of the circuit alone, ms per 1,000 tokens`, (cost[tokens] * 1000 / tokens).toFixed(0));
      report(`${n} tokens: bytes on the wire per token`, ((wire.received() - bytes) / tokens).toFixed(0));
      report(`${n} tokens: renders per second`, (figures.batches / figures.seconds).toFixed(1), "at most 30");
      report(`${n} tokens: changes of finished messages`, figures.finished, "0");
      report(`${n} tokens: longest task of the page, ms`, figures.longest.toFixed(0));
      report(`${n} tokens: seconds from the first to the last`, figures.seconds.toFixed(1), seconds.toFixed(1));
    }
    report("cost of the circuit, 10,000 over 1,000 tokens", `${(cost[10_000] / cost[1_000]).toFixed(1)} ×`, "at most 12 ×");
  },

  // Each page has a chat of its own: the pages of one person share the draft of the new chat. On two cores fifty pages keep the browser
  // itself behind; ten show the server's part of the lag.
  async circuits(context) {
    const tokens = 600, delay = 50;
    for (const count of [10, 50]) {
      const pages = [];
      for (let i = 0; i < count; i++) {
        const { conversation_id: conversation } = await server.ask("/demo tokens=10 delay=0");
        pages.push(await openChat(context, server.address, `/c/${conversation}`));
      }
      const memory = await server.memory();
      const began = Date.now();
      const late = [];
      const cpu = await cpuOf(() => Promise.all(pages.map(async page => {
        await send(page, `/demo markdown tokens=${tokens} delay=${delay}`);
        await watch(page);
        await whole(page, tokens * delay * 4 + 60_000);
        const { finished_at: finished } = await server.lastRun(new URL(page.url()).pathname.split("/").at(-1));
        late.push((await seen(page)).last - Date.parse(finished));
      })));
      const seconds = (Date.now() - began) / 1000;
      late.sort((a, b) => a - b);
      report(`${count} circuits at ${1000 / delay} tokens/s: server CPU, % of a core`, (cpu / seconds / 10).toFixed(0));
      report(`${count} circuits: ms from the run's end to the page's last change, median and worst`, `${late[count >> 1].toFixed(0)}, ${late.at(-1).toFixed(0)}`);
      report(`${count} circuits: memory, MB before and after`, `${memory.toFixed(0)}, ${(await server.memory()).toFixed(0)}`);
      for (const page of pages) await page.close();
    }
  },

  async history(context) {
    let { conversation_id: conversation } = await server.ask("/demo markdown");
    for (let i = 1; i < 1_000; i++) await server.ask("/demo tokens=60 delay=0", conversation);
    const bytes = wire.received();
    const page = await context.newPage();
    const began = Date.now();
    await page.goto(`${wire.address}/c/${conversation}`, { waitUntil: "commit" });
    await page.waitForFunction(() => [...document.querySelectorAll(".message-assistant")].at(-1)?.textContent.includes("w60"), undefined, { timeout: 60_000 });
    const shown = Date.now() - began;
    await connected(page);
    report("2,000 messages: ms until the newest is on the screen", shown);
    report("2,000 messages: ms until the page listens", Date.now() - began);
    report("2,000 messages: kB on the wire", ((wire.received() - bytes) / 1000).toFixed(0));
    await page.close();
  },

  // A fast thumb through ten thousand conversations, then a jump to the oldest.
  async sidebar(context) {
    for (let i = 0; i < 10_000; i += 50) await Promise.all(Array.from({ length: 50 }, (_, n) => server.create(`Conversation ${i + n}`)));
    const page = await context.newPage();
    const began = Date.now();
    await page.goto(server.address, { waitUntil: "commit" });
    await page.waitForSelector(".conversation-row[data-id]");
    report("10,000 conversations: ms until the first are on the screen", Date.now() - began);
    await connected(page);
    const { frames, slow, blank, longest, jump } = await page.evaluate(scrollSidebar);
    report("10,000 conversations: frames per second while 5,000 px/s go by", frames.toFixed(0));
    report("10,000 conversations: of them after more than 50 ms", slow);
    report("10,000 conversations: of them with a gap in the list", blank);
    report("10,000 conversations: longest task of the page, ms", longest.toFixed(0));
    report("10,000 conversations: ms from a jump to the oldest until they are there", jump.toFixed(0));
    report("10,000 conversations: lines in the page", await page.locator(".conversation-row[data-id]").count());
    await page.close();
  },

  async idle(context) {
    const count = 40;
    // The first pages pay for code that is compiled once.
    for (let i = 0; i < 5; i++) await (await openChat(context, server.address)).close();
    const before = await server.memory();
    const pages = [];
    for (let i = 0; i < count; i++) pages.push(await openChat(context, server.address));
    report("memory of an idle circuit, MB", ((await server.memory() - before) / count).toFixed(2));
    for (const page of pages) await page.close();
  },
};

async function cpuOf(work) {
  const before = await server.cpu();
  await work();
  return await server.cpu() - before;
}

try {
  for (const name of names.length ? names : Object.keys(scenarios)) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
    await signIn(context, server.address);
    // Cookies are for a host, not for a port: the relay's address is signed in too.
    await scenarios[name](context);
    await context.close();
  }
  console.log(["| figure | value | goal |", "|---|---|---|", ...rows].join("\n"));
} finally {
  await browser.close();
  await wire.stop();
  await server.stop();
}
