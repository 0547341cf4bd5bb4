// The message tree by keyboard. Within the thread: J and K go from message to message (the arrows too, once one has the focus), C
// copies, E edits, R asks again, D shows details, [ and ] switch the branch. The buttons do the work; nothing here calls the server.
const ACTIONS = { c: "copy", e: "edit", r: "regenerate", d: "details", "[": "previous", "]": "next" };

export function watchKeys(thread, signal) {
  const messages = () => [...thread.querySelectorAll(".message")];
  // Where the focus was when a branch was switched: its message goes, and the focus may not go with it.
  let left = null;

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

  thread.addEventListener("click", e => {
    const button = e.target.closest('[data-action="previous"], [data-action="next"]');
    if (!button) return;
    const message = button.closest(".message");
    left = { at: messages().indexOf(message), action: document.activeElement === message ? null : button.dataset.action };
  }, { signal });

  const changed = new MutationObserver(() => {
    if (!left || document.activeElement !== document.body) return;
    const message = messages()[left.at];
    const button = left.action && message?.querySelector(`[data-action="${left.action}"]`);
    left = null;
    (button && !button.disabled ? button : message)?.focus({ preventScroll: true });
  });
  changed.observe(thread.querySelector(".thread-content"), { childList: true });
  signal.addEventListener("abort", () => changed.disconnect());
}
