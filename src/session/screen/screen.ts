// What a session looks like in a terminal, as lines, and the few bytes that turn one picture into the next. The screen decides nothing: it
// shows the engine's status and what the shell knows beside it.

import type { Mix } from '../../jam/answers/job.js';
import type { AnswerTiming, Phase, Status } from '../../jam/status.js';
import { drawKeyboard, drawRoll } from './screen-roll.js';
import { line, type ScreenStyle, type Tone } from './screen-text.js';

/** What the shell knows and the engine does not. */
export interface ScreenFacts {
  /** Session seconds. */
  readonly now: number;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** The recording. */
  readonly file: string | null;
  /** A sentence for the player, such as that a port is gone; null = none. */
  readonly notice: string | null;
  /** Lines of key help, shown as far as there is room. */
  readonly help: readonly string[];
}

const FEWEST_ROWS = 20;
/** Lines above and below the piano roll, help apart. */
const FIXED_LINES = 8;
const MOST_HELP = 5;
const FEWEST_ROLL = 4;
const BAR_WIDTH = 20;

const PHASES: Readonly<Record<Phase, readonly [string, Tone]>> = {
  ready: ['READY', 'strong'],
  'count-in': ['COUNT-IN', 'strong'],
  waiting: ['PLAY', 'you'],
  you: ['YOUR TURN', 'you'],
  model: ['MODEL', 'model'],
  ended: ['THE END', 'strong'],
};

/**
 * The screen as `rows` lines of exactly `columns` places, colour codes apart. A terminal smaller than 60x20 gets what fits, the most important
 * first.
 */
export function drawScreen(status: Status, facts: ScreenFacts, columns: number, rows: number, style: ScreenStyle): string[] {
  const help = facts.help.slice(0, rows >= FEWEST_ROWS ? MOST_HELP : 0);
  const rollRows = Math.max(FEWEST_ROLL, rows - FIXED_LINES - help.length);
  const rule = (style.unicode ? '─' : '-').repeat(columns);
  const drawn = [
    line(turnParts(status, style), columns, style),
    line(beatParts(status, style), columns, style),
    line(modelParts(status), columns, style),
    line([[rule, 'quiet']], columns, style),
    ...drawRoll(status.roll, facts.now, columns, rollRows, style),
    drawKeyboard(status.sounding, columns, style),
    line(answerParts(status), columns, style),
    line([portWords(facts)], columns, style),
    line([facts.notice === null ? [` ${facts.file ?? ''}`, 'quiet'] : [` ${facts.notice}`, 'warning']], columns, style),
    ...help.map((text) => line([[text, 'quiet']], columns, style)),
  ];
  while (drawn.length < rows) drawn.push(' '.repeat(columns));
  return drawn.slice(0, rows);
}

type Part = string | readonly [string, Tone];
type Parts = readonly Part[];

/** Whose turn, and how much of it is left. */
function turnParts({ phase, held, left, mode, exchanges }: Status, { unicode }: ScreenStyle): Parts {
  const turns = [mode, ...lengthWords(exchanges)].join(' ');
  if (held) return [[` ${'STOPPED'.padEnd(10)}`, 'warning'], `waiting for the MIDI clock   ${turns}`];
  const [name, tone] = PHASES[phase];
  const parts: Part[] = [[` ${name.padEnd(10)}`, tone]];
  if (left !== null) {
    const full = Math.round(Math.max(0, Math.min(1, left.fraction)) * BAR_WIDTH);
    const [block, empty] = unicode ? ['█', '░'] : ['#', '.'];
    const beats = left.beats.toFixed(1);
    parts.push([`${block.repeat(full)}${empty.repeat(BAR_WIDTH - full)}`, tone], ` ${beats} ${beats === '1.0' ? 'beat' : 'beats'} left`);
  }
  parts.push(`   ${turns}`);
  return parts;
}

/** Lengths of turns as --lengths has them; none where they are as long as you like. */
function lengthWords(exchanges: Status['exchanges']): string[] {
  const words = exchanges.map(({ you, model }) => (you === 0 ? `${model}` : `${you}+${model}`));
  return exchanges.every(({ you, model }) => you === 0 && model === 0) ? [] : [words.join(',')];
}

