// What render, plot and share are given: files of music, or the session that was recorded last.

import { MstError } from '../../core/errors.js';
import type { Context } from '../command.js';

export const musicFiles = {
  positionals: { file: { describe: 'Music: .mid, .abc, .musicxml, .mxl, or a recorded session (.jsonl)', many: true } },
  last: { type: 'flag', describe: 'The session in sessions/ that was recorded last' },
  takes: {
    type: 'text',
    choices: ['played', 'kept'],
    default: 'played',
    describe: 'Of sessions: answers as they were played, or those you kept',
  },
  whenInterrupted: 'What was written stays: give the files that are left, or make all anew with --force.',
  chosen,
} as const;

/** The files to work on. @throws MstError `usage` when there are none, or two kinds of them */
async function chosen(context: Context, { file, last }: { file: readonly string[]; last: boolean }): Promise<readonly string[]> {
  if (last && file.length > 0) throw new MstError('usage', 'Files and --last were both given.', { hint: 'Give one of them.' });
  if (last) {
    const { lastRecording } = await import('../../session/recording/recordings.js');
    const { sessionsDirectory } = await import('../../registry/home.js');
    return [lastRecording(sessionsDirectory(context.home))];
  }
  if (file.length > 0) return file;
  throw new MstError('usage', 'Which file?', { hint: 'Name files of music, or take the session recorded last with --last.' });
}
