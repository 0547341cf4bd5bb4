// An address such as /?q=text&agent=slug fills the composer of a new chat. It never sends: anybody can make such a link.
const longest = 8000;

/** What the address asks for, once: { text, agent }; null for nothing. */
export function takeLink(place, max) {
  if (place !== "new") return null;
  const url = new URL(location.href);
  const [text, agent] = [url.searchParams.get("q"), url.searchParams.get("agent")];
  if (!text && !agent) return null;
  url.searchParams.delete("q");
  url.searchParams.delete("agent");
  // A reload must not put it in again.
  history.replaceState(history.state, "", url);
  return { text: (text ?? "").slice(0, Math.min(longest, max)), agent: /^[a-z0-9-]{1,63}$/.test(agent ?? "") ? agent : null };
}