function beatParts({ beat, beatsPerBar, quarter, qpm, bar, metronome, takes, finishing }: Status, { unicode }: ScreenStyle): Parts {
  const [on, off] = unicode ? ['●', '○'] : ['*', 'o'];
  const running = quarter !== null;
  const dots = Array.from({ length: beatsPerBar }, (_, k) => (running && k + 1 === Math.floor(beat) ? on : off)).join(' ');
  const parts: Part[] = [` ${dots}   `, [`${Number(qpm.toFixed(1))} bpm`, 'strong'], running && quarter >= 0 ? `   bar ${bar}` : ''];
  if (takes !== null && takes.ready.length > 1) {
    parts.push('   takes');
    for (const take of takes.ready) parts.push(take === takes.kept ? [` [${take + 1}]`, 'strong'] : ` ${take + 1}`);
  }
  parts.push(finishing ? '   ending' : '', metronome === 'on' ? '' : `   metronome ${metronome}`);
  return parts;
}

function modelParts({ models, temperature, loop, mutate, learning }: Status): Parts {
  return [
    ' with ',
    [models.length === 0 ? 'nobody' : mixWords(models), 'model'],
    `   temperature ${temperature.toFixed(2)}`,
    loop ? '   loop' : '',
    mutate ? '   mutate' : '',
    learning === null ? '' : `   move a controller for ${learning}`,
  ];
}

/** A mix of models in words: one name, or names with their shares. */
export function mixWords(mix: Mix): string {
  const total = mix.reduce((sum, { weight }) => sum + weight, 0);
  if (mix.length === 1) return mix[0]?.model ?? '';
  return mix.map(({ model, weight }) => `${model} ${Math.round((100 * weight) / total)}%`).join(' + ');
}

function answerParts({ lastAnswer, answers }: Status): Parts {
  const parts: Part[] = [` ${lastAnswer === null ? 'no answer yet' : `answer ${timingWords(lastAnswer)}`}`];
  if (lastAnswer !== null && lastAnswer.lateNotes > 0) parts.push([`, ${lastAnswer.lateNotes} too late`, 'warning']);
  if (answers.missed > 0) parts.push([`, ${answers.missed} of ${answers.turns} missed`, 'warning']);
  return parts;
}

/** How an answer came, in words. */
export function timingWords({ offset, generation }: Pick<AnswerTiming, 'offset' | 'generation'>): string {
  const made = generation === null ? '' : `made in ${milliseconds(generation)}`;
  if (offset === null) return made === '' ? 'is on its way' : made;
  const where = `${milliseconds(Math.abs(offset))} ${offset < 0 ? 'before' : 'after'} its beat`;
  return made === '' ? where : `${where}, ${made}`;
}

const milliseconds = (seconds: number): string => {
  const ms = seconds * 1000;
  return `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
};

function portWords({ inputs, outputs }: ScreenFacts): string {
  return ` in: ${inputs.join(', ') || 'nothing'}   out: ${outputs.join(', ') || 'nothing'}`;
}

const HOME = '\x1b[H';
const CLEAR = '\x1b[0m\x1b[2J';
const at = (row: number): string => `\x1b[${row + 1};1H`;

/** Turns pictures into what must be written to a terminal to see them: only lines that changed. */
export class ScreenWriter {
  #shown: readonly string[] = [];
  #columns = 0;

  /** What to write so that the terminal shows these lines; '' when it does already. @param columns another width than before clears it */
  frame(lines: readonly string[], columns: number): string {
    const fresh = this.#shown.length !== lines.length || columns !== this.#columns;
    const changed = lines.flatMap((text, row) => (fresh || text !== this.#shown[row] ? `${at(row)}${text}` : [])).join('');
    this.#shown = [...lines];
    this.#columns = columns;
    return fresh ? CLEAR + changed + HOME : changed;
  }

  /** Forgets what is there, as when something else has written over it: the next picture is drawn whole. */
  forget(): void {
    this.#shown = [];
  }
}
