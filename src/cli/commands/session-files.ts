// What was recorded of a session: mst session export, replay and recover.

import { basename, dirname, join, resolve } from 'node:path';
import { MstError } from '../../core/errors.js';
import type { SessionLog } from '../../jam/log/log.js';
import { type Context, defineCommand } from '../command.js';
import { count, formatSeconds } from '../format.js';
import { CommandFailed } from '../program.js';
import { musicFiles } from './music-files.js';

const recording = { file: { describe: 'A recording, such as sessions/2026-01-31-201500.jsonl' } } as const;
const { last, takes } = musicFiles;

export const exportSessionCommand = defineCommand({
  name: 'export',
  usage: 'FILE|--last --midi OUT.MID',
  describe: 'Write a recorded session as MIDI: tracks You, Model and Click, with its tempo and a marker for each turn',
  positionals: recording,
  options: {
    midi: { type: 'text', required: true, describe: 'MIDI file to write' },
    last,
    takes,
  },
  examples: [['mst session export sessions/2026-01-31-201500.jsonl --midi evening.mid', '']],
  async run(context, given) {
    const { path, log } = await openRecording(context, given);
    const midi = resolve(context.current, given.midi);
    await writeMidi(context, log, midi, given.takes);
    context.output.result({ session: path, midi, ...facts(log) }, `${midi}\n${inWords(log)}`);
  },
});

export const replayCommand = defineCommand({
  name: 'replay',
  usage: 'FILE|--last',
  describe: 'Play a recorded session again in thought: the same inputs and seeds must give the same session',
  positionals: recording,
  options: { last },
  async run(context, given) {
    const { findModel } = await import('../../registry/models.js');
    const { checkAnswers, replayedLog } = await import('../../jam/log/replay.js');
    const { openModels } = await import('../../session/models/opened-models.js');
    const { path, log } = await openRecording(context, given);
    const { output, home, current } = context;
    const { models, logged } = openModels(
      log.header.models.map(({ name }) => ({ name, directory: findModel(home, name, current).directory })),
    );
    const changed = log.header.models.filter(({ name, hash }) => logged.find((model) => model.name === name)?.hash !== hash);
    const replayed = replayedLog(log);
    const differs = replayed.findIndex((entry, index) => JSON.stringify(entry) !== JSON.stringify(log.entries[index]));
    const same = differs < 0 && replayed.length === log.entries.length;
    const { checked, different } = checkAnswers(log, models);
    const result = { session: path, ...facts(log), same, answers: checked, different, changedModels: changed.map(({ name }) => name) };
    const turns = different.map((turn) => turn + 1).join(', ');
    const lines = [
      inWords(log),
      same
        ? 'Played again it is the same, entry by entry.'
        : `Played again it is another from ${formatSeconds((log.entries[differs < 0 ? Math.min(replayed.length, log.entries.length) - 1 : differs]?.t ?? 0) / 1e6)} on.`,
      different.length === 0
        ? `All ${checked} answers come out the same from their seeds.`
        : `Of ${checked} answers ${different.length} come out otherwise: turn ${turns}.`,
      ...changed.map(({ name }) => `The model ${name} has changed since.`),
    ];
    output.result(result, lines.join('\n'));
    if (!same || different.length > 0) throw new CommandFailed();
  },
});

export const recoverCommand = defineCommand({
  name: 'recover',
  usage: 'FILE|--last [--midi OUT.MID]',
  describe: 'Rescue a session that ended in a crash: a whole recording, and MIDI, of all that was written before it',
  positionals: recording,
  options: { last, midi: { type: 'text', describe: 'MIDI file to write [default: beside the recording]' } },
  async run(context, given) {
    const { encodeLogEntry } = await import('../../jam/log/log.js');
    const { writeFileAtomic } = await import('../../registry/files.js');
    const { path, log } = await openRecording(context, given);
    const { output, current, force } = context;
    const name = join(dirname(path), `${basename(path).replace(/\.jsonl$/, '')}`);
    const midi = resolve(current, given.midi ?? `${name}.mid`);
    await writeMidi(context, log, midi, 'played');
    const damaged = log.torn || log.damaged > 0;
    const whole = damaged ? `${name}-recovered.jsonl` : path;
    if (damaged) {
      await refuse(whole, force);
      writeFileAtomic(whole, log.entries.map(encodeLogEntry).join(''));
    }
    const lines = [
      inWords(log),
      ...(log.entries.some(({ type }) => type === 'end') ? [] : ['It has no end: it was broken off.']),
      ...(damaged ? [`${leftOut(log)}; the rest is in ${whole}`] : []),
      `As MIDI: ${midi}`,
    ];
    output.result({ session: whole, midi, damaged: log.damaged, torn: log.torn, ...facts(log) }, lines.join('\n'));
  },
});

async function openRecording(
  { home, current }: Context,
  { file, last: newest }: { file: string | undefined; last: boolean },
): Promise<{ path: string; log: SessionLog }> {
  const { lastRecording, readRecording } = await import('../../session/recording/recordings.js');
  const { sessionsDirectory } = await import('../../registry/home.js');
  if (file === undefined && !newest) {
    throw new MstError('usage', 'Which recording?', { hint: 'Name its file, or take the last one with --last.' });
  }
  if (file !== undefined && newest) throw new MstError('usage', 'A file and --last are two recordings.', { hint: 'Give one of them.' });
  const path = file === undefined ? lastRecording(sessionsDirectory(home)) : resolve(current, file);
  return { path, log: readRecording(path) };
}

async function writeMidi({ force }: Context, log: SessionLog, path: string, takes: 'played' | 'kept'): Promise<void> {
  const { sessionToMidi } = await import('../../jam/timeline/session-to-midi.js');
  const { writeFileAtomic } = await import('../../registry/files.js');
  await refuse(path, force);
  writeFileAtomic(path, sessionToMidi(log, { takes }));
}

async function refuse(path: string, force: boolean): Promise<void> {
  const { existsSync } = await import('node:fs');
  if (!force && existsSync(path)) {
    throw new MstError('exists', `${path} is there already.`, { hint: 'Choose another name, or overwrite it with --force.' });
  }
}

function leftOut({ damaged, torn }: SessionLog): string {
  const lines = damaged + (torn ? 1 : 0);
  return lines === 1 ? 'One damaged line was left out' : `${lines} damaged lines were left out`;
}

/** What a recording holds, in numbers. */
function facts({ header, entries, damaged }: SessionLog) {
  const number = (passes: (entry: SessionLog['entries'][number]) => boolean): number => entries.filter(passes).length;
  return {
    seconds: Math.max(0, ...[header.t, entries.findLast(({ type }) => type !== 'tempo')?.t ?? 0]) / 1e6,
    played: number(({ type }) => type === 'in'),
    turns: number(({ type }) => type === 'turn'),
    ended: number(({ type }) => type === 'end') > 0,
    damagedLines: damaged,
  };
}

function inWords(log: SessionLog): string {
  const { seconds, played, turns } = facts(log);
  return `${formatSeconds(seconds)}, ${count(turns, 'turn')}, ${count(played, 'MIDI message')} from you`;
}
