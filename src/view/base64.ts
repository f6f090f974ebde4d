// Bytes as base64, in Node and in browsers alike, however many there are.

/** Three bytes become four characters: a whole number of threes. */
const CHUNK = 3 * 8192;

/** With padding. */
export function base64Of(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += CHUNK) text += btoa(String.fromCharCode(...bytes.subarray(at, at + CHUNK)));
  return text;
}
