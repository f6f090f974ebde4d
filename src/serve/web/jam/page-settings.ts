// What the user chose, from visit to visit: its defaults, what may be believed of what was kept, and what the engine makes of it.

import { checkSettings } from '../../../jam/check-settings.js';
import { DEFAULT_SETTINGS, type Metronome, type Settings } from '../../../jam/settings.js';
import { TURN_MODE_NAMES, type TurnModeName } from '../../../jam/turns/turn-modes.js';
import type { PageSettings } from '../page-session.js';
import { believableChoice } from './port-choice.js';

export const DEFAULT_PAGE_SETTINGS: PageSettings = {
  models: [],
  mode: 'bars',
  exchanges: null,
  qpm: 120,
  beatsPerBar: 4,
  temperature: 1,
  metronome: 'on',
  programs: { you: 0, model: 4 },
  volumes: { you: 1, model: 1, click: 0.7, all: 0.8 },
  octave: 0,
  ports: { inputsOff: [], outputsOn: [] },
};

const METRONOMES: readonly Metronome[] = ['on', 'count-in', 'off'];
export const HIGHEST_OCTAVE = 3;
const MOST_MODELS = 16;
const CLICK_CHANNEL = 9;

/** Where settings are kept: localStorage, as far as it is needed. */
export interface SettingsStore {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

const KEY = 'mst-settings';

/** What was kept, as far as it can be believed. */
export function loadSettings(store: SettingsStore | undefined): PageSettings {
  let kept: unknown;
  try {
    kept = JSON.parse(store?.getItem(KEY) ?? '{}');
  } catch {
    // Damaged, or the browser does not let the page keep anything: as on a first visit.
  }
  return believable(kept);
}

/** Returns whether they could be kept. */
export function keepSettings(store: SettingsStore | undefined, settings: PageSettings): boolean {
  try {
    store?.setItem(KEY, JSON.stringify(settings));
    return store !== undefined;
  } catch {
    return false;
  }
}

/** Settings from anything: each is taken where it is possible, and is the default where it is not. */
export function believable(value: unknown): PageSettings {
  const given = isRecord(value) ? value : {};
  const base = DEFAULT_PAGE_SETTINGS;
  const [programs, volumes] = [given.programs, given.volumes].map((each) => (isRecord(each) ? each : {})) as [Fields, Fields];
  const settings: PageSettings = {
    models: Array.isArray(given.models)
      ? given.models.filter((name): name is string => typeof name === 'string').slice(0, MOST_MODELS)
      : base.models,
    mode: TURN_MODE_NAMES.find((name) => name === given.mode) ?? base.mode,
    exchanges: null,
    qpm: numberIn(given.qpm, 20, 400) ?? base.qpm,
    beatsPerBar: wholeIn(given.beatsPerBar, 1, 16) ?? base.beatsPerBar,
    temperature: numberIn(given.temperature, 0, 4) ?? base.temperature,
    metronome: METRONOMES.find((name) => name === given.metronome) ?? base.metronome,
    programs: { you: wholeIn(programs.you, 0, 127) ?? base.programs.you, model: wholeIn(programs.model, 0, 127) ?? base.programs.model },
    volumes: {
      you: numberIn(volumes.you, 0, 1) ?? base.volumes.you,
      model: numberIn(volumes.model, 0, 1) ?? base.volumes.model,
      click: numberIn(volumes.click, 0, 1) ?? base.volumes.click,
      all: numberIn(volumes.all, 0, 1) ?? base.volumes.all,
    },
    octave: wholeIn(given.octave, -HIGHEST_OCTAVE, HIGHEST_OCTAVE) ?? base.octave,
    ports: believableChoice(given.ports),
  };
  return { ...settings, exchanges: believableExchanges(given.exchanges, settings.mode) };
}

/** The engine's settings. @param latency seconds from sending to sounding */
export function engineSettings(
  page: PageSettings,
  models: readonly string[],
  { seed, latency }: { seed: number; latency: number },
): Settings {
  const { mode, exchanges, qpm, beatsPerBar, temperature, metronome, programs } = page;
  return {
    ...DEFAULT_SETTINGS,
    mode,
    exchanges,
    qpm,
    beatsPerBar,
    temperature,
    metronome,
    models: models.map((model) => [{ model, weight: 1 }]),
    seed,
    latency,
    voices: {
      you: { channel: 0, program: programs.you },
      model: { channel: 0, program: programs.model },
      click: { channel: CLICK_CHANNEL, program: null },
    },
  };
}

type Fields = Readonly<Record<string, unknown>>;

function believableExchanges(value: unknown, mode: TurnModeName): PageSettings['exchanges'] {
  if (!Array.isArray(value)) return null;
  const exchanges = value.map((each) =>
    isRecord(each) ? { you: Number(each.you), model: Number(each.model) } : { you: Number.NaN, model: 0 },
  );
  try {
    checkSettings({ ...DEFAULT_SETTINGS, mode, exchanges });
    return exchanges;
  } catch {
    return null;
  }
}

function numberIn(value: unknown, lowest: number, highest: number): number | undefined {
  return typeof value === 'number' && value >= lowest && value <= highest ? value : undefined;
}

function wholeIn(value: unknown, lowest: number, highest: number): number | undefined {
  return Number.isInteger(value) ? numberIn(value, lowest, highest) : undefined;
}

function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
