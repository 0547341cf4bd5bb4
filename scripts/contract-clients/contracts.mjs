// What a client of each contract makes of an event: the text to show, the whole text, an error, the end.
export const contracts = {
  Ask: e => ({
    chunk: { piece: e.content }, message: { whole: e.message?.content }, error: { error: e.error }, done: { done: true },
  })[e.type],
  Agentic: e => e.done ? { done: true } : { piece: e.delta },
  Persona: e => ({ complete: { done: true }, error: { error: e.error } })[e.event] ?? { piece: e.token },
  Relay: e => e.type === "error" ? { error: e.error } : { piece: e.content },
  StudyGuru: e => ({
    token: { piece: e.content }, complete: { whole: e.content, done: true }, error: { error: e.error },
  })[e.type],
};

/** Says on standard output what the person would see, one JSON object on each line. */
export const tell = seen => {
  if (seen && Object.values(seen).some(value => value !== undefined)) process.stdout.write(JSON.stringify(seen) + "\n");
};

/** Tells what an event's data say; Relay's end mark is no JSON, and no other contract has one. JSON.parse stands in no try. */
export const read = (contract, data) => {
  const seen = contract === "Relay" && data === "[DONE]" ? { done: true } : contracts[contract](JSON.parse(data));
  tell(seen);
  return seen ?? {};
};
