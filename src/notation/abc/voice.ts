// One voice while it is read: turns tokens into events by keeping what ABC leaves implied - key, accidentals of the bar, unit length,
// tuplets, broken rhythm, ties.

import { modulo } from '../../music/modulo.js';
import { add, compare, type Fraction, fraction, multiply, zero } from '../fraction.js';
import { naturalSemitones } from './key.js';
import type { AbcToken, Fail, WrittenNote } from './lexer.js';
import type { AbcBar, AbcContext, AbcEvent, AbcPosition, EventRoom } from './tune.js';

/** Which notes of a bar an accidental holds for (ABC's propagate-accidentals): itself, the same octave, or all octaves. */
export type Propagation = 'not' | 'octave' | 'pitch';

/** A voice's settings; replaced, never changed. */
export interface VoiceSettings extends AbcContext {
  unit: Fraction;
  /** Semitones the voice sounds away from what is written, beside the key's own shift. */
  shift: number;
  /** Whether the voice's own clef is that of percussion; undefined where that is the key's to say. */
  percussion: boolean | undefined;
  propagation: Propagation;
}

type Sounding = Extract<AbcEvent, { kind: 'note' | 'rest' }>;

// How many notes' time a tuplet of p takes; 0 where that depends on the metre.
const tupletTimes = [0, 0, 3, 2, 3, 0, 2, 0, 3, 0];

export class VoiceBuilder {
  readonly id: string;
  name = '';
  readonly events: AbcEvent[] = [];
  #settings: VoiceSettings;
  #context: AbcContext;
  #part = '';
  /** Accidentals of this bar, by staff position (or step of the scale, when they hold for all octaves). */
  #accidentals = new Map<number, number>();
  /** Alterations of the notes tied to what follows; `#tiedAtEnding` is what the first ending of a repeat began with. */
  #tied = new Map<number, number>();
  #tiedAtEnding = new Map<number, number>();
  #tuplet: { factor: Fraction; left: number; position: AbcPosition } | undefined;
  /** Factor on the next note of a broken rhythm, and where its sign stands. */
  #broken: { factor: Fraction; position: AbcPosition } | undefined;
  /** The last note or rest of this bar. */
  #last: Sounding | undefined;
  #soundingStaffs: { staff: number; alteration: number; tied: boolean }[] = [];

  readonly #room: EventRoom;

  /** @param room shared by all voices of the tune */
  constructor(id: string, settings: VoiceSettings, room: EventRoom) {
    this.id = id;
    this.#room = room;
    this.#settings = settings;
    this.#context = contextOf(settings);
  }

  get percussion(): boolean {
    return this.#settings.percussion ?? this.#settings.key.percussion;
  }

  get settings(): VoiceSettings {
    return this.#settings;
  }

  set(change: Partial<VoiceSettings>): void {
    this.#settings = { ...this.#settings, ...change };
    this.#context = contextOf(this.#settings);
  }

  /** Adds what a token means. `part` is the label of the part it belongs to. Throws through `fail`. */
  add(token: Exclude<AbcToken, { kind: 'field' }>, line: number, part: string, fail: Fail): void {
    const position = { line, column: token.column };
    if (part !== this.#part) {
      this.#part = part;
      this.#push({ kind: 'part', label: part, position }, fail);
    }
    switch (token.kind) {
      case 'chord':
        this.#chord(token, position, fail);
        return;
      case 'rest':
        this.#soundingStaffs = [];
        this.#sound({ kind: 'rest', length: multiply(token.length, this.#settings.unit), context: this.#context, position }, fail);
        return;
      case 'bars-of-rest':
        this.#barsOfRest(token.count, position, fail);
        return;
      case 'bar-line':
        this.#endBar(fail, token.column);
        this.#push({ ...withoutColumn(token), position }, fail);
        return;
      case 'ending':
        if (token.numbers.includes(1)) this.#tiedAtEnding = new Map(this.#tied);
        else this.#tied = new Map(this.#tiedAtEnding);
        this.#push({ kind: 'ending', numbers: token.numbers, position }, fail);
        return;
      case 'tie':
        this.#tie(position, fail);
        return;
      case 'broken':
        this.#breakRhythm(token, line, fail);
        return;
      case 'tuplet':
        this.#startTuplet(token, position, fail);
        return;
      case 'chord-symbol':
        this.#push({ kind: 'chord-symbol', text: token.text, position }, fail);
        return;
      case 'overlay':
        this.#endBar(fail, token.column);
        this.#push({ kind: 'overlay', position }, fail);
        return;
    }
  }

