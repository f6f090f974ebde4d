// mst session: play with your models, in time. What was recorded is session-files.ts's matter.

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { MstError } from '../../core/errors.js';
import { packageVersion } from '../../registry/package.js';
import type { SessionPlan, SessionResult } from '../../session/session-plan.js';
import { type CommandGroup, type Context, defineCommand } from '../command.js';
import { count, formatSeconds, some } from '../format.js';
import { defaultModel } from './default-model.js';
import { fromMagentaMidi } from './magenta-midi.js';
import { exportSessionCommand, recoverCommand, replayCommand } from './session-files.js';

const WITH = 'Playing with';
const TURNS = 'Taking turns';
const BEAT = 'The beat';
const PORTS = 'Instruments and ports';
const SOUND = 'Sounds (channels count from 1, programs from 1 as in General MIDI)';
const STEERING = 'Steering';
const RECORDING = 'Recording';

const channel = { type: 'integer', min: 1, max: 16, group: SOUND } as const;
const program = { type: 'integer', min: 1, max: 128, group: SOUND } as const;

const play = defineCommand({
  name: 'session',
  usage: '[--model NAME|PATH]',
  describe: 'Play with your models: you play, they answer, on the beat',
  options: {
    model: { type: 'texts', group: WITH, describe: 'Who answers; of several, one after the other. Else the default model' },
    mix: { type: 'texts', group: WITH, describe: 'Several answering as one, with their shares: ff4=0.7,coldplay=0.3' },
    temperature: { type: 'number', min: 0, max: 4, default: 1, group: WITH, describe: 'Below 1 safer, above 1 bolder' },
    takes: {
      type: 'integer',
      min: 1,
      max: 8,
      default: 3,
      group: WITH,
      describe: 'Answers made for each turn; the first plays, F1-F3 keep another',
    },

    turns: {
      type: 'text',
      choices: ['bars', 'seconds', 'phrase', 'pedal', 'trade', 'continue', 'solo'],
      default: 'bars',
      group: TURNS,
      describe:
        'bars or seconds: by the clock. phrase: you stop for a beat, the model answers. pedal: the sustain pedal hands over. trade: 4-4-2-2-1-1 bars. continue: the model plays on until you do. solo: it plays by itself',
    },
    lengths: { type: 'text', group: TURNS, describe: "Yours + the model's, in bars (or seconds): 2+2, 4+4,2+2,1+1" },
    'count-in': { type: 'integer', min: 0, max: 16, group: TURNS, describe: 'Bars counted in [default: 1]' },
    'play-over': { type: 'text', choices: ['interrupt', 'along'], group: TURNS, describe: 'What playing over the model does' },
    'hand-over-key': {
      type: 'integer',
      min: 0,
      max: 127,
      group: TURNS,
      describe: 'A key of your instrument (60 is middle C) that hands over',
    },

    qpm: { type: 'number', min: 20, max: 400, group: BEAT, describe: "Tempo, quarter notes a minute [default: 120, or a file's]" },
    metre: { type: 'text', group: BEAT, describe: "Such as 3/4 [default: 4/4, or a file's]" },
    metronome: { type: 'text', choices: ['on', 'count-in', 'off'], default: 'on', group: BEAT, describe: 'When the click is heard' },
    clock: {
      type: 'text',
      choices: ['in', 'out', 'both'],
      group: BEAT,
      describe: 'in: follow the MIDI clock of a machine, its Start, Stop and Continue. out: send one. both',
    },

    input: {
      type: 'texts',
      group: PORTS,
      describe:
        'What you play on: a MIDI port (name, part of it, or number), "keyboard" for the computer keyboard, or song.mid, which plays as you. Else everything there is',
    },
    wait: { type: 'flag', group: PORTS, describe: 'song.mid waits while the model plays' },
    legato: {
      type: 'flag',
      group: PORTS,
      describe: 'A note of the computer keyboard lasts until the next one, in terminals that do not tell when keys are let go',
    },
    output: {
      type: 'texts',
      group: PORTS,
      describe: 'Where it sounds: a MIDI port, or a raw device such as /dev/snd/midiC1D0. Else the first port there is',
    },
    virtual: { type: 'flag', group: PORTS, describe: 'Make ports "mst in" and "mst out" that other programs connect to (not on Windows)' },
    thru: { type: 'flag', group: PORTS, describe: 'Pass on what you play to the output' },
    latency: {
      type: 'number',
      min: 0,
      max: 1000,
      group: PORTS,
      describe: 'Milliseconds by which your output sounds late; all is sent so much earlier. The loudspeaker knows its own',
    },
    'tap-test': { type: 'flag', group: PORTS, describe: 'Measure that: tap along with clicks' },
    'list-ports': { type: 'flag', group: PORTS, describe: 'List the MIDI ports, with their numbers' },

    sound: {
      type: 'text',
      choices: ['auto', 'speaker', 'off'],
      default: 'auto',
      group: SOUND,
      describe:
        'speaker: you and the model are heard from this computer, at MIDI outputs only where --output names them. off: never. auto: where there is no MIDI output',
    },
    soundfont: { type: 'text', group: SOUND, describe: 'Sounds of the loudspeaker: an .sf2 or .sf3 file, or the name of an installed one' },
    volume: { type: 'number', min: 0, max: 200, group: SOUND, describe: 'How loud it is, in percent [default: 100]' },
    'model-channel': { ...channel, default: 1, describe: 'Channel of the model' },
    'model-program': {
      ...program,
      describe: 'Its sound; else as your instrument is set, at the loudspeaker a flute (74), and yours an electric piano (5)',
    },
    'you-channel': { ...channel, describe: 'Channel your playing is passed on to, with --thru; else as it comes' },
    'you-program': { ...program, describe: 'Its sound' },
    'click-channel': { ...channel, default: 10, describe: 'Channel of the metronome' },
    'click-program': { ...program, describe: 'Its sound' },
    'click-output': { type: 'text', group: SOUND, describe: 'A port for the metronome alone' },

    cc: {
      type: 'texts',
      group: STEERING,
      describe: 'A controller of your instrument: temperature=21, tempo, hand-over, panic, mutate, loop',
    },
    learn: {
      type: 'text',
      choices: ['temperature', 'tempo', 'hand-over', 'panic', 'mutate', 'loop'],
      group: STEERING,
      describe: 'The first controller you move steers this',
    },

    record: { type: 'text', group: RECORDING, describe: 'Recording to be made [default: a new file in sessions/]' },
    simulate: { type: 'flag', group: RECORDING, describe: 'Play song.mid on a virtual clock, as fast as the models think, without sound' },
    'no-ui': { type: 'flag', group: RECORDING, describe: 'A line for each turn instead of the screen' },
  },
  examples: [
    ['mst session --model ff4', 'Two bars you, two bars the model'],
    ['mst session --model ff4 --model coldplay --turns trade', 'Two models trade with you, in turn'],
    ['mst session --mix ff4=0.7,coldplay=0.3 --turns phrase', 'One of both answers whenever you stop'],
    ['mst session --model ff4 --input song.mid --wait --simulate', 'Have a file play, and see what is answered'],
  ],
  respell: fromMagentaMidi,
  async run(context, given) {
    const { output, current } = context;
    if (given['list-ports']) return listPorts(context);
    const { planSession } = await import('../../session/session-options.js');
    const { findSoundFont } = await import('../../audio/soundfont-places.js');
    const plan = planSession(given as Parameters<typeof planSession>[0], {
      defaultModel: () => defaultModel(context),
      findModel: await modelFinder(context),
      current,
      findSoundFont: (asked) => findSoundFont(asked ?? context.environment.soundFont, current),
      // Without --seed every session is another one; the seed stands in its recording.
      seed: context.seed ?? context.clock() % 1_000_000,
      hasKeyboard: process.stdin.isTTY === true,
    });
    if (given['tap-test']) return tapTest(context, plan);
    const place = await placeOf(context, given.record);
    const origin = { created: new Date(context.clock()).toISOString(), version: packageVersion() };
    const result = given.simulate
      ? await simulate(context, plan, { place, origin })
      : await playLive(context, plan, { place, origin, screen: !given['no-ui'] });
    output.result({ ...result, seed: plan.settings.seed }, words(result));
  },
});

