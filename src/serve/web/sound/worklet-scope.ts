// Browsers leave things out of an AudioWorkletGlobalScope that the synthesizer's library takes for granted; here they are. Only ASCII is
// decoded: the names inside mst's sound bank. To be imported first.

interface Scope {
  TextDecoder?: unknown;
  TextEncoder?: unknown;
  performance?: unknown;
}

class AsciiDecoder {
  decode(bytes?: Uint8Array): string {
    let text = '';
    for (const byte of bytes ?? []) text += String.fromCharCode(byte);
    return text;
  }
}

class AsciiEncoder {
  encode(text = ''): Uint8Array {
    return Uint8Array.from(text, (letter) => letter.charCodeAt(0) & 0x7f);
  }
}

const scope = globalThis as unknown as Scope;
scope.TextDecoder ??= AsciiDecoder;
scope.TextEncoder ??= AsciiEncoder;
scope.performance ??= { now: () => (currentFrame / sampleRate) * 1000 };

export {};
