// The server keeps texts in UTF-8. What the browser knows to be another encoding goes there as UTF-8.

/** @returns {Promise<File>} The same file where it is UTF-8 already, or no text. */
export async function asUtf8(file) {
  const text = decode(new Uint8Array(await file.arrayBuffer()));
  return text === null ? file : new File([text], file.name, { type: "text/plain" });
}

function decode(bytes) {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return tryDecode("utf-16le", bytes);
  if (first === 0xfe && second === 0xff) return tryDecode("utf-16be", bytes);
  if (tryDecode("utf-8", bytes) !== null || !bytes.every(isWindows1252)) return null;
  return tryDecode("windows-1252", bytes);
}

function tryDecode(encoding, bytes) {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

// Without the controls that no text has, and the five that the encoding leaves out: nearly every other file has some of them.
const isWindows1252 = b => (b >= 0x20 || b === 9 || b === 10 || b === 12 || b === 13) && ![0x7f, 0x81, 0x8d, 0x8f, 0x90, 0x9d].includes(b);
