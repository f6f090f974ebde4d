// A share page on disk: the music rendered, what is known about its models, and all of it in one file. `mst share`.

import { basename, extname } from 'node:path';
import { programs } from '../../audio/synthesis/programs.js';
import { MstError } from '../../core/errors.js';
import type { NoteSequence } from '../../music/note-sequence.js';
import { writeFileAtomic } from '../../registry/files.js';
import type { Home } from '../../registry/home.js';
import { findModel, loadModel } from '../../registry/models.js';
import { hashOfWeights } from '../../registry/weights-hash.js';
import { sessionTitle } from '../../view/session-piece.js';
import type { SharedModel } from '../../view/share-data.js';
import { sharePage } from '../../view/share-page.js';
import { sharedModel } from '../../view/shared-model.js';
import { sharedSession, sharedSong } from '../../view/shared-music.js';
import type { OpenedMusic } from './opened-music.js';
import { type RenderFileOptions, renderBytes } from './render.js';

/** Megabytes of sound that a page carries at most. */
const MOST_MEGABYTES = 100;
/** Models whose cards are shown at most. */
const MOST_MODELS = 16;

export interface ShareOptions extends Omit<RenderFileOptions, 'format'> {
  readonly home: Home;
  /** Folder that paths of models begin in. */
  readonly current: string;
  readonly title?: string | undefined;
  /** Models to show the cards of, by name or path; those of a session are shown anyway. */
  readonly models?: readonly string[];
}

/** A page that was written. */
export interface SharedFile {
  readonly file: string;
  readonly bytes: number;
  /** Seconds of its sound. */
  readonly seconds: number;
  readonly notes: number;
}

/**
 * Writes the page about a piece of music.
 * @param input its path, for titles and errors
 * @throws MstError `no-input` for music that is too long for a page, what `renderBytes` throws, `not-found` for models, `storage`
 */
export async function shareMusic(
  music: OpenedMusic,
  input: string,
  output: string,
  { home, current, title: asked, models: named = [], ...rendering }: ShareOptions,
): Promise<SharedFile> {
  const { midi, sequence, session } = music;
  const megabytes = (sequence.totalTime * rendering.bitrate) / 8000;
  if (megabytes > MOST_MEGABYTES) {
    throw new MstError(
      'no-input',
      `${input}: its sound would be ${Math.round(megabytes)} MB, and a page carries ${MOST_MEGABYTES} at most.`,
      {
        hint: 'Choose a smaller --bitrate, or share an MP3: mst render',
      },
    );
  }
  const title = asked ?? (session === undefined ? (music.title ?? basename(input, extname(input))) : sessionTitle(session.piece));
  const models = [
    ...(session?.log.header.models ?? []).slice(0, MOST_MODELS).map((logged) => loggedModel(home, logged, current)),
    ...named.map((name) => namedModel(home, name, current)),
  ];
  const options = { title, models, soundOf };
  const shown =
    session === undefined
      ? sharedSong(sequence, { ...options, names: trackNames(sequence) })
      : sharedSession(session.log, session.piece, options);
  const tags = { ...rendering.tags, title };
  const { bytes: mp3, seconds, notes } = await renderBytes(midi, input, output, { ...rendering, format: 'mp3', tags });
  const page = new TextEncoder().encode(sharePage(shown, { midi, mp3, name: basename(output, extname(output)) }));
  writeFileAtomic(output, page);
  return { file: output, bytes: page.length, seconds, notes };
}

/** What a program of General MIDI is called. */
export function soundOf(program: number): string {
  return programs[program]?.[0] ?? `Program ${program + 1}`;
}

/** What each instrument is called: by its track, else by its program. */
export function trackNames({ notes, instrumentInfos }: NoteSequence): Map<number, string> {
  const names = new Map<number, string>();
  for (const { instrument, program, isDrum } of notes) {
    if (!names.has(instrument)) names.set(instrument, isDrum ? 'Drums' : soundOf(program));
  }
  for (const { instrument, name } of instrumentInfos) if (names.has(instrument) && name.trim() !== '') names.set(instrument, name.trim());
  return names;
}

/** A model of a session. One that is not here any more has just its name. */
function loggedModel(home: Home, { name, hash }: { name: string; hash: string }, current: string): SharedModel {
  try {
    const entry = findModel(home, name, current);
    const changed = hashOfWeights(loadModel(entry).weights) !== hash;
    return sharedModel(name, entry.card, { written: entry.where === 'shipped' ? undefined : entry.written, changed });
  } catch (error) {
    if (!(error instanceof MstError)) throw error;
    return sharedModel(name, undefined);
  }
}

function namedModel(home: Home, asked: string, current: string): SharedModel {
  const { name, card, where, written } = findModel(home, asked, current);
  return sharedModel(name, card, { written: where === 'shipped' ? undefined : written });
}
