// An independent reader of WAV files for tests: 16-bit stereo PCM, its INFO texts, nothing else; it throws on anything odd.

export interface Wave {
  readonly rate: number;
  readonly frames: number;
  readonly left: Float64Array;
  readonly right: Float64Array;
  readonly info: Readonly<Record<string, string>>;
}

export function readWave(bytes: Uint8Array): Wave {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const id = (at: number): string => buffer.toString('latin1', at, at + 4);
  if (id(0) !== 'RIFF' || id(8) !== 'WAVE') throw new Error('no WAV');
  if (buffer.readUInt32LE(4) !== buffer.length - 8) throw new Error('wrong RIFF size');
  const info: Record<string, string> = {};
  let rate = 0;
  let data: Buffer | undefined;
  let at = 12;
  while (at < buffer.length) {
    const [name, size] = [id(at), buffer.readUInt32LE(at + 4)];
    const body = buffer.subarray(at + 8, at + 8 + size);
    if (body.length !== size) throw new Error(`chunk ${name} is cut`);
    if (name === 'fmt ') {
      const [format, channels, rateHere, perSecond, align, bits] = [0, 2, 4, 8, 12, 14].map((offset) =>
        [4, 8].includes(offset) ? body.readUInt32LE(offset) : body.readUInt16LE(offset),
      );
      if (format !== 1 || channels !== 2 || bits !== 16 || align !== 4 || perSecond !== (rateHere ?? 0) * 4)
        throw new Error('not 16-bit stereo PCM');
      rate = rateHere ?? 0;
    } else if (name === 'LIST' && body.toString('latin1', 0, 4) === 'INFO') {
      for (let inner = 4; inner < body.length; ) {
        const length = body.readUInt32LE(inner + 4);
        const text = body.subarray(inner + 8, inner + 8 + length);
        if (text.at(-1) !== 0) throw new Error('a text without its end');
        info[body.toString('latin1', inner, inner + 4)] = text.toString('utf8', 0, length - 1);
        inner += 8 + length + (length % 2);
      }
    } else if (name === 'data') data = body;
    else throw new Error(`unknown chunk ${name}`);
    at += 8 + size + (size % 2);
  }
  if (data === undefined || at !== buffer.length) throw new Error('no samples, or more than announced');
  const frames = data.length / 4;
  const samples = data;
  const channel = (offset: number): Float64Array =>
    Float64Array.from({ length: frames }, (_, i) => samples.readInt16LE(i * 4 + offset) / 32_768);
  return { rate, frames, left: channel(0), right: channel(2), info };
}