export const sessionCommand: CommandGroup = {
  name: 'session',
  describe: 'Play with your models, live; replay, recover and export what was played',
  itself: play,
  commands: [exportSessionCommand, replayCommand, recoverCommand],
};

type Making = Pick<Parameters<typeof import('../../session/session.js').playSession>[1], 'place' | 'origin'>;

async function playLive(
  context: Context,
  plan: SessionPlan,
  { place, origin, screen }: Making & { screen: boolean },
): Promise<SessionResult> {
  const { playSession } = await import('../../session/session.js');
  const { screenStyle } = await import('../../session/screen/screen-text.js');
  const { output, signal, environment } = context;
  const drawn = screen && output.mode === 'human' && output.stderr.isTTY === true;
  const talk: string[] = [];
  // While the screen is drawn, talk waits.
  if (drawn) output.drawWith((line) => talk.push(line));
  try {
    const result = await playSession(plan, {
      keys: process.stdin,
      canvas: output.stderr,
      mortal: process,
      signal,
      screen: drawn,
      style: screenStyle({ color: environment.color, ...environment.terminal }),
      tell: (text) => output.note(text),
      warn: (text) => output.warn(text),
      place,
      origin,
    });
    if (signal.aborted) {
      const { file } = result;
      throw new MstError('interrupted', `Interrupted; what was played is recorded in ${file}.`, {
        hint: `Have it as MIDI: mst session export ${file} --midi session.mid`,
      });
    }
    return result;
  } finally {
    output.drawWith(undefined);
    for (const line of talk) output.note(line);
  }
}

