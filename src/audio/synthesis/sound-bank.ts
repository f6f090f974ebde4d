// The sound bank of mst: all voices as a SoundFont. Everything in it is made here by arithmetic from one seed, and is in the public domain
// (CC0). Pure but for spessasynth_core, which lays the file out.

import {
  BasicInstrument,
  type BasicInstrumentZone,
  BasicPreset,
  type BasicSample,
  BasicSoundBank,
  EmptySample,
  type GeneratorType,
  GeneratorTypes,
  Modulator,
  ModulatorControllerSources,
  ModulatorCurveTypes,
  ModulatorSource,
} from 'spessasynth_core';
import { Random } from '../../core/random.js';
import { kit } from './kit.js';
import { programs } from './programs.js';
import type { Shape } from './shape.js';
import type { Region, Tone } from './tone.js';
import { type VoiceName, voices } from './voices/index.js';

const SOUND_BANK_NAME = 'mst sounds';
const SEED = 1983;
/** Decibels below full scale at which a program without `gain` plays, so that others can be louder. */
const HEADROOM_DB = 6;
/** Players divide a SoundFont's attenuation by 2.5, as the first hardware did. */
const CENTIBELS_PER_DECIBEL = 25;
/** Samples after the loop, the same as after its beginning, for players that read ahead. */
const GUARD = 8;
/** Hertz of pitch 0, in which SoundFont counts frequencies. */
const ZERO_CENTS_HERTZ = 8.1757989156;
const NOTHING = 1000;
/** A drum sounds to its end, however short the note is: seconds of release that are as good as none. */
const DRUM_RELEASE = 30;

/** The bytes of the sound bank, an .sf2 file; the same at every call. Takes a second or two. */
export function synthesiseSoundBank(): Uint8Array<ArrayBuffer> {
  const bank = new BasicSoundBank();
  bank.soundBankInfo = {
    ...bank.soundBankInfo,
    name: SOUND_BANK_NAME,
    // A fixed day, so that equal sounds make equal files.
    creationDate: new Date(Date.UTC(2026, 10, 22)),
    engineer: 'mst',
    copyright: 'CC0 1.0: no rights reserved',
    comment: 'Synthesised by mst; every sound is made by arithmetic.',
  };
  const random = new Random(SEED);
  const regions = new Map<VoiceName, Stored[]>();
  for (const [program, [name, voice, shape]] of programs.entries()) {
    const { make, shape: own } = voices[voice];
    let stored = regions.get(voice);
    if (stored === undefined) {
      stored = make(random.derive(voice)).map((region, i) => ({ ...region, sample: store(bank, region.tone, `${voice} ${i}`) }));
      regions.set(voice, stored);
    }
    addPreset(bank, { name, program, drums: false }, instrumentOf(bank, name, stored, merged(own, shape)));
  }
  addPreset(bank, { name: 'Standard Kit', program: 0, drums: true }, drumsOf(bank, random));
  bank.flush();
  return new Uint8Array(bank.writeSF2({ software: 'mst' }));
}

interface Stored extends Region {
  readonly sample: BasicSample;
}

/** A program's shape over its voice's. A filter of its own does without the sweep of the voice's. */
function merged({ sweep, ...own }: Shape, program: Shape = {}): Shape {
  return { ...own, ...(sweep !== undefined && program.cutoff === undefined && { sweep }), ...program };
}

/** Keeps a tone in the bank as 16-bit samples. */
function store(bank: BasicSoundBank, tone: Tone, name: string): BasicSample {
  const { samples, loop, rate, key } = tone;
  const data = new Float32Array(samples.length + GUARD);
  data.set(samples);
  if (loop !== undefined) for (let i = 0; i < GUARD; i++) data[loop.end + i] = samples[loop.start + i] as number;
  const sample = new EmptySample();
  sample.name = name;
  sample.setAudioData(data, rate);
  sample.originalKey = key;
  sample.pitchCorrection = 0;
  sample.loopStart = loop?.start ?? 0;
  sample.loopEnd = loop?.end ?? 0;
  bank.addSamples(sample);
  return sample;
}

function addPreset(
  bank: BasicSoundBank,
  { name, program, drums }: { name: string; program: number; drums: boolean },
  instrument: BasicInstrument,
): void {
  const preset = new BasicPreset(bank);
  preset.name = name;
  preset.program = program;
  preset.isGMGSDrum = drums;
  preset.createZone(instrument);
  bank.addPresets(preset);
}

function instrumentOf(bank: BasicSoundBank, name: string, regions: readonly Stored[], shape: Shape): BasicInstrument {
  const instrument = new BasicInstrument();
  instrument.name = name;
  for (const { sample, tone, keys, velocities } of regions) {
    const zone = instrument.createZone(sample);
    zone.keyRange = { min: keys[0], max: keys[1] };
    if (velocities[0] > 0 || velocities[1] < 127) zone.velRange = { min: velocities[0], max: velocities[1] };
    applyShape(zone, shape, tone.loop !== undefined);
  }
  bank.addInstruments(instrument);
  return instrument;
}

