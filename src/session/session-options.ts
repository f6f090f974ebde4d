// From the words of a command line to what a session is made of. Everything that cannot be is refused here, before anything is opened.

import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { MstError } from '../core/errors.js';
import type { Mix } from '../jam/answers/job.js';
import { FASTEST_QPM, SLOWEST_QPM } from '../jam/beat/tempo.js';
import { checkSettings } from '../jam/check-settings.js';
import type { LearnTarget } from '../jam/settings.js';
import { DEFAULT_SETTINGS, type Metronome, type Settings } from '../jam/settings.js';
import { type PlayOver, TURN_MODES, type TurnMode, type TurnModeName } from '../jam/turns/turn-modes.js';
import { readMidi } from '../music/midi-to-note-sequence.js';
import { readFileMessages, type TimedMessage } from './file-messages.js';
import type { ModelPlace } from './models/opened-models.js';
import { parseControllers, parseLengths, parseMetre, parseMix } from './option-values.js';
import type { InputPlan, OutputPlan, SessionPlan, SpeakerPlan } from './session-plan.js';

/** What was asked for, by the names of the options of `mst session`. */
export interface SessionWords {
  readonly model: readonly string[];
  readonly mix: readonly string[];
  readonly temperature: number;
  readonly takes: number;
  readonly turns: TurnModeName;
  readonly lengths: string | undefined;
  readonly 'count-in': number | undefined;
  readonly 'play-over': PlayOver | undefined;
  readonly 'hand-over-key': number | undefined;
  readonly qpm: number | undefined;
  readonly metre: string | undefined;
  readonly metronome: Metronome;
  readonly clock: 'in' | 'out' | 'both' | undefined;
  readonly input: readonly string[];
  readonly wait: boolean;
  readonly legato: boolean;
  readonly output: readonly string[];
  readonly virtual: boolean;
  readonly thru: boolean;
  readonly sound: 'auto' | 'speaker' | 'off';
  readonly soundfont: string | undefined;
  readonly volume: number | undefined;
  readonly latency: number | undefined;
  readonly 'click-output': string | undefined;
  readonly 'you-channel': number | undefined;
  readonly 'you-program': number | undefined;
  readonly 'model-channel': number;
  readonly 'model-program': number | undefined;
  readonly 'click-channel': number;
  readonly 'click-program': number | undefined;
  readonly cc: readonly string[];
  readonly learn: LearnTarget | undefined;
  readonly simulate: boolean;
}

/** What is around the command line. */
export interface Surroundings {
  /** The model when none was named. @throws MstError */
  readonly defaultModel: () => string;
  /** A model by its name or path. @throws MstError `not-found` */
  readonly findModel: (nameOrPath: string) => ModelPlace;
  readonly current: string;
  /** Path of a soundfont that was asked for, or of the one that is used else. @throws MstError `not-found` */
  readonly findSoundFont: (asked: string | undefined) => string;
  readonly seed: number;
  /** Whether there is a computer keyboard to play on. */
  readonly hasKeyboard: boolean;
}

/** @throws MstError `usage` for what cannot be, `not-found` for models and files that are not there */
export function planSession(words: SessionWords, around: Surroundings): SessionPlan {
  const mode = TURN_MODES[words.turns];
  const inputs = inputsOf(words, around);
  checkTogether(words, mode, inputs);
  const { models, partners, answering } = partnersOf(words, around);
  const file = inputs.find((input): input is FileInput => input.kind === 'file');
  const settings = settingsOf(words, { mode, answering, seed: around.seed, file });
  checkSettings(settings);
  const silent = words.simulate;
  const outputs: OutputPlan[] = words.output.map(outputOf);
  if (words.virtual) outputs.push({ kind: 'virtual' });
  const speaker = silent ? undefined : speakerOf(words, outputs, around);
  if (outputs.length === 0 && !silent && words.sound !== 'speaker') outputs.push({ kind: 'first' });
  return {
    settings,
    models,
    partners,
    inputs,
    outputs,
    clickOutput: words['click-output'] === undefined ? undefined : outputOf(words['click-output']),
    speaker,
    learn: words.learn ?? null,
    noteEnds: words.legato ? 'legato' : 'hold',
    fileWaits: words.wait,
  };
}

type FileInput = Extract<InputPlan, { kind: 'file' }>;

/** A MIDI file is meant where a name ends like one. */
const MIDI_FILE = /\.(?:midi?|kar)$/i;
const LARGEST_FILE = 2 ** 26;

