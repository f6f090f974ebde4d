// What players say of themselves. The lines are copied from the programs themselves: pacat 16.1, pw-cat 0.3.65, aplay 1.2.8, SoX 14.4.2,
// ffplay 5.1.

import { describe, expect, it } from 'vitest';
import { playersOf } from '../../../src/session/sound/players.js';

const named = (name: string) => playersOf('linux').filter((kind) => kind.name === name);

it('systems have their players, those first that tell how late they are', () => {
  expect(playersOf('linux').map(({ name }) => name)).toEqual(['pacat', 'pw-cat', 'pw-cat', 'audio-io', 'aplay', 'sox', 'ffplay']);
  for (const system of ['darwin', 'win32']) expect(playersOf(system)[0]?.name).toBe('audio-io');
  expect(playersOf('freebsd').map(({ name }) => name)).toContain('sox');
});

describe.each([
  ['pacat', 'Stream started.\u001b[K', { type: 'begun' }],
  ['pacat', 'Stream underrun.\u001b[K', { type: 'dry' }],
  ['pacat', 'Time: 2.014 sec; Latency: 36177 usec.        ', { type: 'delay', seconds: 0.036177 }],
  ['pacat', 'Time: 0.069 sec; Latency: 0 usec.        ', undefined],
  // (5292 + 3532) / 2 bytes are 1103 frames of 4 bytes.
  ['pacat', 'Buffer metrics: maxlength=4194304, tlength=5292, prebuf=3532, minreq=1764', { type: 'holds', frames: 1103 }],
  ['pw-cat', 'stream state changed paused -> streaming', { type: 'begun' }],
  ['pw-cat', 'stream state changed connecting -> paused', undefined],
  [
    'pw-cat',
    'stream time: now:26199354972536 rate:1/48000 ticks:96256 delay:0 queued:470 buffered:32 buffers:1 avail:1',
    { type: 'clock', at: 26_199_354_972_536n, seconds: 96_256 / 48_000 },
  ],
  ['pw-cat', 'stream time: now:0 rate:1/48000 ticks:0 delay:0 queued:0 buffered:0 buffers:0 avail:2', undefined],
  ['aplay', '  boundary     : 7926335344172072960', { type: 'begun' }],
  ['aplay', '  buffer_size  : 1764', { type: 'holds', frames: 2205 }],
  ['aplay', 'underrun!!! (at least 12.345 ms long)', { type: 'dry' }],
  ['sox', 'In:0.00% 00:00:00.00 [00:00:00.00] Out:0     [      |      ]        Clip:0    ', { type: 'begun' }],
  ['ffplay', '   0.03 M-A: -0.128 fd=   0 aq=  175KB vq=    0KB sq=    0B f=0/0   ', { type: 'begun' }],
  ['ffplay', '    nan M-A:    nan fd=   0 aq=  124KB vq=    0KB sq=    0B f=0/0   ', undefined],
  ['audio-io', 'begun', { type: 'begun' }],
  ['audio-io', 'delay 0.061224', { type: 'delay', seconds: 0.061224 }],
] as const)('%s', (name, line, news) => {
  it(`says ${JSON.stringify(line)}`, () => {
    for (const kind of named(name)) expect(kind.hear(line)).toEqual(news);
  });
});
