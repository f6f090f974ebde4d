// mst plot FILE.mid…: what a piece looks like, as a piano roll in SVG or PNG.

import { basename, extname } from 'node:path';
import { MstError } from '../../core/errors.js';
import type { NoteSequence } from '../../music/note-sequence.js';
import { defineCommand } from '../command.js';
import { runTask } from '../tasks.js';
import { readMidiFile } from './render.js';

export const plotCommand = defineCommand({
  name: 'plot',
  usage: 'FILE.mid… [--out FILE.svg|FILE.png]',
  describe: 'Draw MIDI files as piano rolls',
  positionals: { file: { describe: 'MIDI files', many: true, required: true } },
  options: {
    out: { type: 'text', describe: 'Picture to write, ending in .svg or .png; by default beside the MIDI file, with its name' },
    'output-dir': { type: 'text', describe: 'Folder to write to instead' },
    format: { type: 'text', choices: ['svg', 'png'], describe: 'What to write when --out does not say; by default svg' },
    title: { type: 'text', describe: "Title of the picture; by default the music's own, else the file's name" },
  },
  examples: [
    ['mst plot song.mid', 'song.svg, beside it'],
    ['mst plot song.mid --out song.png', 'A PNG'],
  ],
  async run(context, given) {
    const { planOutputs } = await import('../../pipeline/songs/planned-output.js');
    const { writeFileAtomic } = await import('../../registry/files.js');
    const { layoutSongSheet } = await import('../../view/song-sheet.js');
    const { drawingToSvg } = await import('../../view/svg.js');
    const { paint } = await import('../../view/raster.js');
    const { encodePng } = await import('../../view/png.js');
    const { current, force, output, signal } = context;
    const planned = planOutputs(given.file, {
      out: given.out,
      outputDir: given['output-dir'],
      format: given.format,
      formats: ['svg', 'png'],
      current,
      force,
    });
    const files = await runTask(
      context,
      'Drawing',
      async (progress) => {
        progress.start(planned.length, 'files');
        for (const [i, { input, output: path, format }] of planned.entries()) {
          signal.throwIfAborted();
          const sequence = await readSequence(input);
          const title = given.title ?? sequence.sequenceMetadata?.title ?? basename(input, extname(input));
          const page = layoutSongSheet(sequence, { title, names: await namesOf(sequence) });
          writeFileAtomic(path, format === 'png' ? encodePng(paint(page)) : drawingToSvg(page, { title }));
          progress.update(i + 1);
        }
        return planned.map(({ output: path }) => path);
      },
      (written) => `${written.length} written`,
    );
    output.result({ files }, files.join('\n'));
  },
});

async function readSequence(path: string): Promise<NoteSequence> {
  const { readMidi } = await import('../../music/midi-to-note-sequence.js');
  const bytes = await readMidiFile(path);
  try {
    return readMidi(bytes).sequence;
  } catch (error) {
    if (!(error instanceof MstError)) throw error;
    throw new MstError(error.code, `${path}: ${error.message}`, error.hint === undefined ? {} : { hint: error.hint });
  }
}

/** What each instrument is called: by its track, else by its program. */
async function namesOf({ notes, instrumentInfos }: NoteSequence): Promise<Map<number, string>> {
  const { programs } = await import('../../audio/synthesis/programs.js');
  const names = new Map<number, string>();
  for (const { instrument, program, isDrum } of notes) {
    if (!names.has(instrument)) names.set(instrument, isDrum ? 'Drums' : (programs[program]?.[0] ?? `Program ${program + 1}`));
  }
  for (const { instrument, name } of instrumentInfos) if (names.has(instrument) && name.trim() !== '') names.set(instrument, name.trim());
  return names;
}
