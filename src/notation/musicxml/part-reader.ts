// One part while it is read, measure by measure: keeps what the file leaves implied (the place in the measure, divisions, transposition,
// loudness) and writes down what sounds.
import { lastAtMost } from '../../music/ascending.js';
import { modulo } from '../../music/modulo.js';
import { add, compare, type Fraction, fraction, multiply, toNumber, zero } from '../fraction.js';
import { readBarline } from './barlines.js';
import { forte, readMarks, readMetronome, readSigns, readVelocity, velocityOf } from './directions.js';
import { readHarmony } from './harmony.js';
import type { PartHeader, Sound } from './header.js';
import type { Filled } from './measure-length.js';
import { isHeard, isTied, readPitch } from './pitch.js';
import type { Report } from './report.js';
import type { Key, Measure, Part, ScoreContext, ScoreLine, ScoreMark } from './score.js';
import { readKey, readMetre, readTransposition } from './signatures.js';
import { child, childrenOf, numberIn, textOf, type XmlElement } from './xml.js';

const negative = fraction(-1);
const lowestQpm = 1;
const highestQpm = 10_000;
/** More voices than any part, and more marks and changes than any measure, has. */
const mostVoices = 128;
const mostMarks = 64;
const mostChanges = 10_000;

export class PartReader {
  readonly part: Part;
  readonly #index: number;
  readonly #sounds: PartHeader['sounds'];
  readonly #report: Report;
  readonly #lines = new Map<string, ScoreLine>();
  /** Whole notes of one division. */
  #division = fraction(1, 4);
  #key: Key | undefined;
  /** Semitones by staff; '' where it holds for all. */
  readonly #transpositions = new Map<string, number>();
  #velocity = forte;

  #measure: Measure | undefined;
  #before: Measure | undefined;
  #at = zero;
  #furthest = zero;
  #heardTo = 0;
  /** Where the note before began, for the other notes of its chord. */
  #chordAt = zero;
  #firstNote = 0;
  #loudness: { at: number; velocity: number }[] = [];
  #marks: { mark: ScoreMark; at: Fraction }[] = [];
  /** Where each voice ends so far, and in which staff. */
  readonly #voices = new Map<string, { end: Fraction; staff: number }>();
  /** What stands at the end of a measure but holds for the next. */
  #nextMarks: ScoreMark[] = [];
  #nextRepeats = false;

  constructor({ id, name, sounds }: PartHeader, index: number, report: Report) {
    this.part = { id, name, voicesByStaff: new Set() };
    this.#index = index;
    this.#sounds = sounds;
    this.#report = report;
  }

