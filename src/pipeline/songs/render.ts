// MIDI files as sound files on disk: `mst render`.

import { basename, dirname, extname } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { Bitrate } from '../../audio/mp3-file.js';
import { type Format, type Rendering, renderMidi } from '../../audio/render.js';
import type { SoundFont } from '../../audio/soundfont.js';
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
export async function renderFile(
  midi: Uint8Array,
  name: string,
  output: string,
  { font, format, bitrate, tags, signal, progress }: RenderFileOptions,
): Promise<RenderedFile> {
  const spool = storing(output, () => {
    makeFolder(dirname(output));
    return new Spool(temporaryName(output));
  });
  let file: AtomicFile | undefined;
  try {
    let started = false;
    const write = (bytes: Uint8Array): void => {
      file ??= new AtomicFile(output);
      file.write(bytes);
    };
    const rendering = await renderMidi(midi, write, {
      font,
      format,
      bitrate,
      tags: { ...tags, fallbackTitle: basename(name, extname(name)) },
      store: spool,
      pause: () => setImmediate(),
      signal,
      onProgress(seconds, total) {
        if (!started) progress.start(Math.ceil(total), 's of music');
        started = true;
        progress.update(Math.floor(seconds));
      },
    });
    file?.commit();
    return { file: output, ...rendering };
  } catch (error) {
    file?.abandon();
    throw told(error, name, output);
  } finally {
    spool.close();
  }
}

/** Says which file an error is about. */
function told(error: unknown, name: string, output: string): unknown {
  if (!(error instanceof MstError)) return error instanceof Error && 'syscall' in error ? storageError(output, error) : error;
  if (error.code !== 'bad-midi' && error.code !== 'no-input') return error;
  return new MstError(error.code, `${name}: ${error.message}`, error.hint === undefined ? {} : { hint: error.hint });
}
