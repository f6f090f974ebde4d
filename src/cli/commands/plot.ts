// mst plot FILE…: what a piece looks like, as a piano roll in SVG or PNG.

import { basename, extname } from 'node:path';
import { defineCommand } from '../command.js';
import { runTask } from '../tasks.js';
import { musicFiles } from './music-files.js';

export const plotCommand = defineCommand({
  name: 'plot',
  usage: 'FILE… [--out FILE.svg|FILE.png]',
  describe: 'Draw music (MIDI, ABC, MusicXML) and recorded sessions as piano rolls',
  positionals: musicFiles.positionals,
  options: {
    last: musicFiles.last,
    out: { type: 'text', describe: 'Picture to write, ending in .svg or .png; by default beside the music, with its name' },
    'output-dir': musicFiles['output-dir'],
    format: { type: 'text', choices: ['svg', 'png'], describe: 'What to write when --out does not say; by default svg' },
    title: { type: 'text', describe: "Title of the picture; by default the music's own, else the file's name" },
    takes: musicFiles.takes,
  },
  examples: [
    ['mst plot song.mid', 'song.svg, beside it'],
    ['mst plot song.mid --out song.png', 'A PNG'],
    ['mst plot --last', 'The session you played last: you and the model'],
  ],
  whenInterrupted: musicFiles.whenInterrupted,
  async run(context, given) {
    const { openMusic } = await import('../../pipeline/songs/opened-music.js');
    const { trackNames } = await import('../../pipeline/songs/share.js');
    const { writeFileAtomic } = await import('../../registry/files.js');
    const { layoutSongSheet } = await import('../../view/song-sheet.js');
    const { drawingToSvg } = await import('../../view/svg.js');
    const { paint } = await import('../../view/raster.js');
    const { encodePng } = await import('../../view/png.js');
    const { output, signal } = context;
    const planned = await musicFiles.planned(context, given, ['svg', 'png']);
    const files = await runTask(
      context,
      'Drawing',
      async (progress) => {
        progress.start(planned.length, 'files');
        for (const [i, { input, output: path, format }] of planned.entries()) {
          signal.throwIfAborted();
          const { sequence, session, notes, ...music } = await openMusic(input, { takes: given.takes });
          for (const note of notes) progress.note(note);
          const title = given.title ?? music.title ?? basename(input, extname(input));
          const hollow = session === undefined ? {} : { hollow: session.piece.model.instrument };
          const page = layoutSongSheet(sequence, { title, names: trackNames(sequence), ...hollow });
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
