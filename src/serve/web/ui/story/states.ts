// The states of the page that pictures are made of and tests look at, by name. Not shipped.

import type { KeptRecording } from '../../page-session.js';
import { SETTINGS, type Story, VIEW } from './fake-session.js';
import { statusAt, timelineOf } from './tunes.js';

const recordings: readonly KeptRecording[] = [
  { id: 'a', created: '2025-11-22T18:40:00Z', turns: 9, seconds: 36, model: 'folk' },
  { id: 'b', created: '2025-11-21T20:05:00Z', turns: 24, seconds: 131, model: 'coldplay' },
  { id: 'c', created: '2025-11-19T07:15:00Z', turns: 4, seconds: 15, model: 'folk' },
];
const sound = { state: 'on', latencyMs: 12 } as const;
const noSound = {
  state: 'failed',
  message: 'This browser lets no page make sound.',
  hint: 'Allow sound for this address in the browser’s site settings, and load the page again.',
} as const;
const jam = { jamming: true, sound, saved: 'saved' } as const;
const recorded = { timeline: timelineOf(9), length: 36, sound, saved: 'saved', recordings, canUndo: true } as const;
const edited = timelineOf(9)
  .filter(({ turn }) => turn !== 4)
  .map((turn) => (turn.turn === 3 ? { ...turn, take: 2 } : turn.turn === 6 ? { ...turn, muted: true } : turn));
const [folk, coldplay] = VIEW.models;
if (folk === undefined || coldplay === undefined) throw new Error('Stories need two models.');

/** Names from strangers: markup, far too long, from right to left. */
const STRANGE = ['<img src=x onerror="window.harmed = true"><b>bold</b>', `very${' long'.repeat(58)} name`, 'لحن جميل', 'w'.repeat(300)];

export const STORIES: Readonly<Record<string, Story>> = {
  idle: { at: 0 },
  'first-visit-loading': { view: { listing: 'loading', models: [], settings: { ...SETTINGS, models: [] } } },
  'count-in': { at: 0.55, view: jam },
  waiting: {
    at: 0,
    view: { ...jam, settings: { ...SETTINGS, mode: 'phrase' } },
    status: () => statusAt(0, { phase: 'waiting', mode: 'phrase', left: null, quarter: null, roll: [], sounding: { you: [], model: [] } }),
  },
  'your-turn': { at: 12.6, view: { ...jam, timeline: timelineOf(2), length: 8 } },
  'answer-is-coming': { at: 13.7, view: { ...jam, timeline: timelineOf(2), length: 8 } },
  'models-turn': { at: 15.4, view: { ...jam, timeline: timelineOf(3), length: 12 } },
  'hand-over': {
    at: 12.6,
    view: { ...jam, timeline: timelineOf(2), length: 8, settings: { ...SETTINGS, mode: 'pedal' } },
    status: (time) => statusAt(time, { mode: 'pedal', left: null, loop: true }),
  },
  recorded: { view: recorded, at: 0 },
  edited: { view: { ...recorded, timeline: edited, length: 32, canRedo: true }, at: 0 },
  'playing-back': { view: { ...recorded, playingBack: null }, playback: 8.4, at: 0 },
  'playing-one': { view: { ...recorded, playingBack: 3 }, playback: 15.4, at: 0 },
  making: { view: { ...recorded, making: { kind: 'mp3', done: 0.42 } }, at: 0 },
  // Without sound a jam has been played, and was told so when it began; it was stopped as a turn began.
  'played-without-sound': {
    at: 0,
    view: {
      ...recorded,
      timeline: timelineOf(5).map((turn) => (turn.turn === 4 ? { ...turn, end: turn.start, notes: [] } : turn)),
      length: 16,
      sound: noSound,
      notices: [{ id: 1, kind: 'warning', message: noSound.message, hint: noSound.hint }],
    },
  },
  'not-saved': { view: { ...recorded, saved: 'failed' }, at: 0 },
  'no-models': { view: { models: [], settings: { ...SETTINGS, models: [] } }, at: 0 },
  'listing-failed': {
    at: 0,
    view: {
      listing: 'failed',
      models: [],
      settings: { ...SETTINGS, models: [] },
      trouble: {
        message: 'The list of models could not be fetched.',
        hint: 'Is the server still running? Start it again with “mst serve”, then look again.',
      },
    },
  },
  'broken-model': {
    at: 0,
    view: {
      models: [
        {
          ...folk,
          loaded: {
            state: 'broken',
            message: 'Its file group1-shard1of1 is 4 bytes too short.',
            hint: 'Export it again with “mst export folk”, or choose another model above.',
          },
        },
        coldplay,
      ],
    },
  },
  'no-audio': { at: 0, view: { sound: noSound } },
  'midi-denied': {
    at: 0,
    view: {
      midi: {
        state: 'denied',
        message: 'Your browser does not let this page use MIDI.',
        hint: 'Click the sign beside the address, allow MIDI devices, and ask again. Letters, mouse and touch play in any case.',
      },
    },
  },
  'midi-on': {
    at: 0,
    view: {
      midi: {
        state: 'on',
        inputs: [
          { id: 'in1', name: 'Arturia KeyStep 37', on: true },
          { id: 'in2', name: 'Launchpad Mini', on: false },
        ],
        outputs: [{ id: 'out1', name: 'Roland JV-1080', on: false }],
      },
    },
  },
  notices: {
    at: 0,
    view: {
      notices: [
        { id: 1, kind: 'info', message: 'Arturia KeyStep 37 is connected.' },
        { id: 2, kind: 'warning', message: 'The keyboard was unplugged.', hint: 'What it held ends. Plug it in again and go on.' },
        { id: 3, kind: 'error', message: 'The WAV file could not be made.', hint: 'There may be too little memory. Try MP3.' },
      ],
    },
  },
  strangers: {
    at: 15.4,
    view: {
      ...jam,
      timeline: timelineOf(3, STRANGE[0]),
      length: 12,
      settings: { ...SETTINGS, models: [STRANGE[1] ?? ''] },
      models: STRANGE.map((name) => ({ ...folk, name, artist: name, loaded: { state: 'ready' } as const })),
      recordings: [{ id: 'x', created: '2025-11-22T18:40:00Z', turns: 2, seconds: 8, model: STRANGE[2] ?? '' }],
      notices: [{ id: 1, kind: 'warning', message: STRANGE[0] ?? '', hint: STRANGE[3] ?? '' }],
    },
    status: (time) => statusAt(time, {}, STRANGE[1]),
  },
  'strangers-idle': {
    at: 0,
    view: {
      settings: { ...SETTINGS, models: [STRANGE[3] ?? ''] },
      models: STRANGE.map((name) => ({ ...folk, name, artist: name, loaded: { state: 'broken', message: name, hint: name } as const })),
    },
  },
  // Time goes on in these two.
  moving: { view: jam },
  live: {},
};