function inputsOf({ input, virtual, simulate }: SessionWords, { current, hasKeyboard }: Surroundings): InputPlan[] {
  const inputs: InputPlan[] = input.map((wanted) => {
    if (wanted.toLowerCase() === 'keyboard') {
      if (hasKeyboard || simulate) return { kind: 'keyboard' };
      throw new MstError('usage', 'The computer keyboard can only be played in a terminal.', { hint: 'Start mst session in one.' });
    }
    return MIDI_FILE.test(wanted) ? readInputFile(wanted, current) : { kind: 'port', wanted };
  });
  if (virtual) inputs.push({ kind: 'virtual' });
  if (inputs.length > 0 || simulate) return inputs;
  if (hasKeyboard) inputs.push({ kind: 'keyboard' });
  inputs.push({ kind: 'all' });
  return inputs;
}

function readInputFile(path: string, current: string): FileInput {
  const full = resolve(current, path);
  const stat = statSync(full, { throwIfNoEntry: false });
  if (stat === undefined) throw new MstError('not-found', `There is no file ${path}.`, { hint: 'Check the path.' });
  if (!stat.isFile() || stat.size > LARGEST_FILE) {
    throw new MstError('bad-midi', `${path} is no MIDI file that can be played.`, { hint: 'Choose another.' });
  }
  let messages: TimedMessage[];
  try {
    messages = readFileMessages(readFileSync(full));
  } catch (error) {
    if (!(error instanceof MstError)) throw error;
    throw new MstError(error.code, `${path}: ${error.message}`, error.hint === undefined ? {} : { hint: error.hint });
  }
  return { kind: 'file', path: full, messages };
}

function outputOf(wanted: string): OutputPlan {
  return wanted.startsWith('/') ? { kind: 'raw', path: wanted } : { kind: 'port', wanted };
}

/** The loudspeaker: where it was asked for; else, unless another output was, where there is no MIDI output. */
function speakerOf(
  { sound, soundfont, volume, latency }: SessionWords,
  outputs: readonly OutputPlan[],
  { findSoundFont }: Surroundings,
): SpeakerPlan | undefined {
  if (sound === 'off' || (sound === 'auto' && outputs.length > 0)) return undefined;
  return {
    when: sound === 'speaker' ? 'always' : 'alone',
    soundFont: findSoundFont(soundfont),
    volume: (volume ?? 100) / 100,
    latency: latency === undefined ? undefined : latency / 1000,
  };
}

/** Options that cannot work together, each with why. */
function checkTogether(words: SessionWords, mode: TurnMode, inputs: readonly InputPlan[]): void {
  const { simulate, clock, turns } = words;
  const hearsOthers = inputs.some(({ kind }) => kind === 'port' || kind === 'all' || kind === 'virtual');
  const counted = mode.start !== 'first-note';
  const files = inputs.filter(({ kind }) => kind === 'file').length;
  const rules: readonly (readonly [wrong: boolean, why: string, hint: string])[] = [
    [simulate && (files === 0 || files < inputs.length), '--simulate plays files and nothing else.', 'Give it one: --input song.mid'],
    [
      simulate && (words.output.length > 0 || words['click-output'] !== undefined),
      '--simulate sounds nowhere, so it has no output.',
      'Leave --simulate out to hear it.',
    ],
    [simulate && words.sound === 'speaker', '--simulate sounds nowhere, so there is no --sound.', 'Leave --simulate out to hear it.'],
    [
      (simulate || words.sound === 'off') && (words.soundfont !== undefined || words.volume !== undefined),
      '--soundfont and --volume are for the loudspeaker, which is not to sound.',
      'Leave them out.',
    ],
    [simulate && words.latency !== undefined, '--simulate sounds nowhere, so there is no --latency.', 'Leave one of them out.'],
    [simulate && words.learn !== undefined, '--simulate has no controllers to --learn.', 'Name the controller: --cc temperature=21'],
    [simulate && clock !== undefined, '--simulate has a clock of its own.', 'Leave --clock out.'],
    [
      clock !== undefined && clock !== 'out' && !hearsOthers,
      `--clock ${clock} needs a MIDI input that the clock comes from.`,
      'Name it with --input, or make one with --virtual.',
    ],
    [
      words.legato && !inputs.some(({ kind }) => kind === 'keyboard'),
      '--legato is for the computer keyboard, which is not in use.',
      'Leave it out, or add --input keyboard.',
    ],
    [words.wait && files === 0, '--wait is for a file that plays as you.', 'Give one: --input song.mid'],
    [
      words['count-in'] !== undefined && !counted,
      `With --turns ${turns} nothing is counted in: the music begins with your first note.`,
      'Leave --count-in out.',
    ],
    [
      words['hand-over-key'] !== undefined && mode.strict,
      `With --turns ${turns} the clock hands over, not a key.`,
      'Use --turns pedal or phrase, or leave --hand-over-key out.',
    ],
    [
      words.metronome === 'off' && (words['click-output'] !== undefined || words['click-program'] !== undefined),
      '--metronome off has no click to send anywhere.',
      'Leave one of them out.',
    ],
    [
      words.thru && words.output.length === 0 && simulate,
      '--simulate sounds nowhere, so there is nothing to pass on.',
      'Leave --thru out.',
    ],
    [
      words['you-channel'] !== undefined && !words.thru && words.sound !== 'speaker',
      '--you-channel is where your playing is passed on to.',
      'Add --thru, or --sound speaker.',
    ],
    [
      words['you-program'] !== undefined && words['you-channel'] === undefined && words.sound !== 'speaker',
      '--you-program needs the channel it is for.',
      'Add --thru --you-channel 1, or --sound speaker.',
    ],
    [words.learn !== undefined && !hearsOthers, '--learn waits for a controller, and no MIDI input is in use.', 'Name one with --input.'],
  ];
  for (const [wrong, why, hint] of rules) if (wrong) throw new MstError('usage', why, { hint });
}

