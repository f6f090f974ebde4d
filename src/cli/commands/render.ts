// mst render FILE…: sound files that anyone can play, as MP3 or WAV.

import { basename } from 'node:path';
import type { RenderedFile } from '../../pipeline/songs/render.js';
import { defineCommand } from '../command.js';
import { count, formatSeconds } from '../format.js';
import { bitrateOf, SOFTWARE, soundFontFor, soundOptions } from '../sound-options.js';
import { runTask } from '../tasks.js';
import { musicFiles } from './music-files.js';

export const renderCommand = defineCommand({
  name: 'render',
  usage: 'FILE… [--out FILE.mp3|FILE.wav]',
  describe: 'Turn music (MIDI, ABC, MusicXML) and recorded sessions into sound files to listen to and share',
  positionals: musicFiles.positionals,
  options: {
    last: musicFiles.last,
    out: { type: 'text', describe: 'File to write, ending in .mp3 or .wav; by default beside the music, with its name' },
    'output-dir': musicFiles['output-dir'],
    format: { type: 'text', choices: ['mp3', 'wav'], describe: 'What to write when --out does not say; by default mp3' },
    bitrate: { type: 'integer', min: 64, max: 320, default: 192, describe: 'Kilobits a second of an MP3' },
    ...soundOptions,
    title: { type: 'text', describe: "Title the file says it has; by default the music's own, else the file's name" },
    artist: { type: 'text', describe: 'Artist it says it is by; by default the one the music names, of a session its model' },
    takes: musicFiles.takes,
  },
  examples: [
    ['mst render song.mid', 'song.mp3, beside it'],
    ['mst render --last', 'The session you played last, without the metronome'],
    ['mst render new-songs/*.mid --output-dir listen --format wav', 'All melodies of a folder'],
    ['mst render song.mid --soundfont FluidR3_GM --out fluid.wav', 'With other sounds'],
  ],
  whenInterrupted: musicFiles.whenInterrupted,
  async run(context, given) {
    const { openMusic } = await import('../../pipeline/songs/opened-music.js');
    const { renderFile } = await import('../../pipeline/songs/render.js');
    const { output, signal } = context;
    const bitrate = await bitrateOf(given.bitrate);
    const planned = await musicFiles.planned(context, given, ['mp3', 'wav']);
    const font = await soundFontFor(context, given);
    const rendered: RenderedFile[] = [];
    for (const { input, output: path, format } of planned) {
      const { midi, notes: remarks, ...music } = await openMusic(input, { takes: given.takes });
      for (const remark of remarks) output.warn(remark);
      const title = given.title ?? music.title;
      const artist = given.artist ?? music.artist;
      const made = await runTask(
        context,
        `Rendering ${basename(input)}`,
        (progress) =>
          renderFile(midi, input, path, {
            font,
            format: format === 'wav' ? 'wav' : 'mp3',
            bitrate,
            tags: {
              ...(title !== undefined && { title }),
              ...(artist !== undefined && { artist }),
              software: SOFTWARE,
              comment: `${music.session === undefined ? '' : `A session with the model ${music.session.piece.model.name}. `}Rendered by mst from ${basename(input)} with the soundfont ${font.name}`,
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
