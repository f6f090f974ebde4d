// mst render FILE.mid…: sound files that anyone can play, as MP3 or WAV.

import { basename, resolve } from 'node:path';
import { MstError } from '../../core/errors.js';
import type { RenderedFile } from '../../pipeline/songs/render.js';
import { defineCommand } from '../command.js';
import { count, formatSeconds } from '../format.js';
import { runTask } from '../tasks.js';

export const renderCommand = defineCommand({
  name: 'render',
  usage: 'FILE.mid… [--out FILE.mp3|FILE.wav]',
  describe: 'Turn MIDI files into sound files to listen to and share',
  positionals: { file: { describe: 'MIDI files', many: true, required: true } },
  options: {
    out: { type: 'text', describe: 'File to write, ending in .mp3 or .wav; by default beside the MIDI file, with its name' },
    'output-dir': { type: 'text', describe: 'Folder to write to instead' },
    format: { type: 'text', choices: ['mp3', 'wav'], describe: 'What to write when --out does not say; by default mp3' },
    bitrate: { type: 'integer', min: 64, max: 320, default: 192, describe: 'Kilobits a second of an MP3' },
    soundfont: { type: 'text', describe: 'Sounds to play with: an .sf2 or .sf3 file, or the name of an installed one' },
    title: { type: 'text', describe: "Title the file says it has; by default the music's own, else the file's name" },
    artist: { type: 'text', describe: 'Artist it says it is by' },
  },
  examples: [
    ['mst render song.mid', 'song.mp3, beside it'],
    ['mst render new-songs/*.mid --output-dir listen --format wav', 'All melodies of a folder'],
    ['mst render song.mid --soundfont FluidR3_GM --out fluid.wav', 'With other sounds'],
  ],
  async run(context, given) {
    const { BITRATES } = await import('../../audio/mp3-file.js');
    const { findSoundFont, openSoundFont } = await import('../../audio/soundfont.js');
    const { planOutputs } = await import('../../pipeline/songs/planned-output.js');
    const { renderFile } = await import('../../pipeline/songs/render.js');
    const { current, force, output, signal, environment } = context;
    const bitrate = BITRATES.find((known) => known === given.bitrate);
    if (bitrate === undefined) {
      throw new MstError('usage', `An MP3 cannot have ${given.bitrate} kilobits a second.`, {
        hint: `Choose one of ${BITRATES.join(', ')}.`,
      });
    }
    const planned = planOutputs(given.file, {
      out: given.out,
      outputDir: given['output-dir'],
      format: given.format,
      formats: ['mp3', 'wav'],
      current,
      force,
    });
    const font = await openSoundFont(findSoundFont(given.soundfont ?? environment.soundFont, current));
    const rendered: RenderedFile[] = [];
    for (const { input, output: path, format } of planned) {
      const midi = await readMidiFile(input);
      const made = await runTask(
        context,
        `Rendering ${basename(input)}`,
        (progress) =>
          renderFile(midi, input, path, {
            font,
            format: format === 'wav' ? 'wav' : 'mp3',
            bitrate,
            tags: {
              ...(given.title !== undefined && { title: given.title }),
              ...(given.artist !== undefined && { artist: given.artist }),
              software: 'mst (magenta-session-toolkit)',
              comment: `Rendered by mst from ${basename(input)} with the soundfont ${font.name}`,
            },
            signal,
            progress,
          }),
        ({ seconds, notes }) => `${count(notes, 'note')}, ${formatSeconds(seconds)}`,
      );
      rendered.push(made);
    }
    output.result({ soundfont: font.path, files: rendered }, rendered.map(({ file }) => file).join('\n'));
  },
});

/** The bytes of a MIDI file. @throws MstError `not-found` */
export async function readMidiFile(path: string): Promise<Uint8Array> {
  const { readSource } = await import('../../pipeline/fetch/sources.js');
  const { defaultLimits } = await import('../../pipeline/archive.js');
  const bytes = readSource(path, defaultLimits);
  if (bytes instanceof Uint8Array) return bytes;
  throw new MstError('not-found', `${resolve(path)} ${bytes.refused}.`, { hint: 'Give the path of a MIDI file.' });
}
