// Music as sound on disk, or in memory: `mst render` and `mst share`.

import { basename, dirname, extname } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { Bitrate } from '../../audio/mp3-file.js';
import { type Format, type Rendering, renderMidi } from '../../audio/render.js';
import type { SoundFont } from '../../audio/soundfont-bytes.js';
import { Spool } from '../../audio/spool.js';
import type { Tags } from '../../audio/tags.js';
import { MstError } from '../../core/errors.js';
import { AtomicFile, makeFolder, storageError, storing, temporaryName } from '../../registry/files.js';
import type { Progress } from '../progress.js';

export interface RenderFileOptions {
  readonly font: SoundFont;
  readonly format: Format;
  readonly bitrate: Bitrate;
  readonly tags: Tags;
  readonly signal: AbortSignal;
  readonly progress: Progress;
}

/** A sound file that was written. */
export interface RenderedFile extends Rendering {
  readonly file: string;
}

/**
 * Renders the bytes of a MIDI file to `output`, which is there only when it is whole. Its title is the one of `tags`, else what the music
 * calls itself, else the name of the file.
 * @param name what errors call the music
 * @throws MstError what `renderMidi` throws, `storage`, and the abort reason
 */
export async function renderFile(midi: Uint8Array, name: string, output: string, options: RenderFileOptions): Promise<RenderedFile> {
  let file: AtomicFile | undefined;
  try {
    const write = (bytes: Uint8Array): void => {
      file ??= new AtomicFile(output);
      file.write(bytes);
    };
    const rendering = await render(midi, write, { ...options, name, output });
    file?.commit();
    return { file: output, ...rendering };
  } catch (error) {
    file?.abandon();
    throw told(error, name, output);
  }
}

/**
 * The same into memory; raw sound is kept beside `output` meanwhile.
 * @throws MstError as `renderFile`
 */
export async function renderBytes(
  midi: Uint8Array,
  name: string,
  output: string,
  options: RenderFileOptions,
): Promise<Rendering & { readonly bytes: Uint8Array }> {
  const parts: Uint8Array[] = [];
  try {
    const rendering = await render(midi, (bytes) => parts.push(bytes), { ...options, name, output });
    return { ...rendering, bytes: Buffer.concat(parts) };
  } catch (error) {
    throw told(error, name, output);
  }
}

async function render(
  midi: Uint8Array,
  write: (bytes: Uint8Array) => void,
  { name, output, progress, tags, ...options }: RenderFileOptions & { name: string; output: string },
): Promise<Rendering> {
  const spool = storing(output, () => {
    makeFolder(dirname(output));
    return new Spool(temporaryName(output));
  });
  let started = false;
  try {
    return await renderMidi(midi, write, {
      ...options,
      tags: { ...tags, fallbackTitle: basename(name, extname(name)) },
      store: spool,
      pause: () => setImmediate(),
      onProgress(seconds, total) {
        if (!started) progress.start(Math.ceil(total), 's of music');
        started = true;
        progress.update(Math.floor(seconds));
      },
    });
  } finally {
    spool.close();
  }
}

/** Says which file an error is about. */
function told(error: unknown, name: string, output: string): unknown {
  if (!(error instanceof MstError)) return error instanceof Error && 'syscall' in error ? storageError(output, error) : error;
  if (error.code !== 'bad-midi' && error.code !== 'no-input') return error;
  return error.at(name);
}