  /** Call once after the last line. `failAt` throws the error of a place in the tune. */
  end(failAt: (position: AbcPosition, problem: string, hint: string) => never): void {
    if (this.#tuplet)
      failAt(this.#tuplet.position, `the tune ends ${this.#tuplet.left} notes before this tuplet does`, 'add the missing notes');
    const broken = this.#broken;
    if (broken) this.#endBar((_, problem, hint) => failAt(broken.position, problem, hint), broken.position.column);
  }

  #push(event: AbcEvent, fail: Fail): void {
    if (!this.#room.take(1)) {
      fail(event.position.column, `the tune has more than ${this.#room.most} events`, 'split it into shorter ones, or write shorter rests');
    }
    this.events.push(event);
  }

  #sound(event: Sounding, fail: Fail): void {
    let factor = fraction(1);
    if (this.#tuplet) {
      factor = this.#tuplet.factor;
      this.#tuplet.left--;
      if (this.#tuplet.left === 0) this.#tuplet = undefined;
    }
    if (this.#broken) factor = multiply(factor, this.#broken.factor);
    this.#broken = undefined;
    stretch(event, factor);
    this.#last = event;
    this.#push(event, fail);
    this.#tied.clear();
    for (const { staff, alteration, tied } of this.#soundingStaffs) if (tied) this.#tied.set(staff, alteration);
  }

  #chord(token: Extract<AbcToken, { kind: 'chord' }>, position: AbcPosition, fail: Fail): void {
    const factor = multiply(token.length, this.#settings.unit);
    this.#soundingStaffs = [];
    const notes = token.notes.map((note) => {
      const alteration = this.#alteration(note);
      this.#soundingStaffs.push({ staff: note.staff, alteration, tied: note.tied });
      const natural = 60 + 12 * Math.floor(note.staff / 7) + (naturalSemitones[stepIn(note.staff)] ?? 0);
      const pitch = natural + alteration + this.#context.key.shift;
      if (pitch < 0 || pitch > 127)
        fail(position.column, `the note is ${pitch < 0 ? 'lower' : 'higher'} than MIDI can play`, 'take away octave marks');
      return { pitch, length: multiply(note.length, factor), tied: note.tied };
    });
    this.#sound({ kind: 'note', notes, length: notes[0]?.length ?? factor, context: this.#context, position }, fail);
  }

  /** Semitones: a written accidental (which then holds for the bar), else that of the note tied to this one, of the bar, of the key. */
  #alteration({ staff, accidental }: WrittenNote): number {
    const { propagation, key } = this.#settings;
    const place = propagation === 'pitch' ? stepIn(staff) : staff;
    if (accidental !== undefined && propagation !== 'not') this.#accidentals.set(place, accidental);
    return accidental ?? this.#tied.get(staff) ?? this.#accidentals.get(place) ?? key.alterations[stepIn(staff)] ?? 0;
  }

  #tie(position: AbcPosition, fail: Fail): void {
    const last = this.#last;
    if (last?.kind !== 'note') fail(position.column, 'a tie - without a note before it', 'write it directly after the note it holds');
    for (const note of last.notes) note.tied = true;
    for (const { staff, alteration } of this.#soundingStaffs) this.#tied.set(staff, alteration);
  }

  #breakRhythm({ sign, marks, column }: Extract<AbcToken, { kind: 'broken' }>, line: number, fail: Fail): void {
    const last = this.#last;
    if (!last || this.#broken)
      fail(column, `a broken rhythm ${sign} without a note before it in its bar`, 'write it between two notes, like A>B');
    const short = fraction(1, 2 ** marks);
    const long = fraction(2 ** (marks + 1) - 1, 2 ** marks);
    stretch(last, sign === '>' ? long : short);
    this.#broken = { factor: sign === '>' ? short : long, position: { line, column } };
  }

  #startTuplet(token: Extract<AbcToken, { kind: 'tuplet' }>, position: AbcPosition, fail: Fail): void {
    if (this.#tuplet) fail(token.column, 'a tuplet begins before the last one ended', 'check how many notes each of them has');
    const { p, r = p } = token;
    const metre = this.#settings.metre;
    const compound = metre !== undefined && metre.denominator >= 8 && metre.numerator % 3 === 0 && metre.numerator > 3;
    const q = token.q ?? (tupletTimes[p] || (compound ? 3 : 2));
    if (p < 2 && token.q === undefined) fail(token.column, 'a tuplet of one note', 'write tuplets like (3abc');
    this.#tuplet = { factor: fraction(q, p), left: r, position };
  }

  #barsOfRest(count: number, position: AbcPosition, fail: Fail): void {
    const { metre } = this.#settings;
    if (!metre) {
      fail(position.column, 'bars of rest in free metre have no length', 'write rests like z4 instead of Z');
      return;
    }
    this.#soundingStaffs = [];
    for (let i = 0; i < count; i++) {
      if (i > 0) this.#push({ kind: 'bar-line', text: '|', repeatsBefore: 0, repeatsAfter: 0, double: false, position }, fail);
      this.#sound({ kind: 'rest', length: fraction(metre.numerator, metre.denominator), context: this.#context, position }, fail);
    }
  }

  #endBar(fail: Fail, column: number): void {
    if (this.#broken) fail(column, 'a broken rhythm without a note after it in its bar', 'write it between two notes, like A>B');
    this.#accidentals.clear();
    this.#last = undefined;
  }
}

function contextOf({ key, metre, qpm, shift }: VoiceSettings): AbcContext {
  return { key: { ...key, shift: key.shift + shift }, metre, qpm };
}

const stepIn = (staff: number): number => modulo(staff, 7);

function withoutColumn({ text, repeatsBefore, repeatsAfter, double }: Extract<AbcToken, { kind: 'bar-line' }>) {
  return { kind: 'bar-line' as const, text, repeatsBefore, repeatsAfter, double };
}

function stretch(event: Sounding, factor: Fraction): void {
  event.length = multiply(event.length, factor);
  if (event.kind === 'note') for (const note of event.notes) note.length = multiply(note.length, factor);
}

/** The bars of a voice as written. Bar lines with nothing between them count as one. */
export function barsOf(events: readonly AbcEvent[]): AbcBar[] {
  const bars: AbcBar[] = [];
  let left = '';
  let layer = zero;
  let longest = zero;
  let bar: Pick<AbcBar, 'position' | 'full'> | undefined;
  const close = (right: string): void => {
    if (!bar) return;
    bars.push({ ...bar, length: longest, left, right });
    bar = undefined;
    layer = zero;
    longest = zero;
    left = '';
  };
  for (const event of events) {
    if (event.kind === 'bar-line') {
      close(event.text);
      left += event.text;
    } else if (event.kind === 'overlay') {
      layer = zero;
    } else if (event.kind === 'note' || event.kind === 'rest') {
      const { metre } = event.context;
      bar ??= { position: event.position, full: metre && fraction(metre.numerator, metre.denominator) };
      layer = add(layer, event.length);
      if (compare(layer, longest) > 0) longest = layer;
    }
  }
  close('');
  return bars;
}
