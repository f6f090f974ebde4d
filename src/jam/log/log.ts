// A session log as text: a line of JSON for every entry, so that whatever was written before a crash can be read after it.

import { MstError } from '../../core/errors.js';
import { checkControl, checkSettings } from '../check-settings.js';
import { fromHex } from '../midi-message.js';
import { TURN_MODES } from '../turns/turn-modes.js';
import { LOG_FORMAT, LOG_VERSION, type LogEntry } from './log-entry.js';

/** Longer lines are damage. */
const LONGEST_LINE = 1_000_000;
/** More events than the longest answer has are damage. */
const MOST_EVENTS = 65_536;
/** Two days; a later time is damage. Microseconds. */
const LATEST = 172_800_000_000;

/** What a log holds. */
export interface SessionLog {
  readonly header: LogHeader;
  /** All entries, the header first. */
  readonly entries: readonly LogEntry[];
  /** Lines in its midst that cannot be read; they are left out. */
  readonly damaged: number;
  /** Whether the last line is cut off, as after a crash. */
  readonly torn: boolean;
}

export type LogHeader = Extract<LogEntry, { type: 'header' }>;

/** An entry as a line, with its line break. */
export function encodeLogEntry(entry: LogEntry): string {
  return `${JSON.stringify(entry)}\n`;
}

/**
 * Reads a log. A last line that is cut off is left out, damaged lines are left out and counted.
 * @throws MstError `bad-record` when it does not begin with a header that can be read, or was made by a newer mst
 */
export function decodeLog(text: string): SessionLog {
  const lines = text.split('\n');
  const rest = lines.pop() ?? '';
  const entries: LogEntry[] = [];
  let damaged = 0;
  for (const line of lines) {
    if (line.trim() === '') continue;
    const entry = readEntry(line, entries.length === 0);
    if (entry === undefined) damaged++;
    else entries.push(entry);
  }
  const last = rest.trim() === '' ? undefined : readEntry(rest, entries.length === 0);
  if (last !== undefined) entries.push(last);
  const [header] = entries;
  if (header?.type !== 'header') {
    throw new MstError('bad-record', 'This is no recorded session: its first line is not the header of one.', {
      hint: 'Choose a session.jsonl that `mst session` has recorded.',
    });
  }
  return { header, entries, damaged, torn: rest.trim() !== '' && last === undefined };
}

function readEntry(line: string, first: boolean): LogEntry | undefined {
  if (line.length > LONGEST_LINE) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (!isRecord(value) || !isWhole(value.t, LATEST) || typeof value.type !== 'string') return undefined;
  if (value.type === 'header') {
    if (first && value.format === LOG_FORMAT && typeof value.formatVersion === 'number' && value.formatVersion > LOG_VERSION) {
      throw new MstError('bad-record', `The session was recorded by a newer mst (format ${value.formatVersion}).`, {
        hint: 'Update mst to read it.',
      });
    }
    return first && isHeader(value) ? (value as unknown as LogEntry) : undefined;
  }
  const check = Object.hasOwn(CHECKS, value.type) ? CHECKS[value.type] : undefined;
  return !first && check?.(value) ? (value as unknown as LogEntry) : undefined;
}

type Fields = Record<string, unknown>;

/** Whether the fields of an entry are what they must be, by its type. */
const CHECKS: Readonly<Record<string, (entry: Fields) => boolean>> = {
  in: ({ source, bytes }) => isWhole(source) && isHex(bytes),
  control: ({ control }) =>
    isRecord(control) && typeof control.type === 'string' && passes(() => checkControl(control as never, TURN_MODES.phrase)),
  answer: ({ answer }) =>
    isRecord(answer) &&
    isWhole(answer.job) &&
    isWhole(answer.take) &&
    isWhole(answer.from) &&
    isEvents(answer.events) &&
    typeof answer.done === 'boolean',
  sent: ({ turn, actual }) => isWhole(turn) && isWhole(actual, LATEST),
  dropped: ({ voice, due, bytes }) => (voice === 'model' || voice === 'click') && isWhole(due, LATEST) && isHex(bytes),
  out: ({ voice, bytes }) => (voice === 'model' || voice === 'click') && isHex(bytes),
  tempo: ({ quarter, qpm }) => isNumber(quarter) && isNumber(qpm) && qpm >= 0,
  turn: ({ turn, whose, quarter }) => isWhole(turn) && (whose === 'you' || whose === 'model') && isNumber(quarter),
  reply: ({ turn, job, swing, velocities }) =>
    isWhole(turn) && isNumber(swing) && Array.isArray(velocities) && velocities.length === 2 && velocities.every(isNumber) && isJob(job),
  late: ({ turn, notes }) => isWhole(turn) && isWhole(notes),
  cut: ({ turn }) => isWhole(turn),
  kept: ({ turn, take, events }) => isWhole(turn) && isWhole(take) && isEvents(events),
  end: () => true,
};

function isHeader({ format, models, settings }: Fields): boolean {
  if (format !== LOG_FORMAT || !Array.isArray(models) || !models.every(isModel)) return false;
  if (!isRecord(settings) || !isRecord(settings.voices)) return false;
  if (!Array.isArray(settings.models) || !isRecord(settings.learned) || typeof settings.mode !== 'string') return false;
  return passes(() => checkSettings(settings as never));
}

function isModel(model: unknown): boolean {
  return isRecord(model) && typeof model.name === 'string' && typeof model.hash === 'string';
}

function isJob(job: unknown): boolean {
  if (job === null) return true;
  return (
    isRecord(job) &&
    isWhole(job.id) &&
    isWhole(job.turn) &&
    isWhole(job.steps) &&
    isWhole(job.done) &&
    isNumber(job.temperature) &&
    isNumber(job.seed) &&
    Array.isArray(job.mix) &&
    job.mix.every((part) => isRecord(part) && typeof part.model === 'string' && isNumber(part.weight)) &&
    Array.isArray(job.takes) &&
    job.takes.every((take) => isWhole(take)) &&
    isEvents(job.primer)
  );
}

/** Whether a check finds nothing wrong: what it cannot even look at is wrong as well. */
function passes(check: () => void): boolean {
  try {
    check();
    return true;
  } catch {
    return false;
  }
}

function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function isWhole(value: unknown, max = Number.MAX_SAFE_INTEGER): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= max;
}

function isHex(value: unknown): boolean {
  return typeof value === 'string' && value.length > 0 && fromHex(value) !== undefined;
}

function isEvents(value: unknown): boolean {
  return (
    Array.isArray(value) && value.length <= MOST_EVENTS && value.every((event) => Number.isInteger(event) && event >= -2 && event <= 127)
  );
}
