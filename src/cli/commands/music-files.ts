// What render, plot and share have in common: files of music, or the session that was recorded last, and where what is made of them goes.

import { MstError } from '../../core/errors.js';
import type { Planned } from '../../pipeline/songs/planned-output.js';
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
  'output-dir': { type: 'text', describe: 'Folder to write to instead' },
  whenInterrupted: 'What was written stays: give the files that are left, or make all anew with --force.',
  planned,
} as const;

interface Given {
  readonly file: readonly string[];
  readonly last: boolean;
  readonly out: string | undefined;
  readonly 'output-dir': string | undefined;
  readonly format?: string | undefined;
}

/**
 * The files to work on, each with the file to make of it.
 * @param formats endings that can be written
 * @throws MstError `usage` for choices that make no sense, `exists` when a file is there and --force is not given
 */
async function planned(context: Context, given: Given, formats: readonly [string, ...string[]]): Promise<readonly Planned[]> {
  const { planOutputs } = await import('../../pipeline/songs/planned-output.js');
  const { out, 'output-dir': outputDir, format } = given;
  const { current, force } = context;
  return planOutputs(await chosen(context, given), { out, outputDir, format, formats, current, force });
}

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
