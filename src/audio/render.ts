// From the bytes of a MIDI file to the bytes of a sound file, in pieces: the music is played once into a store, its loudest sample is then
// known, and what is written is as loud as it can be without clipping. It knows no files, so that a page can render, too.

import { Random } from '../core/random.js';
import { type Bitrate, DEFAULT_BITRATE, Mp3Encoder } from './mp3-file.js';
import { PIECE, type Piece, perform, RATE } from './performance.js';
import { readScore } from './score.js';
import type { SoundStore } from './sound-store.js';
import type { SoundFont } from './soundfont-bytes.js';
import type { Tags } from './tags.js';
import { pcm16, waveHeader } from './wave-file.js';

export type Format = 'wav' | 'mp3';

export interface RenderOptions {
  readonly font: SoundFont;
  readonly format: Format;
  readonly bitrate?: Bitrate;
  readonly tags?: Tags & { /** The title when neither `title` nor the music says one. */ readonly fallbackTitle?: string };
  /** Reverb and chorus; default true. */
  readonly effects?: boolean;
  /** Where raw sound is kept meanwhile. */
  readonly store: SoundStore;
  /** Awaited between pieces, so that others have their turn; by default they have none. */
  readonly pause?: () => Promise<unknown>;
  readonly signal: AbortSignal;
  /** Told how many seconds of the music are played, and about how many there are. */
  readonly onProgress?: (seconds: number, total: number) => void;
}

/** What was rendered. */
export interface Rendering {
  /** Seconds, the reverberation included. */
  readonly seconds: number;
  readonly notes: number;
  /** Decibels by which it was made louder (or softer); 0 for silence. */
  readonly gain: number;
}

/** The loudest sample of every file, in decibels below full scale: room for what MP3 adds. */
const PEAK_DB = -1;
/** What is nowhere louder is silence: music turned down to nothing, which a soundfont plays 96 dB softer, not at all. */
const SILENCE = 2e-5;
/** What is softer than the loudest sample by so many decibels is cut off at the end, the last bit of it faded. */
const TAIL_DB = -72;
const FADE_SECONDS = 0.02;
const DITHER_SEED = 1;

/**
 * Renders a MIDI file. `write` is given the sound file's bytes in order.
 * @throws MstError what `readScore` and `perform` throw, the abort reason, and what `write` and the store throw
 */
export async function renderMidi(
  midi: Uint8Array,
  write: (bytes: Uint8Array) => void,
  { font, format, bitrate = DEFAULT_BITRATE, tags = {}, effects = true, store, pause, signal, onProgress }: RenderOptions,
): Promise<Rendering> {
  const score = readScore(midi);
  let played = 0;
  for (const piece of perform(score, font, { effects })) {
    store.write(piece);
    played += piece.frames;
    onProgress?.(Math.min(played / RATE, score.end), score.end);
    await pause?.();
    signal.throwIfAborted();
  }

  const { peak } = store;
  const gain = peak > SILENCE ? 10 ** (PEAK_DB / 20) / peak : 0;
  const frames = Math.max(Math.ceil(score.end * RATE), store.framesAbove(peak * 10 ** (TAIL_DB / 20)));
  const title = tags.title ?? score.title ?? tags.fallbackTitle;
  const artist = tags.artist ?? score.artist;
  const file = await openFile(format, {
    frames,
    bitrate,
    tags: { ...tags, ...(title !== undefined && { title }), ...(artist !== undefined && { artist }) },
  });
  write(file.header);
  let done = 0;
  for (const piece of store.read(frames, PIECE)) {
    level(piece, gain, frames - done);
    done += piece.frames;
    write(file.piece(piece));
    await pause?.();
    signal.throwIfAborted();
  }
  write(file.end());
  return { seconds: frames / RATE, notes: score.notes, gain: gain === 0 ? 0 : 20 * Math.log10(gain) };
}

interface SoundFile {
  readonly header: Uint8Array;
  piece(piece: Piece): Uint8Array;
  end(): Uint8Array;
}

async function openFile(format: Format, { frames, bitrate, tags }: { frames: number; bitrate: Bitrate; tags: Tags }): Promise<SoundFile> {
  if (format === 'mp3') {
    const encoder = await Mp3Encoder.create({ rate: RATE, bitrate });
    return { header: encoder.header(tags), piece: (piece) => encoder.encode(piece), end: () => encoder.finish() };
  }
  const random = new Random(DITHER_SEED);
  return {
    header: waveHeader(frames, { rate: RATE, tags }),
    piece: (piece) => pcm16(piece, random),
    end: () => new Uint8Array(0),
  };
}

/** Multiplies by the gain, and fades what is within the last moment before the end. @param remaining frames from the piece's first to the end */
function level({ left, right, frames }: Piece, gain: number, remaining: number): void {
  const fade = FADE_SECONDS * RATE;
  for (let i = 0; i < frames; i++) {
    const factor = gain * Math.min(1, (remaining - i) / fade);
    left[i] = (left[i] as number) * factor;
    right[i] = (right[i] as number) * factor;
  }
}