/** Who answers, who else can be switched to, and the models all of them need. */
function partnersOf(
  { model, mix }: SessionWords,
  { defaultModel, findModel }: Surroundings,
): { models: ModelPlace[]; partners: Mix[]; answering: Mix[] } {
  const named = model.flatMap((names) => names.split(',').filter((name) => name !== ''));
  const wanted = named.length === 0 && mix.length === 0 ? [defaultModel()] : named;
  const models = new Map<string, ModelPlace>();
  const use = (nameOrPath: string): string => {
    const { name, directory } = findModel(nameOrPath);
    const known = models.get(name);
    if (known !== undefined && known.directory !== directory) {
      throw new MstError('usage', `Two models are called "${name}": ${known.directory} and ${directory}.`, {
        hint: 'Leave one of them out.',
      });
    }
    models.set(name, { name, directory });
    return name;
  };
  const alone = wanted.map((name): Mix => [{ model: use(name), weight: 1 }]);
  const mixes = mix.map((text): Mix => parseMix(text).map(({ model: name, weight }) => ({ model: use(name), weight })));
  const distinct = new Map([...mixes, ...alone].map((each) => [JSON.stringify(each), each]));
  const partners = [...distinct.values()];
  return { models: [...models.values()], partners, answering: mixes.length > 0 ? mixes : partners };
}

function settingsOf(
  words: SessionWords,
  { mode, answering, seed, file }: { mode: TurnMode; answering: readonly Mix[]; seed: number; file: FileInput | undefined },
): Settings {
  const program = (number: number | undefined): number | null => (number === undefined ? null : number - 1);
  const beat = file === undefined || (words.qpm !== undefined && words.metre !== undefined) ? {} : beatOf(file);
  return {
    ...DEFAULT_SETTINGS,
    mode: words.turns,
    exchanges: words.lengths === undefined ? null : parseLengths(words.lengths, mode),
    qpm: words.qpm ?? beat.qpm ?? DEFAULT_SETTINGS.qpm,
    beatsPerBar: words.metre === undefined ? (beat.beatsPerBar ?? DEFAULT_SETTINGS.beatsPerBar) : parseMetre(words.metre),
    countInBars: words['count-in'] ?? DEFAULT_SETTINGS.countInBars,
    metronome: words.metronome,
    thru: words.thru,
    playOver: words['play-over'] ?? null,
    temperature: words.temperature,
    models: answering,
    seed,
    takes: words.takes,
    voices: {
      you:
        words['you-channel'] === undefined && words['you-program'] === undefined
          ? null
          : { channel: (words['you-channel'] ?? 1) - 1, program: program(words['you-program']) },
      model: { channel: words['model-channel'] - 1, program: program(words['model-program']) },
      click: { channel: words['click-channel'] - 1, program: program(words['click-program']) },
    },
    handOverKey: words['hand-over-key'] ?? null,
    learned: parseControllers(words.cc),
    clockIn: words.clock === 'in' || words.clock === 'both',
    clockOut: words.clock === 'out' || words.clock === 'both',
    latency: (words.latency ?? 0) / 1000,
  };
}

/** Tempo and metre that a file begins with, where a session can have them. */
function beatOf({ path }: FileInput): { qpm?: number; beatsPerBar?: number } {
  const { tempos, timeSignatures } = readMidi(readFileSync(path)).sequence;
  const qpm = tempos[0]?.qpm;
  const metre = timeSignatures[0];
  const beats = metre === undefined ? undefined : (metre.numerator * 4) / metre.denominator;
  return {
    ...(qpm !== undefined && qpm >= SLOWEST_QPM && qpm <= FASTEST_QPM && { qpm }),
    ...(beats !== undefined && Number.isInteger(beats) && beats >= 1 && beats <= 16 && { beatsPerBar: beats }),
  };
}