  /** Begins a measure; `before` is the one before it. */
  begin(measure: Measure, before: Measure | undefined): void {
    this.#measure = measure;
    this.#before = before;
    this.#at = zero;
    this.#furthest = zero;
    this.#heardTo = 0;
    this.#chordAt = zero;
    this.#firstNote = measure.notes.length;
    this.#loudness = [];
    this.#voices.clear();
    for (const mark of this.#nextMarks) addMark(measure, mark);
    if (this.#nextRepeats) measure.repeatsFrom = true;
    this.#nextMarks = [];
    this.#nextRepeats = false;
  }

  /** Adds an element of the measure. @throws MstError `bad-musicxml` */
  add(element: XmlElement): void {
    const measure = this.#measure;
    if (measure === undefined) return;
    try {
      this.#read(element, measure);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.#report.fail(
        element.line,
        'the lengths of the notes up to here have no common measure',
        'Save the score again from a notation program.',
      );
    }
  }

  /** Ends the measure and tells how far this part fills it. */
  end(): Filled {
    const measure = this.#measure;
    if (measure === undefined) return { heard: 0, written: 0 };
    this.#measure = undefined;
    for (const { mark, at } of this.#marks) {
      const atEnd = (mark.kind === 'segno' || mark.kind === 'coda') && compare(at, zero) > 0 && compare(at, this.#furthest) >= 0;
      if (atEnd) this.#nextMarks.push(mark);
      else addMark(measure, mark);
    }
    this.#marks = [];
    const changes = this.#loudness.sort((a, b) => a.at - b.at);
    for (let i = this.#firstNote; i < measure.notes.length; i++) {
      const note = measure.notes[i];
      if (note !== undefined && note.velocity === 0)
        note.velocity = changes[lastAtMost(changes, note.at, ({ at }) => at)]?.velocity ?? this.#velocity;
    }
    this.#velocity = changes.at(-1)?.velocity ?? this.#velocity;
    return { heard: this.#heardTo, written: toNumber(this.#furthest) };
  }

  #read(element: XmlElement, measure: Measure): void {
    switch (element.name) {
      case 'note':
        this.#note(element, measure);
        return;
      case 'backup':
      case 'forward': {
        const length = this.#duration(element) ?? zero;
        this.#move(element.name === 'backup' ? multiply(length, negative) : length, element.line);
        return;
      }
      case 'attributes':
        this.#attributes(element, measure);
        return;
      case 'direction':
        this.#direction(element, measure);
        return;
      case 'sound':
        this.#sound(element, measure, this.#at);
        return;
      case 'barline':
        this.#barline(element, measure);
        return;
      case 'harmony': {
        const text = readHarmony(element);
        const at = add(this.#at, this.#offset(child(element, 'offset')));
        if (text === undefined) this.#report.warn(element.line, 'a chord symbol mst cannot read is left out');
        else if (compare(at, zero) >= 0) measure.chordSymbols.push({ at: toNumber(at), text });
      }
    }
  }

  #move(by: Fraction, line: number): void {
    this.#at = add(this.#at, by);
    if (compare(this.#at, zero) < 0) {
      this.#report.warn(line, 'a <backup> leads to before the measure begins');
      this.#at = zero;
    }
    if (compare(this.#at, this.#furthest) > 0) this.#furthest = this.#at;
  }

  /** The <duration> of an element in whole notes, undefined where it has none that can be read. */
  #duration(element: XmlElement): Fraction | undefined {
    const divisions = divisionsIn(textOf(element, 'duration'));
    return divisions && compare(divisions, zero) >= 0 ? multiply(divisions, this.#division) : undefined;
  }

  #offset(element: XmlElement | undefined): Fraction {
    return multiply(divisionsIn(element?.text) ?? zero, this.#division);
  }

  #note(element: XmlElement, measure: Measure): void {
    if (child(element, 'grace')) return;
    const length = this.#duration(element);
    if (length === undefined) {
      this.#report.warn(element.line, 'a note without a duration is left out');
      return;
    }
    const inChord = child(element, 'chord') !== undefined;
    const at = inChord ? this.#chordAt : this.#at;
    if (!inChord) {
      this.#chordAt = at;
      this.#move(length, element.line);
    }
    if (!isHeard(element) || compare(length, zero) === 0) return;
    const staff = textOf(element, 'staff') ?? '1';
    const sound = this.#soundOf(element);
    const read = readPitch(element, sound, this.#transpositions.get(staff) ?? this.#transpositions.get('') ?? 0);
    if (read === undefined) {
      this.#report.warn(element.line, 'a note without a pitch that MIDI can play is left out');
      return;
    }
    const line = this.#lineOf(element, Number(staff) || 1, sound?.program ?? 0, read.isDrum);
    const end = add(at, length);
    this.#heardTo = Math.max(this.#heardTo, toNumber(end));
    if (!inChord) this.#follow(line, at, end);
    measure.notes.push({
      line,
      at: toNumber(at),
      length: toNumber(length),
      pitch: read.pitch,
      // 0 stands for what holds at its place, known when the measure ends.
      velocity: velocityOf(element.attributes.dynamics) ?? 0,
      tied: isTied(element),
    });
  }

  #soundOf(note: XmlElement): Sound | undefined {
    const id = child(note, 'instrument')?.attributes.id;
    return (id === undefined ? undefined : this.#sounds.get(id)) ?? this.#sounds.values().next().value;
  }

  #lineOf(note: XmlElement, writtenStaff: number, ownProgram: number, isDrum: boolean): ScoreLine {
    const staff = isDrum ? 1 : writtenStaff;
    const program = isDrum ? 0 : ownProgram;
    const voice = isDrum ? '' : (textOf(note, 'voice') ?? '1');
    const name = `${isDrum} ${program} ${staff} ${voice}`;
    let line = this.#lines.get(name);
    if (line === undefined) {
      if (this.#lines.size >= mostVoices) {
        this.#report.fail(note.line, `a part with more than ${mostVoices} voices`, 'Split it into several parts.');
      }
      line = { part: this.#index, voice, staff, program, isDrum };
      this.#lines.set(name, line);
    }
    return line;
  }

  /** Notices a voice that begins again in another staff before it has ended: then that name stands for two voices. */
  #follow({ voice, staff }: ScoreLine, at: Fraction, end: Fraction): void {
    const before = this.#voices.get(voice);
    if (before && before.staff !== staff && compare(at, before.end) < 0) this.part.voicesByStaff.add(voice);
    this.#voices.set(voice, { end, staff });
  }

  #attributes(element: XmlElement, measure: Measure): void {
    const written = textOf(element, 'divisions');
    if (written !== undefined) {
      const divisions = divisionsIn(written);
      if (!divisions || compare(divisions, zero) <= 0) {
        this.#report.fail(
          element.line,
          `the divisions "${written.slice(0, 40)}" of a quarter note cannot be read`,
          'Save the score again from a notation program.',
        );
      }
      this.#division = fraction(divisions.d, divisions.n * 4);
    }
    const transposes = childrenOf(element, 'transpose');
    for (const transpose of transposes) this.#transpositions.set(transpose.attributes.number ?? '', readTransposition(transpose));
    const keys = childrenOf(element, 'key');
    const key = keys.find(forFirstStaff);
    if (key) this.#key = readKey(key);
    const at = toNumber(this.#at);
    if (this.#key && (key || transposes.length > 0)) {
      const transposition = this.#transpositions.get('1') ?? this.#transpositions.get('') ?? 0;
      this.#change(measure, at, { key: { ...this.#key, key: modulo(this.#key.key + transposition, 12) } }, element.line);
    }
    const time = childrenOf(element, 'time').find(forFirstStaff);
    const metre = time && readMetre(time);
    if (metre === null) this.#report.warn(time?.line ?? element.line, 'a metre mst cannot read is left out');
    else if (time) this.#change(measure, at, { metre }, time.line);
  }

  #direction(element: XmlElement, measure: Measure): void {
    const offset = child(element, 'offset');
    const at = offset?.attributes.sound === 'yes' ? add(this.#at, this.#offset(offset)) : this.#at;
    const sound = child(element, 'sound');
    const velocity = sound?.attributes.dynamics === undefined ? readVelocity(element) : undefined;
    if (velocity !== undefined) this.#loudness.push({ at: toNumber(at), velocity });
    const marks = this.#marks.length;
    if (sound) this.#sound(sound, measure, at);
    if (sound?.attributes.tempo === undefined) this.#tempo(readMetronome(element), element.line, measure, at);
    if (this.#marks.length > marks) return;
    for (const type of childrenOf(element, 'direction-type')) for (const mark of readSigns(type)) this.#mark(mark, at);
  }

  #sound(element: XmlElement, measure: Measure, place: Fraction): void {
    const at = add(place, this.#offset(child(element, 'offset')));
    this.#tempo(numberIn(element.attributes.tempo), element.line, measure, at);
    if (element.attributes['forward-repeat'] === 'yes') measure.repeatsFrom = true;
    for (const mark of readMarks(element)) this.#mark(mark, at);
    const velocity = velocityOf(element.attributes.dynamics);
    if (velocity !== undefined) this.#loudness.push({ at: toNumber(at), velocity });
  }

  #tempo(qpm: number | undefined, line: number, measure: Measure, at: Fraction): void {
    if (qpm === undefined) return;
    if (qpm < lowestQpm || qpm > highestQpm)
      this.#report.warn(line, `a tempo outside ${lowestQpm} to ${highestQpm} quarter notes a minute is left out`);
    else this.#change(measure, Math.max(0, toNumber(at)), { qpm }, line);
  }

  #mark(mark: ScoreMark, at: Fraction): void {
    if (this.#marks.length >= mostMarks) this.#report.fail(mark.line, `more than ${mostMarks} marks in a measure`, 'Leave some out.');
    this.#marks.push({ mark, at });
  }

  #change(measure: Measure, at: number, set: Partial<ScoreContext>, line: number): void {
    if (measure.changes.length >= mostChanges) {
      this.#report.fail(line, `more than ${mostChanges} tempos, keys and metres in a measure`, 'Leave some out.');
    }
    measure.changes.push({ at, part: this.#index, set });
  }

  #barline(element: XmlElement, measure: Measure): void {
    const { atStart, inMiddle, repeatsFrom, repeatsBack, endingFrom, endingStops, marks } = readBarline(element);
    if (inMiddle && (repeatsFrom || repeatsBack)) {
      this.#report.warn(element.line, 'a repeat in the middle of a measure is taken at its border');
    }
    if (repeatsFrom && !atStart && !inMiddle) this.#nextRepeats = true;
    else if (repeatsFrom) measure.repeatsFrom = true;
    measure.endingFrom ??= endingFrom;
    const ended = atStart ? this.#before : measure;
    if (ended && repeatsBack) ended.repeatsBack = { ...repeatsBack, times: ended.repeatsBack?.times ?? repeatsBack.times };
    if (ended && endingStops) ended.endingStops = true;
    for (const mark of marks) this.#mark(mark, atStart ? zero : this.#furthest);
  }
}

/** A number of divisions to the thousandth. */
function divisionsIn(text: string | undefined): Fraction | undefined {
  const value = numberIn(text);
  if (value === undefined) return undefined;
  return Number.isInteger(value) ? fraction(value) : fraction(Math.round(value * 1000), 1000);
}

function forFirstStaff({ attributes }: XmlElement): boolean {
  return attributes.number === undefined || attributes.number === '1';
}

/** Parts repeat the marks of one another. */
function addMark(measure: Measure, mark: ScoreMark): void {
  if (measure.marks.length < mostMarks && !measure.marks.some(({ kind, label }) => kind === mark.kind && label === mark.label))
    measure.marks.push(mark);
}
