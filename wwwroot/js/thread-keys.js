// The message tree by keyboard. Within the thread: J and K go from message to message (the arrows too, once one has the focus), C
// copies, E edits, R asks again, D shows details, [ and ] switch the branch. The buttons do the work; nothing here calls the server.
const ACTIONS = { c: "copy", e: "edit", r: "regenerate", d: "details", "[": "previous", "]": "next" };

export function watchKeys(thread, signal) {
  const messages = () => [...thread.querySelectorAll(".message")];
  // What has the focus. It may go with a change of the thread: an editor that closes, an answer that another takes the place of.
  let held = null;

  const go = message => {
    message?.focus({ preventScroll: true });
    message?.scrollIntoView({ block: "nearest" });
  };

  thread.addEventListener("keydown", e => {
    if (e.ctrlKey || e.metaKey || e.altKey || e.target.closest("input, textarea, select, [popover], [contenteditable]")) return;
    const current = e.target.closest(".message");
    const step = { j: 1, k: -1 }[e.key] ?? (e.target === current ? { ArrowDown: 1, ArrowUp: -1 }[e.key] : undefined);
    if (step) {
      e.preventDefault();
      const all = messages();
      go(current ? all[all.indexOf(current) + step] : thread.first());
      return;
    }
    const button = current && ACTIONS[e.key] && current.querySelector(`.message-actions [data-action="${ACTIONS[e.key]}"]:not(:disabled)`);
    if (!button) return;
    e.preventDefault();
    button.click();
  }, { signal });

  document.addEventListener("focusin", e => {
    const message = thread.contains(e.target) ? e.target.closest(".message") : null;
    held = message && { element: e.target, message, at: messages().indexOf(message), action: e.target.dataset.action };
  }, { signal });
  // Who presses elsewhere has left.
  document.addEventListener("pointerdown", e => {
    if (!held?.message.contains(e.target)) held = null;
  }, { signal });

  const changed = new MutationObserver(() => {
    if (!held || document.activeElement !== document.body || (held.element.isConnected && !held.element.disabled)) return;
    const message = held.message.isConnected ? held.message : messages()[held.at];
    if (!message) return;
    const button = held.action && message.querySelector(`[data-action="${held.action}"]:not(:disabled)`);
    (button || message).focus({ preventScroll: true });
  });
  changed.observe(thread.querySelector(".thread-content"), { childList: true, subtree: true, attributeFilter: ["disabled"] });
  signal.addEventListener("abort", () => changed.disconnect());
}
