// What a person does on the chat page, and what the page does meanwhile.
import { person } from "./server.mjs";

export async function signIn(context, address) {
  const page = await context.newPage();
  await page.goto(`${address}/`);
  await page.getByLabel("E-mail address").fill(person.email);
  await page.getByLabel("Password").fill(person.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await connected(page);
  await page.close();
}

export const connected = page => page.waitForSelector("chat-composer[data-connected]", { timeout: 60_000 });

export async function openChat(context, address, path = "/") {
  const page = await context.newPage();
  await page.goto(address + path);
  await connected(page);
  return page;
}

/** Sends, and returns when the answer has begun. */
export async function send(page, text) {
  const answers = await page.locator(".message-assistant").count();
  await page.locator("chat-composer textarea").fill(text);
  await page.locator("chat-composer textarea").press("Enter");
  await page.waitForFunction(n => document.querySelectorAll(".message-assistant").length > n, answers, { timeout: 60_000 });
}

/** Returns when the last answer is whole. */
export const whole = (page, timeout) => page.waitForFunction(
  () => {
    const last = [...document.querySelectorAll(".message-assistant")].at(-1);
    return last && !last.querySelector(".is-streaming") && last.querySelector(".message-actions");
  }, undefined, { timeout, polling: 100 });

/** Counts from now on, in the page. */
export const watch = page => page.evaluate(() => {
  const seen = { batches: 0, finished: 0, longest: 0, began: performance.now(), last: Date.now() };
  const last = [...document.querySelectorAll(".message")].at(-1);
  // A batch of the renderer is applied in one task, after which the observer is called once.
  new MutationObserver(() => { seen.batches++; seen.last = Date.now(); }).observe(last, { subtree: true, childList: true, characterData: true, attributes: true });
  const finished = new MutationObserver(changes => { seen.finished += changes.length; });
  for (const message of document.querySelectorAll(".message"))
    if (message !== last) finished.observe(message, { subtree: true, childList: true, characterData: true });
  new PerformanceObserver(list => {
    for (const task of list.getEntries()) seen.longest = Math.max(seen.longest, task.duration);
  }).observe({ type: "longtask" });
  globalThis.benchSeen = seen;
});

export const seen = page => page.evaluate(() => ({ ...benchSeen, seconds: (performance.now() - benchSeen.began) / 1000 }));

/** Scrolls the sidebar in the page for five seconds, then jumps to its end. */
export async function scrollSidebar() {
  const list = document.querySelector(".sidebar-list");
  const figures = { frames: 0, slow: 0, blank: 0, longest: 0, jump: 0 };
  new PerformanceObserver(entries => {
    for (const task of entries.getEntries()) figures.longest = Math.max(figures.longest, task.duration);
  }).observe({ type: "longtask" });
  const frame = () => new Promise(requestAnimationFrame);
  const isFilled = () => {
    const box = list.getBoundingClientRect();
    return [0.1, 0.5, 0.9].every(at => document.elementFromPoint(box.x + box.width / 2, box.y + box.height * at).closest(".sidebar-list > :not(.list-space)"));
  };
  const seconds = 5;
  const began = await frame();
  for (let now = began; now < began + seconds * 1000;) {
    const next = await frame();
    list.scrollTop += (next - now) * 5;
    figures.frames += 1 / seconds;
    figures.slow += next - now > 50;
    figures.blank += !isFilled();
    now = next;
  }
  const jumped = performance.now();
  list.scrollTop = list.scrollHeight;
  do await frame(); while (!isFilled());
  figures.jump = performance.now() - jumped;
  return figures;
}
