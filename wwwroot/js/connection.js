// Starts Blazor and keeps its connection. One that was cut is tried again after pauses that grow from half a second to five, each
// somewhat different in each page, so that a server that comes back is not met by all of them at once; and at once when somebody
// looks at the page again or the browser is online. When the server no longer knows this page, the page reloads, but not before the
// server itself answers: the browser's error page, or that of a proxy before a server that is starting again, would end the waiting.
const shortestPause = 500;
const longestPause = 5000;
const notice = document.getElementById("components-reconnect-modal");
const backCallbacks = [];
let lost = false;
let wake = () => { };

/** Whether what is sent to the server now is lost. */
export const isCut = () => lost;

/** Calls back each time the page has its circuit again. What was under way when it was cut gets no answer any more. */
export const onBack = callback => backCallbacks.push(callback);

function show(state) {
  notice.classList.remove("components-reconnect-show", "components-reconnect-hide", "components-reconnect-rejected");
  notice.classList.add(`components-reconnect-${state}`);
}

/** Waits before the attempt after so many others. Resolves to whether something has cut the waiting short. */
function pause(attempts) {
  const longest = Math.min(longestPause, shortestPause * 2 ** attempts);
  return new Promise(resolve => {
    const timer = setTimeout(() => resolve(false), longest * (0.5 + Math.random() / 2));
    wake = () => { clearTimeout(timer); resolve(true); };
  });
}

async function answers() {
  try {
    return (await fetch(document.baseURI + "favicon.svg", { method: "HEAD", cache: "no-store" })).ok;
  } catch {
    return false;
  }
}

async function reloadWhenThere() {
  for (let attempts = 0; !await answers(); attempts++)
    if (await pause(attempts)) attempts = -1;
  location.reload();
}

async function reconnect() {
  if (lost) return;
  lost = true;
  show("show");
  for (let attempts = 0; ; attempts++) {
    if (await pause(attempts)) attempts = -1;
    try {
      if (await Blazor.reconnect()) break;
      show("rejected");
      return reloadWhenThere();
    } catch {
      // There is no server yet, or no way to it.
    }
  }
  lost = false;
  show("hide");
  backCallbacks.forEach(callback => callback());
}

addEventListener("online", () => wake());
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && wake());

Blazor.start({ circuit: { reconnectionHandler: { onConnectionDown: reconnect, onConnectionUp() { } } } });
