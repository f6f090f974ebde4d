// The drum kit: which sound every key of General MIDI's percussion plays, and the two clicks of the metronome.

import type { Random } from '../../core/random.js';
import type { Shape } from './shape.js';
import type { Tone } from './tone.js';
import { closedHat, crash, openHat, ride } from './voices/cymbals.js';
import { clap, handDrum, kick, knock, rattle, ringing, sideStick, snare, tom, whistle } from './voices/drums.js';

/** A sound of the kit, recorded at `at`, and the keys that play it: each with its own shift in semitones from that recording. */
export interface Piece {
  readonly name: string;
  readonly make: (key: number, random: Random) => Tone;
  readonly at: number;
  readonly keys: readonly (readonly [key: number, semitones: number, shape?: Shape])[];
}

const HATS = 1;
/** Seconds in which a cymbal falls by 100 dB, however short the note. */
const ringOut = (seconds: number): Shape => ({ decay: seconds, release: seconds });
const dry = { reverb: 0.02 } as const;

export const kit: readonly Piece[] = [
  {
    name: 'kick',
    make: kick,
    at: 36,
    keys: [
      [36, 0, dry],
      [35, -2, dry],
    ],
  },
  {
    name: 'snare',
    make: snare,
    at: 38,
    keys: [
      [38, 0],
      [40, 2, { gain: 1 }],
    ],
  },
  {
    name: 'side stick',
    make: sideStick,
    at: 37,
    keys: [
      [37, 0],
      [31, 3],
    ],
  },
  {
    name: 'clap',
    make: clap,
    at: 39,
    keys: [
      [39, 0],
      [28, 2],
    ],
  },
  {
    name: 'closed hat',
    make: closedHat,
    at: 42,
    keys: [
      [42, 0, { group: HATS, pan: 0.2 }],
      [44, -2, { group: HATS, gain: -3, pan: 0.2 }],
      [29, -7],
      [30, -5],
    ],
  },
  { name: 'open hat', make: openHat, at: 46, keys: [[46, 0, { group: HATS, pan: 0.2, decay: 1.6, release: 1.6 }]] },
  {
    name: 'tom',
    make: tom,
    at: 47,
    keys: [
      [41, -7, { pan: -0.35 }],
      [43, -4, { pan: -0.2 }],
      [45, -2, { pan: -0.05 }],
      [47, 0, { pan: 0.1 }],
      [48, 2, { pan: 0.2 }],
      [50, 5, { pan: 0.35 }],
    ],
  },
  {
    name: 'crash',
    make: crash,
    at: 49,
    keys: [
      [49, 0, { pan: -0.3, ...ringOut(5) }],
      [57, -2, { pan: 0.3, ...ringOut(6) }],
      [52, 3, { pan: 0.25, ...ringOut(3.5) }],
      [55, 6, { pan: -0.2, ...ringOut(1.6) }],
    ],
  },
  {
    name: 'ride',
    make: ride,
    at: 51,
    keys: [
      [51, 0, { pan: 0.35, ...ringOut(4.5) }],
      [59, -2, { pan: 0.3, ...ringOut(5) }],
    ],
  },
  {
    name: 'ride bell',
    make: (key) =>
      ringing(key, {
        seconds: 0.4,
        modes: [
          [1040, 0.5],
          [2210, 0.8],
          [3270, 0.6],
          [4910, 0.35],
        ],
        dying: 6,
        level: -5,
      }),
    at: 53,
    keys: [[53, 0, { pan: 0.35 }]],
  },
  {
    name: 'cowbell',
    make: (key) =>
      ringing(key, {
        seconds: 0.3,
        modes: [
          [562, 1],
          [845, 0.9],
          [1690, 0.4],
          [2540, 0.25],
        ],
        dying: 15,
        level: -4,
      }),
    at: 56,
    keys: [
      [56, 0],
      [67, 7],
      [68, 3],
    ],
  },
  {
    name: 'triangle',
    make: (key) =>
      ringing(key, {
        seconds: 0.42,
        modes: [
          [1980, 0.25],
          [4140, 0.6],
          [5420, 0.8],
          [8320, 0.5],
        ],
        dying: 4,
        level: -9,
      }),
    at: 81,
    keys: [
      [81, 0, { group: 4 }],
      [80, 0, { decay: 0.35, group: 4 }],
      [83, 2, { decay: 0.8 }],
      [84, 5, { gain: -4 }],
    ],
  },
  {
    name: 'hand drum',
    make: handDrum,
    at: 63,
    keys: [
      [60, 8],
      [61, 4],
      [62, 3, { decay: 0.25 }],
      [63, 0],
      [64, -4],
      [65, 6],
      [66, 2],
      [78, 11, { decay: 0.25 }],
      [79, 7],
      [86, -5, { decay: 0.3 }],
      [87, -5],
    ],
  },
  {
    name: 'shaker',
    make: (key, random) => rattle(key, { seconds: 0.1, hertz: 6800, q: 1.4, grains: 1, dying: 45, level: -7 }, random),
    at: 70,
    keys: [
      [70, 0],
      [69, -3],
      [82, -2],
    ],
  },
  {
    name: 'tambourine',
    make: (key, random) => rattle(key, { seconds: 0.26, hertz: 9000, q: 2.5, grains: 3, dying: 40, level: -6 }, random),
    at: 54,
    keys: [[54, 0]],
  },
  {
    name: 'scraper',
    make: (key, random) => rattle(key, { seconds: 0.26, hertz: 3400, q: 2, grains: 9, dying: 70, level: -6 }, random),
    at: 74,
    keys: [
      [74, 0],
      [73, 2, { decay: 0.45 }],
      [58, -4],
      [27, 7, { decay: 0.4 }],
    ],
  },
  {
    name: 'wood',
    make: (key) => knock(key, { hertz: 1020, dying: 48, level: -3 }),
    at: 76,
    keys: [
      [76, 0],
      [77, -5],
      [75, 12],
      [85, 9],
      [32, 7],
    ],
  },
  {
    name: 'whistle',
    make: whistle,
    at: 72,
    keys: [
      [72, 0],
      [71, 0, { decay: 0.5 }],
    ],
  },
  {
    name: 'click',
    make: (key) => knock(key, { hertz: 1900, dying: 75, level: -1 }),
    at: 33,
    keys: [
      [33, 0, dry],
      [34, 7, dry],
    ],
  },
];
