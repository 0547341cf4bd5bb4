// An address such as /?q=text&agent=slug fills the composer of a new chat. It never sends: anybody can make such a link.
const longest = 8000;

/** What the address asks a new chat for, once: { text, agent }, the text after what was begun; null for nothing. */
export function takeLink(draft, max) {
  const url = new URL(location.href);
  const [wanted, agent] = [url.searchParams.get("q"), url.searchParams.get("agent")];
  if (!wanted && !agent) return null;
  url.searchParams.delete("q");
  url.searchParams.delete("agent");
  // A reload must not put it in again.
  history.replaceState(history.state, "", url);
  const text = (wanted ?? "").slice(0, Math.min(longest, max));
  return { text: text && draft && draft !== text ? `${draft}\n\n${text}` : text || draft, agent: /^[a-z0-9-]{1,63}$/.test(agent ?? "") ? agent : null };
}
