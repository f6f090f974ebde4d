// A certificate that this computer signs for itself (X.509, RFC 5280), so that the page can be opened from others over https: the bytes are
// laid out here in DER, keys and signature are Node's.

import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { isIP } from 'node:net';

export interface Certificate {
  /** Both in PEM. */
  readonly key: string;
  readonly cert: string;
}

const DAY = 86_400_000;
/** Browsers accept none that is valid for longer than 398. */
const VALID_DAYS = 397;
const Tag = {
  boolean: 0x01,
  integer: 0x02,
  bits: 0x03,
  octets: 0x04,
  oid: 0x06,
  utf8: 0x0c,
  utcTime: 0x17,
  sequence: 0x30,
  set: 0x31,
} as const;
/** Object identifiers, their bytes as they stand in DER. */
const Oid = {
  ecdsaWithSha256: [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02],
  commonName: [0x55, 0x04, 0x03],
  keyUsage: [0x55, 0x1d, 0x0f],
  alternativeNames: [0x55, 0x1d, 0x11],
  basicConstraints: [0x55, 0x1d, 0x13],
  extendedKeyUsage: [0x55, 0x1d, 0x25],
  serverAuth: [0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x01],
} as const;
/** Context-specific tags: of alternative names a DNS name and an IP address, of a certificate its version and its extensions. */
const DNS_NAME = 0x82;
const IP_ADDRESS = 0x87;
const VERSION = 0xa0;
const EXTENSIONS = 0xa3;
const UNCOMPRESSED_BITS = 0;

/** Makes a certificate for names and addresses (IPv6 without brackets). @param now milliseconds since 1970 */
export function makeCertificate(names: readonly string[], now: number): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const algorithm = der(Tag.sequence, der(Tag.oid, Oid.ecdsaWithSha256));
  const name = der(
    Tag.sequence,
    der(Tag.set, der(Tag.sequence, der(Tag.oid, Oid.commonName), der(Tag.utf8, Buffer.from('mst serve, on this computer')))),
  );
  // The first byte keeps it positive and not zero.
  const serial = Buffer.concat([Buffer.from([0x4d]), randomBytes(15)]);
  const body = der(
    Tag.sequence,
    der(VERSION, der(Tag.integer, [2])),
    der(Tag.integer, serial),
    algorithm,
    name,
    der(Tag.sequence, time(now - DAY), time(now + VALID_DAYS * DAY - DAY)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(EXTENSIONS, der(Tag.sequence, ...extensions(names))),
  );
  const signature = sign('sha256', body, privateKey);
  const bytes = der(Tag.sequence, body, algorithm, der(Tag.bits, [UNCOMPRESSED_BITS], signature));
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    cert: `-----BEGIN CERTIFICATE-----\n${bytes
      .toString('base64')
      .replace(/(.{64})/g, '$1\n')
      .trimEnd()}\n-----END CERTIFICATE-----\n`,
  };
}

function extensions(names: readonly string[]): Buffer[] {
  const critical = der(Tag.boolean, [0xff]);
  const alternatives = names.map((name) =>
    isIP(name) === 0 ? der(DNS_NAME, Buffer.from(name, 'latin1')) : der(IP_ADDRESS, addressBytes(name)),
  );
  const extension = (oid: readonly number[], value: Buffer, ...flags: Buffer[]): Buffer =>
    der(Tag.sequence, der(Tag.oid, oid), ...flags, der(Tag.octets, value));
  return [
    extension(Oid.basicConstraints, der(Tag.sequence), critical),
    // Bit 0, digital signature; seven bits of the byte are not used.
    extension(Oid.keyUsage, der(Tag.bits, [7, 0x80]), critical),
    extension(Oid.extendedKeyUsage, der(Tag.sequence, der(Tag.oid, Oid.serverAuth))),
    extension(Oid.alternativeNames, der(Tag.sequence, ...alternatives)),
  ];
}

/** Tag, length and contents. */
function der(tag: number, ...parts: (Uint8Array | readonly number[])[]): Buffer {
  const contents = Buffer.concat(parts.map((part) => Buffer.from(part as Uint8Array)));
  const { length } = contents;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), contents]);
}

/** UTCTime: YYMMDDHHMMSSZ, which holds until 2049. */
function time(milliseconds: number): Buffer {
  const text = new Date(milliseconds).toISOString().replace(/^..|[-:T]|\.\d+/g, '');
  return der(Tag.utcTime, Buffer.from(text, 'latin1'));
}

/** The 4 or 16 bytes of an address. */
function addressBytes(address: string): number[] {
  if (isIP(address) === 4) return address.split('.').map(Number);
  const [left = '', right] = address.replace(/%.*$/, '').split('::');
  const words = (text: string): number[] =>
    text === ''
      ? []
      : text.split(':').flatMap((part) => {
          if (!part.includes('.')) return [Number.parseInt(part, 16)];
          const [a = 0, b = 0, c = 0, d = 0] = part.split('.').map(Number);
          return [a * 256 + b, c * 256 + d];
        });
  const head = words(left);
  const tail = right === undefined ? [] : words(right);
  const all = [...head, ...new Array<number>(8 - head.length - tail.length).fill(0), ...tail];
  return all.flatMap((word) => [word >> 8, word & 0xff]);
}
