// mst share SESSION|FILE…: one page that a friend can open and listen to.

import { basename } from 'node:path';
import type { SharedFile } from '../../pipeline/songs/share.js';
import { defineCommand } from '../command.js';
import { formatBytes, formatSeconds } from '../format.js';
import { bitrateOf, SOFTWARE, soundFontFor, soundOptions } from '../sound-options.js';
import { runTask } from '../tasks.js';
import { musicFiles } from './music-files.js';

export const shareCommand = defineCommand({
  name: 'share',
  usage: 'SESSION.jsonl|FILE.mid… [--out FILE.html]',
  describe: 'Make one page of a session or a song that anyone can open: its piano roll, its sound, its files, who played what',
  positionals: musicFiles.positionals,
  options: {
    last: musicFiles.last,
    out: { type: 'text', describe: 'Page to write, ending in .html; by default beside the music, with its name' },
    'output-dir': musicFiles['output-dir'],
    title: { type: 'text', describe: "Title of the page; by default the music's own" },
    player: { type: 'text', default: 'Player', describe: 'Of a session: what to call the one who played with the model' },
    model: { type: 'texts', describe: 'Model that wrote the song, to show its card; those of a session are shown anyway' },
    takes: musicFiles.takes,
    bitrate: { type: 'integer', min: 64, max: 320, default: 128, describe: 'Kilobits a second of its sound' },
    ...soundOptions,
  },
  examples: [
    ['mst share --last --player Clara', 'The session you played last'],
    ['mst share sessions/2026-01-31-201500.jsonl --out evening.html --title "Evening"', ''],
    ['mst share new-songs/coldplay-s7-01.mid --model coldplay', 'A melody, and the model that wrote it'],
  ],
  whenInterrupted: musicFiles.whenInterrupted,
  async run(context, given) {
    const { openMusic } = await import('../../pipeline/songs/opened-music.js');
    const { shareMusic } = await import('../../pipeline/songs/share.js');
    const { current, home, output, signal } = context;
    const bitrate = await bitrateOf(given.bitrate);
    const planned = await musicFiles.planned(context, given, ['html']);
    const font = await soundFontFor(context, given);
    const shared: SharedFile[] = [];
    for (const { input, output: path } of planned) {
      const music = await openMusic(input, { takes: given.takes, player: given.player });
      for (const remark of music.notes) output.warn(remark);
      const made = await runTask(
        context,
        `Sharing ${basename(input)}`,
        (progress) =>
          shareMusic(music, input, path, {
            home,
            current,
            title: given.title,
            models: given.model,
            font,
            bitrate,
            tags: {
              ...(music.artist !== undefined && { artist: music.artist }),
              software: SOFTWARE,
              comment: `Rendered by mst with the soundfont ${font.name}`,
            },
            signal,
            progress,
          }),
        ({ seconds, bytes }) => `${formatSeconds(seconds)}, ${formatBytes(bytes)}`,
      );
      shared.push(made);
    }
    output.result({ files: shared }, shared.map(({ file, bytes }) => `${file} (${formatBytes(bytes)})`).join('\n'));
  },
});
