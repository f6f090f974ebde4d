// Choosing and starting a kernel module: with relaxed SIMD (fused multiply-add) where the runtime has it, with plain SIMD elsewhere.

import { MstError } from '../core/errors.js';
import { attentionBytes, blockBytes, layerBytes, networkBytes } from './records.js';
import { type WasmMemory, type WasmModule, webAssembly } from './webassembly.js';

/** The two builds of a module, base64. */
export interface ModuleBuilds {
  readonly plain: string;
  readonly relaxed: string;
}

export type SimdKind = 'relaxed-simd' | 'simd';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Bytes of a base64 text with its padding taken off. */
function decode(text: string): Uint8Array {
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  const code = new Uint8Array(128);
  for (let i = 0; i < 64; i++) code[alphabet.charCodeAt(i)] = i;
  let bits = 0;
  let held = 0;
  let at = 0;
  for (let i = 0; i < text.length; i++) {
    bits = (bits << 6) | (code[text.charCodeAt(i)] as number);
    held += 6;
    if (held >= 8) {
      held -= 8;
      bytes[at++] = bits >> held;
      bits &= (1 << held) - 1;
    }
  }
  return bytes;
}

/**
 * The best build this runtime takes, or the one that is asked for.
 * @throws MstError `engine` when the runtime has no WebAssembly SIMD, or not the kind asked for
 */
export function chooseModule(builds: ModuleBuilds, wanted?: SimdKind): { module: WasmModule; simd: SimdKind } {
  const kinds: readonly SimdKind[] = wanted === undefined ? ['relaxed-simd', 'simd'] : [wanted];
  for (const simd of kinds) {
    const bytes = decode(simd === 'simd' ? builds.plain : builds.relaxed);
    if (webAssembly?.validate(bytes)) return { module: new webAssembly.Module(bytes), simd };
  }
  throw new MstError('engine', `This runtime does not run WebAssembly with ${kinds.at(-1)}.`, {
    hint: 'Use a newer Node or browser, or --engine cpu.',
  });
}

function required(): NonNullable<typeof webAssembly> {
  if (webAssembly === undefined) throw new MstError('engine', 'This runtime has no WebAssembly.', { hint: 'Use --engine cpu.' });
  return webAssembly;
}

/** A memory of `bytes` bytes, rounded up to whole pages; a shared one can be sent to other threads. */
export function createMemory(bytes: number, shared: boolean): WasmMemory {
  const pages = Math.ceil(bytes / 65536);
  const { Memory } = required();
  try {
    return shared ? new Memory({ initial: pages, maximum: pages, shared }) : new Memory({ initial: pages });
  } catch (cause) {
    throw new MstError('engine', `There is no memory of ${Math.ceil(bytes / 1048576)} MB to be had.`, {
      hint: 'Close other programs; to train, use a smaller batch too, as in --hparams "batch_size=4".',
      cause,
    });
  }
}

/**
 * Starts a module on a memory of which everything from `firstByte` on is laid out by this program.
 * @throws MstError `engine` when the module and this program do not belong together
 */
export function startModule(module: WasmModule, memory: WasmMemory, firstByte: number): Record<string, unknown> {
  const { exports } = new (required().Instance)(module, { env: { memory } });
  const known = exports as unknown as { recordBytes(kind: number): number; blockBytes(): number; heapBase: { value: number } };
  const sizes = [known.recordBytes(0), known.recordBytes(1), known.recordBytes(2), known.blockBytes()];
  if (sizes.join() === [networkBytes, layerBytes, attentionBytes, blockBytes].join() && known.heapBase.value <= firstByte) return exports;
  throw new MstError('engine', 'The WebAssembly kernels were built from other sources than this program.', { hint: 'Run npm run build.' });
}
