// The MP3 encoder carries its WebAssembly in a data: address and fetches it. The page's policy lets nothing be fetched but from its own
// server, so such addresses are answered here, where nothing leaves the thread.

const BASE64 = ';base64';

/** From now on `fetch` of this thread answers base64 data: addresses by itself. */
export function answerDataAddresses(): void {
  const outside = globalThis.fetch.bind(globalThis);
  globalThis.fetch = async (input, init) => {
    if (typeof input !== 'string' || !input.startsWith('data:')) return outside(input, init);
    const comma = input.indexOf(',');
    const kind = input.slice('data:'.length, comma);
    if (!kind.endsWith(BASE64)) return outside(input, init);
    const bytes = Uint8Array.from(atob(input.slice(comma + 1)), (character) => character.charCodeAt(0));
    return new Response(bytes, { headers: { 'Content-Type': kind.slice(0, -BASE64.length) } });
  };
}
