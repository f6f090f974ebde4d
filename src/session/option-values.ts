// Values of options of `mst session` as they are written: mixes of models, lengths of turns, a metre, controllers.

import { MstError } from '../core/errors.js';
import { LEARN_TARGETS, type LearnedControllers, type LearnTarget } from '../jam/settings.js';
import type { Exchange, TurnMode } from '../jam/turns/turn-modes.js';

/** `ff4=0.7,coldplay=0.3`. @throws MstError `usage` */
export function parseMix(text: string): { model: string; weight: number }[] {
  return text.split(',').map((part) => {
    const [, model = '', weight = ''] = /^\s*(.+?)\s*=\s*(\d*\.?\d+)\s*$/.exec(part) ?? [];
    if (model !== '' && Number(weight) > 0) return { model, weight: Number(weight) };
    throw new MstError('usage', `${JSON.stringify(part)} in --mix is not a model and its share.`, {
      hint: 'Write: --mix ff4=0.7,coldplay=0.3',
    });
  });
}

/** `2`, `4+2`, `4+4,2+2,1+1`: your turn + the model's, one exchange after the other. @throws MstError `usage` */
export function parseLengths(text: string, mode: TurnMode): Exchange[] {
  if (mode.answerEnds === 'never') {
    throw new MstError('usage', `With --turns ${mode.name} the model plays on, so there are no lengths.`, { hint: 'Leave --lengths out.' });
  }
  const free = mode.callEnds !== 'length';
  return text.split(',').map((part) => {
    const [, first, , second] = /^\s*(\d*\.?\d+)\s*(\+\s*(\d*\.?\d+)\s*)?$/.exec(part) ?? [];
    if (first === undefined) {
      throw new MstError('usage', `${JSON.stringify(part)} in --lengths is not a length of turns.`, {
        hint: free
          ? 'Give the length of the answer: --lengths 4'
          : "Write your turn + the model's: --lengths 2+2, or --lengths 4+4,2+2,1+1",
      });
    }
    if (!free) return { you: Number(first), model: Number(second ?? first) };
    if (second === undefined) return { you: 0, model: Number(first) };
    throw new MstError('usage', `With --turns ${mode.name} your turn is as long as you like.`, {
      hint: `Give the length of the answer alone: --lengths ${second}`,
    });
  });
}

/** Quarter notes of a bar: 4/4, 3/4, 6/8 (three). @throws MstError `usage` */
export function parseMetre(text: string): number {
  const [, numerator = '', denominator = ''] = /^(\d+)\/(\d+)$/.exec(text) ?? [];
  const quarters = (Number(numerator) * 4) / Number(denominator);
  if ([1, 2, 4, 8, 16].includes(Number(denominator)) && Number.isInteger(quarters) && quarters >= 1 && quarters <= 16) return quarters;
  throw new MstError('usage', `The metre cannot be ${JSON.stringify(text)}.`, {
    hint: 'A bar must be 1 to 16 whole quarter notes: --metre 3/4, 4/4, 6/8',
  });
}

/** `temperature=21`, by what they steer. @throws MstError `usage` */
export function parseControllers(texts: readonly string[]): LearnedControllers {
  const learned: Partial<Record<LearnTarget, number>> = {};
  for (const part of texts.flatMap((text) => text.split(','))) {
    const [, name = '', number = ''] = /^\s*([a-z-]+)\s*=\s*(\d+)\s*$/i.exec(part) ?? [];
    const target = LEARN_TARGETS.find((each) => each === name);
    if (target === undefined || Number(number) > 127) {
      throw new MstError('usage', `${JSON.stringify(part)} in --cc is not something to steer and a controller from 0 to 127.`, {
        hint: `Write --cc temperature=21; there are ${LEARN_TARGETS.join(', ')}.`,
      });
    }
    if (Object.values(learned).includes(Number(number))) {
      throw new MstError('usage', `Controller ${number} cannot steer two things.`, { hint: 'Give each its own.' });
    }
    learned[target] = Number(number);
  }
  return learned;
}
