// Copy buttons of messages, of code blocks and of a new key.
let source = null;

export const register = newSource => { source = newSource; };

async function copy(text) {
  if (!navigator.clipboard) {
    // Plain http from another machine: browsers offer only the old way there.
    const field = document.body.appendChild(document.createElement("textarea"));
    field.value = await text;
    field.select();
    document.execCommand("copy");
    field.remove();
  } else if (typeof text === "string") {
    await navigator.clipboard.writeText(text);
  } else {
    // Safari allows the write only when it begins within the click, so it gets the promise.
    const blob = text.then(t => new Blob([t], { type: "text/plain" }));
    await navigator.clipboard.write([new ClipboardItem({ "text/plain": blob })]);
  }
}

function confirm(button, label) {
  button.toggleAttribute("data-copied", true);
  if (label) button.textContent = "✓";
  const status = document.getElementById("copied");
  status.textContent = status.dataset.text;
  setTimeout(() => {
    // Emptied, so that the next copy is a change, too.
    status.textContent = "";
    button.removeAttribute("data-copied");
    if (label) button.textContent = label;
  }, 1500);
}

document.addEventListener("click", async e => {
  const code = e.target.closest?.(".code-copy");
  const message = e.target.closest?.("[data-copy-message]");
  if (code?.hasAttribute("data-copied")) return;
  if (code) {
    await copy(code.closest(".code-block, .secret").querySelector("pre, code").textContent);
    confirm(code, code.textContent);
  } else if (message && source) {
    await copy(source.invokeMethodAsync("TextOf", message.dataset.copyMessage));
    confirm(message);
  }
});
