// Making a file of a recording, from its log to the file's bytes: MIDI, sound, or the page to share. Pure but for the soundfont it asks for.

import { LONGEST_IN_MEMORY_SECONDS, MemoryStore, tooLong } from '../../../audio/memory-store.js';
import { type Format, renderMidi } from '../../../audio/render.js';
import type { SoundFont } from '../../../audio/soundfont-bytes.js';
import { programs as sounds } from '../../../audio/synthesis/programs.js';
import type { Tags } from '../../../audio/tags.js';
import { decodeLog } from '../../../jam/log/log.js';
import { musicToMidi } from '../../../jam/timeline/session-to-midi.js';
import type { Edit } from '../../../jam/timeline/timeline.js';
import { type SessionPiece, sessionPiece, sessionTitle } from '../../../view/session-piece.js';
import type { SharedModel } from '../../../view/share-data.js';
import { sharePage } from '../../../view/share-page.js';
import { sharedModel } from '../../../view/shared-model.js';
import { sharedSession } from '../../../view/shared-music.js';
import type { ListedModel } from '../../listing.js';
import type { DownloadKind, Side } from '../page-session.js';

/** Plain data, ready to be posted to a worker. */
export interface FileRequest {
  readonly kind: DownloadKind;
  /** The text of the log. */
  readonly log: string;
  readonly edits: readonly Edit[];
  readonly programs?: Readonly<Record<Side, number>>;
  /** What is known of models, for their cards. */
  readonly models: readonly ListedModel[];
  /** The file's name, without an ending. */
  readonly name: string;
}

export interface MakingOptions {
  /** Asked for when there is sound to be made. */
  readonly font: () => Promise<SoundFont>;
  /** Gives the file up. */
  readonly signal: AbortSignal;
  /** Awaited between pieces of sound, so that others have their turn. */
  readonly pause?: () => Promise<void>;
  /** Told how far it is, 0..1. */
  readonly onProgress: (done: number) => void;
  /** Given the file's bytes in order. */
  readonly write: (bytes: Uint8Array) => void;
}

/** The share of the work that is done when all is played and nothing is written yet. */
const PLAYING = 0.75;
const FRAMES_PER_SECOND = 44_100;
const BYTES_PER_FRAME = { wav: 4, mp3: 24_000 / FRAMES_PER_SECOND } as const;
const MOST_MODELS = 16;

/** @throws MstError `no-input` when there is nothing to hear or too much, the abort reason, and what reading and rendering throw */
export async function makeFile(request: FileRequest, options: MakingOptions): Promise<void> {
  const { font, write } = options;
  const { kind, edits, programs, name } = request;
  const log = decodeLog(request.log);
  const piece = sessionPiece(log, { takes: 'kept', edits, ...(programs !== undefined && { programs }) });
  const { sequence, turns } = piece;
  const midi = asMidi(piece);
  if (kind === 'midi') {
    write(midi);
    return;
  }
  if (sequence.totalTime > LONGEST_IN_MEMORY_SECONDS) throw tooLong();
  const models = [...new Set(turns.filter(({ whose }) => whose === 'model').map(({ by }) => by))];
  const title = sessionTitle(piece);
  const tags = { title, artist: [piece.you.name, ...models].join(', '), software: 'mst (magenta-session-toolkit)' };
  if (kind !== 'page') {
    await render(midi, write, { ...options, format: kind, font: await font(), tags });
    return;
  }
  const parts: Uint8Array[] = [];
  await render(midi, (bytes) => parts.push(bytes), { ...options, format: 'mp3', font: await font(), tags });
  const cards = log.header.models.slice(0, MOST_MODELS).map((model) => modelCard(model, request.models));
  const soundOf = (program: number): string => sounds[program]?.[0] ?? `Program ${program + 1}`;
  const page = sharePage(sharedSession(log, piece, { title, soundOf, models: cards }), { midi, mp3: joined(parts), name });
  write(new TextEncoder().encode(page));
}

/** Tracks You and Model, and a marker where each turn begins. */
function asMidi({ sequence, turns, you, model }: SessionPiece): Uint8Array {
  const tracks = [
    { ...you, name: 'You' },
    { ...model, name: 'Model' },
  ];
  const markers = turns.map(({ start, whose }, k) => ({ time: start, text: `${k + 1} ${whose === 'you' ? 'You' : 'Model'}` }));
  return musicToMidi({ sequence: { ...sequence, instrumentInfos: tracks }, markers });
}

async function render(
  midi: Uint8Array,
  write: (bytes: Uint8Array) => void,
  { onProgress, ...options }: Pick<MakingOptions, 'signal' | 'pause' | 'onProgress'> & { format: Format; font: SoundFont; tags: Tags },
): Promise<void> {
  let seconds = 0;
  let written = 0;
  await renderMidi(
    midi,
    (bytes) => {
      write(bytes);
      written += bytes.length;
      const share = written / BYTES_PER_FRAME[options.format] / (Math.max(1, seconds) * FRAMES_PER_SECOND);
      onProgress(PLAYING + (1 - PLAYING) * Math.min(1, share));
    },
    {
      ...options,
      store: new MemoryStore(),
      onProgress(played, total) {
        seconds = total;
        onProgress(PLAYING * Math.min(1, played / Math.max(1, total)));
      },
    },
  );
}

/** What a page says of a model: all that is known when it is still the one that played. */
function modelCard({ name, hash }: { name: string; hash: string }, models: readonly ListedModel[]): SharedModel {
  const known = models.find((model) => model.name === name);
  if (known === undefined) return sharedModel(name, undefined);
  const { configuration, artist, natsPerEvent, written } = known;
  const card = { configuration, artist, ...(natsPerEvent !== undefined && { metrics: { natsPerEvent } }) };
  return sharedModel(name, card, { written, changed: known.hash !== hash });
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