async function simulate({ output, signal }: Context, plan: SessionPlan, making: Making): Promise<SessionResult> {
  const { simulateSession } = await import('../../session/simulate.js');
  return simulateSession(plan, { ...making, signal, tell: (line) => output.note(line) });
}

async function tapTest({ output, signal }: Context, plan: SessionPlan): Promise<void> {
  const { tapAlong } = await import('../../session/latency/tap-along.js');
  const latency = await tapAlong(plan, {
    keys: process.stdin,
    canvas: output.stderr,
    mortal: process,
    signal,
    notice: (text) => output.warn(text),
    begin: () => output.note('Sixteen clicks come, 80 a minute. Tap any key with them, on your instrument or the computer keyboard.'),
  });
  if (latency === undefined)
    throw new MstError('no-input', 'Too few taps came with the clicks to tell.', { hint: 'Try again: one tap with every click.' });
  const milliseconds = Math.max(0, Math.round(latency * 1000));
  output.result({ latency: milliseconds }, `You hear your output, and tap, ${milliseconds} ms late: mst session --latency ${milliseconds}`);
}

async function listPorts({ output }: Context): Promise<void> {
  const { portNames } = await import('../../session/ports/session-ports.js');
  const ports = portNames();
  const list = (title: string, names: readonly string[]): string[] => [
    `${title}:`,
    ...(names.length === 0 ? ['  none'] : names.map((name, index) => `  ${index + 1}  ${name}`)),
  ];
  output.result(ports, [...list('Inputs', ports.inputs), ...list('Outputs', ports.outputs)].join('\n'));
}

async function modelFinder(context: Context): Promise<(nameOrPath: string) => { name: string; directory: string }> {
  const { findModel } = await import('../../registry/models.js');
  return (nameOrPath) => findModel(context.home, nameOrPath, context.current);
}

/** Where the recording goes. @throws MstError `exists` */
async function placeOf({ home, current, clock, force }: Context, record: string | undefined): Promise<Making['place']> {
  if (record === undefined) {
    const { sessionsDirectory } = await import('../../registry/home.js');
    return { folder: sessionsDirectory(home), time: clock() };
  }
  const path = resolve(current, record);
  if (force || !existsSync(path)) return { path, replace: force };
  throw new MstError('exists', `${record} is there already, and a recording is never written over.`, {
    hint: 'Name another file, or replace it with --force.',
  });
}

function words({ file, seconds, answers, missed, lost }: SessionResult): string {
  return [
    `${formatSeconds(seconds)} played, ${count(answers, 'answer')}${some(missed, 'of them missed')}. Recorded in ${file}`,
    ...(lost > 0 ? [`${count(lost, 'line')} of it could not be written.`] : []),
    `As MIDI: mst session export ${file} --midi session.mid`,
  ].join('\n');
}
