// CRC-32C (Castagnoli), and the masked form that TFRecord files, TensorFlow checkpoints and LevelDB tables store (spec E.1).

// Reflected polynomial 0x1EDC6F41. Table k advances a byte over k further zero bytes, so eight bytes take eight look-ups (slicing-by-8).
const polynomial = 0x82f63b78;
const tables = Array.from({ length: 8 }, () => new Int32Array(256));
const [t0, t1, t2, t3, t4, t5, t6, t7] = tables as [
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
];
for (let byte = 0; byte < 256; byte++) {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ polynomial : crc >>> 1;
  t0[byte] = crc;
}
for (let k = 1; k < 8; k++) {
  const before = tables[k - 1] as Int32Array;
  const table = tables[k] as Int32Array;
  for (let byte = 0; byte < 256; byte++) {
    const crc = before[byte] as number;
    table[byte] = (crc >>> 8) ^ (t0[crc & 255] as number);
  }
}

/** CRC-32C of bytes[from..to), unsigned. `crc` is that of what came before, so a long text can be taken in pieces. */
export function crc32c(bytes: Uint8Array, from = 0, to = bytes.length, crc = 0): number {
  let c = ~crc;
  let i = from;
  for (const whole = to - 7; i < whole; i += 8) {
    c ^= (bytes[i] as number) | ((bytes[i + 1] as number) << 8) | ((bytes[i + 2] as number) << 16) | ((bytes[i + 3] as number) << 24);
    c =
      (t7[c & 255] as number) ^
      (t6[(c >>> 8) & 255] as number) ^
      (t5[(c >>> 16) & 255] as number) ^
      (t4[c >>> 24] as number) ^
      (t3[bytes[i + 4] as number] as number) ^
      (t2[bytes[i + 5] as number] as number) ^
      (t1[bytes[i + 6] as number] as number) ^
      (t0[bytes[i + 7] as number] as number);
  }
  for (; i < to; i++) c = (c >>> 8) ^ (t0[(c ^ (bytes[i] as number)) & 255] as number);
  return ~c >>> 0;
}

/** The masked CRC-32C of bytes[from..to): rotated and shifted, so that a CRC of data that holds CRCs stays sound. */
export function maskedCrc32c(bytes: Uint8Array, from = 0, to = bytes.length): number {
  const crc = crc32c(bytes, from, to);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}