/** Every piece on its keys, each at the pitch the kit gives it whatever the key. */
function drumsOf(bank: BasicSoundBank, random: Random): BasicInstrument {
  const instrument = new BasicInstrument();
  instrument.name = 'Standard Kit';
  for (const { name, make, at, keys } of kit) {
    const tone = make(at, random.derive(name));
    const sample = store(bank, tone, name);
    for (const [key, semitones, shape] of keys) {
      const zone = instrument.createZone(sample);
      zone.keyRange = { min: key, max: key };
      zone.setGenerator(GeneratorTypes.scaleTuning, 0);
      applyShape(zone, { release: DRUM_RELEASE, reverb: 0.1, transpose: semitones, ...shape }, tone.loop !== undefined);
    }
  }
  bank.addInstruments(instrument);
  return instrument;
}

/** Says a shape in the words of SoundFont 2.04, section 8.1. */
function applyShape(zone: BasicInstrumentZone, shape: Shape, loops: boolean): void {
  const set = (type: GeneratorType, value: number): void => {
    if (value !== 0) zone.setGenerator(type, Math.round(value));
  };
  set(GeneratorTypes.sampleModes, loops ? 1 : 0);
  set(GeneratorTypes.initialAttenuation, (HEADROOM_DB - (shape.gain ?? 0)) * CENTIBELS_PER_DECIBEL);
  set(GeneratorTypes.coarseTune, shape.transpose ?? 0);
  set(GeneratorTypes.pan, (shape.pan ?? 0) * 500);
  set(GeneratorTypes.exclusiveClass, shape.group ?? 0);
  set(GeneratorTypes.chorusEffectsSend, (shape.chorus ?? 0) * NOTHING);
  set(GeneratorTypes.reverbEffectsSend, (shape.reverb ?? 0) * NOTHING);

  const { attack, hold, decay, sustain, release } = shape;
  if (attack !== undefined) set(GeneratorTypes.attackVolEnv, timecents(attack));
  if (hold !== undefined) set(GeneratorTypes.holdVolEnv, timecents(hold));
  if (decay !== undefined) {
    set(GeneratorTypes.decayVolEnv, timecents(decay));
    set(GeneratorTypes.sustainVolEnv, sustain === undefined ? NOTHING : sustain * 10);
    set(GeneratorTypes.keyNumToVolEnvDecay, shape.decayTracking ?? 0);
  }
  if (release !== undefined) set(GeneratorTypes.releaseVolEnv, timecents(release));

  if (shape.cutoff !== undefined) set(GeneratorTypes.initialFilterFc, absoluteCents(shape.cutoff));
  set(GeneratorTypes.initialFilterQ, (shape.resonance ?? 0) * 10);
  if (shape.sweep !== undefined) {
    set(GeneratorTypes.modEnvToFilterFc, shape.sweep.cents);
    if (shape.sweep.attack !== undefined) set(GeneratorTypes.attackModEnv, timecents(shape.sweep.attack));
    set(GeneratorTypes.decayModEnv, timecents(shape.sweep.seconds));
    set(GeneratorTypes.sustainModEnv, NOTHING);
  }
  if (shape.touch !== undefined && shape.touch > 0) zone.addModulators(velocityCloses(shape.touch));

  if (shape.vibrato !== undefined && shape.vibrato.cents > 0) {
    set(GeneratorTypes.vibLfoToPitch, shape.vibrato.cents);
    set(GeneratorTypes.freqVibLFO, absoluteCents(shape.vibrato.hertz));
    if (shape.vibrato.delay > 0) set(GeneratorTypes.delayVibLFO, timecents(shape.vibrato.delay));
  }
  if (shape.tremolo !== undefined && shape.tremolo.decibels > 0) {
    set(GeneratorTypes.modLfoToVolume, shape.tremolo.decibels * 10);
    set(GeneratorTypes.freqModLFO, absoluteCents(shape.tremolo.hertz));
  }
}

/** The softer the stroke, the lower the filter: by nothing at velocity 127, by `cents` at 0. */
function velocityCloses(cents: number): Modulator {
  const velocity = new ModulatorSource();
  velocity.index = ModulatorControllerSources.noteOnVelocity;
  velocity.curveType = ModulatorCurveTypes.linear;
  velocity.isNegative = true;
  return new Modulator(velocity, new ModulatorSource(), GeneratorTypes.initialFilterFc, -cents);
}

function timecents(seconds: number): number {
  return 1200 * Math.log2(seconds);
}

function absoluteCents(hertz: number): number {
  return 1200 * Math.log2(hertz / ZERO_CENTS_HERTZ);
}
