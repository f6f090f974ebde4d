// Whether settings and controls are possible. The engine asks before it believes them.

import { MstError } from '../core/errors.js';
import type { Mix } from './answers/job.js';
import { checkTempo } from './beat/tempo.js';
import type { Control } from './control.js';
import type { Settings, VoiceSettings } from './settings.js';
import { LEARN_TARGETS } from './settings.js';
import { type Exchange, type TurnMode, turnMode } from './turns/turn-modes.js';

export const HOTTEST = 4;
const LONGEST_TURN = 1000;
/** Of a turn that has a length: a beat of a 4/4 bar, or a quarter of a second. */
const SHORTEST_TURN = 0.25;
const MOST_EXCHANGES = 64;
const MOST_TAKES = 8;
/** Seconds. */
export const LONGEST_LATENCY = 1;

/** @throws MstError `usage` naming the setting that is impossible */
export function checkSettings(settings: Settings): void {
  checkExchanges(settings.exchanges, turnMode(settings.mode));
  checkTempo(settings.qpm);
  checkWhole('beats of a bar', settings.beatsPerBar, 1, 16);
  checkWhole('bars to count in', settings.countInBars, 0, 16);
  checkTemperature(settings.temperature);
  checkModels(settings.models);
  checkWhole('takes', settings.takes, 1, MOST_TAKES);
  if (!Number.isSafeInteger(settings.seed)) impossible('seed', settings.seed, 'a whole number');
  checkLatency(settings.latency ?? 0);
  const { you, model, click } = settings.voices;
  for (const voice of [you, model, click]) if (voice !== null) checkVoice(voice);
  if (settings.handOverKey !== null) checkWhole('key that hands over', settings.handOverKey, 0, 127);
  for (const controller of Object.values(settings.learned)) checkWhole('controller', controller, 0, 127);
}

/** @param mode the mode in force. @throws MstError `usage` for a control that asks for something impossible */
export function checkControl(control: Control, mode: TurnMode): void {
  switch (control.type) {
    case 'mode':
      turnMode(control.mode);
      break;
    case 'exchanges':
      checkExchanges(control.exchanges, mode);
      break;
    case 'temperature':
      checkTemperature(control.temperature);
      break;
    case 'tempo':
      checkTempo(control.qpm);
      break;
    case 'latency':
      checkLatency(control.seconds);
      break;
    case 'models':
      checkModels(control.models);
      break;
    case 'keep-take':
      checkWhole('take', control.take, 0, MOST_TAKES - 1);
      break;
    case 'learn':
      if (control.target !== null && !LEARN_TARGETS.includes(control.target)) {
        impossible('thing to learn', control.target, `one of ${LEARN_TARGETS.join(', ')}`);
      }
      break;
    case 'source-lost':
      checkWhole('source', control.source, 0, Number.MAX_SAFE_INTEGER);
      break;
    default:
  }
}

function checkExchanges(exchanges: readonly Exchange[] | null, { callEnds, name }: TurnMode): void {
  if (exchanges === null) return;
  if (exchanges.length === 0 || exchanges.length > MOST_EXCHANGES) {
    impossible('number of exchanges', exchanges.length, `1 to ${MOST_EXCHANGES}`);
  }
  for (const { you, model } of exchanges) {
    if (you === 0 && callEnds === 'length') impossible(`length of your turn with ${name}`, you, 'how long it is');
    for (const length of [you, model]) {
      if (length === 0 || (length >= SHORTEST_TURN && length <= LONGEST_TURN)) continue;
      impossible('length of a turn', length, `a number from ${SHORTEST_TURN} to ${LONGEST_TURN}, or 0 where you need none`);
    }
  }
}

function checkTemperature(temperature: number): void {
  if (!(temperature >= 0 && temperature <= HOTTEST)) impossible('temperature', temperature, `a number from 0 to ${HOTTEST}`);
}

function checkLatency(latency: number): void {
  if (!(latency >= 0 && latency <= LONGEST_LATENCY)) impossible('latency', latency, `a number of seconds from 0 to ${LONGEST_LATENCY}`);
}

function checkModels(models: readonly Mix[]): void {
  for (const mix of models) {
    if (mix.length === 0) impossible('mix', 'nothing', 'at least one model');
    for (const { weight } of mix) if (!(weight > 0 && Number.isFinite(weight))) impossible('weight of a model', weight, 'a number above 0');
  }
}

function checkVoice({ channel, program }: VoiceSettings): void {
  checkWhole('channel', channel, 0, 15);
  if (program !== null) checkWhole('program', program, 0, 127);
}

function checkWhole(what: string, value: number, lowest: number, highest: number): void {
  if (!(Number.isInteger(value) && value >= lowest && value <= highest)) {
    impossible(what, value, `a whole number from ${lowest} to ${highest}`);
  }
}

function impossible(what: string, value: number | string, wanted: string): never {
  throw new MstError('usage', `The ${what} cannot be ${value}.`, { hint: `Give ${wanted}.` });
}
