// ABC notation 2.1, as tune books use it, read into tunes. Pure: text in, values out. What notes sound is sequence.ts's matter.
//
// Read: header and body fields, inline fields, keys and modes, accidentals (for the rest of the bar and in the same octave; the file may ask
// for `I:propagate-accidentals not | octave | pitch`), lengths, broken rhythm, tuplets, ties, chords, repeats and endings, parts, voices,
// overlays, chord symbols, transposing clefs. Passed over because they name no pitch or length of their own: grace notes, decorations (also
// D.C. and the like), slurs, lyrics, annotations, macros, user symbols and typesetting directives.
import { MstError } from '../../core/errors.js';
import { DEFAULT_QPM } from '../../music/note-sequence.js';
import { abcError } from './error.js';
import { defaultUnitLength, parseMetre, parsePartOrder, parseTempo, parseUnitLength } from './fields.js';
import { AbcFieldError, noKey, parseKey, percussionIn, shiftOf, wordsOf } from './key.js';
import { AbcLexer } from './lexer.js';
import { type AbcLine, splitTunes } from './source.js';
import { type AbcPosition, type AbcTune, EventRoom, spareEvents } from './tune.js';
import { barsOf, type Propagation, VoiceBuilder, type VoiceSettings } from './voice.js';

export { abcToNoteSequence } from './sequence.js';
export type { AbcBar, AbcContext, AbcEvent, AbcKey, AbcMetre, AbcPitch, AbcPosition, AbcTune, AbcVoice } from './tune.js';

/** More voices than any score has. */
const mostVoices = 128;
/** Events that all tunes of a book together may have beyond what their own lengths allow. */
const spareEventsOfBook = 16 * spareEvents;
const lineHint = 'remove the line, or put a % before it';

/**
 * Reads every tune of an ABC file.
 * @param options.filename what messages call the file.
 * @param options.onError called with the error of each tune that cannot be read, which is then left out; without it the error is thrown.
 * @throws MstError `bad-abc` with file, tune, line and column; also for a text without any tune.
 * @example parseAbc('X:1\nT:Scale\nK:C\nCDEF GABc|', { filename: 'scale.abc' })[0]?.title // 'Scale'
 */
export function parseAbc(text: string, options: { filename: string; onError?: (error: MstError) => void }): AbcTune[] {
  const { filename, onError } = options;
  const source = splitTunes(text);
  if (source.tunes.length === 0) {
    throw new MstError('bad-abc', `${filename}: no tune found.`, {
      hint: 'Each tune of an ABC file begins with a line like X:1 and its header ends with a line like K:G.',
    });
  }
  const tunes: AbcTune[] = [];
  let spare = spareEventsOfBook;
  source.tunes.forEach((lines, index) => {
    const length = lines.reduce((sum, line) => sum + line.text.length + 1, 0);
    const room = new EventRoom(length, Math.min(spare, spareEvents));
    try {
      tunes.push(new TuneReader(filename, index, lines, length, room).read(source.defaults));
    } catch (error) {
      if (!(error instanceof MstError) || !onError) throw error;
      onError(error);
    }
    spare -= room.spareTaken;
  });
  return tunes;
}

class TuneReader {
  readonly #lines: readonly AbcLine[];
  readonly #tune: AbcTune;
  readonly #voices = new Map<string, VoiceBuilder>();
  readonly #room: EventRoom;
  #voice: VoiceBuilder | undefined;
  #settings: VoiceSettings;
  #unitIsSet = false;
  /** Q: counts in unit lengths unless it says otherwise, so in the header it waits for L: and M:. */
  #tempo: { text: string; position: AbcPosition } | undefined;
  #part = '';
  #at: AbcPosition;

  constructor(filename: string, index: number, lines: readonly AbcLine[], length: number, room: EventRoom) {
    const [first] = lines;
    this.#lines = lines;
    this.#room = room;
    this.#at = { line: first?.number ?? 1, column: 1 };
    this.#settings = {
      key: noKey,
      metre: undefined,
      qpm: DEFAULT_QPM,
      unit: defaultUnitLength(undefined),
      shift: 0,
      percussion: undefined,
      propagation: 'octave',
    };
    this.#tune = {
      filename,
      index,
      number: Number(/^\d{1,9}/.exec(first?.value ?? '')?.[0] ?? 0),
      position: this.#at,
      length,
      title: '',
      subtitles: [],
      composers: [],
      origin: '',
      rhythm: '',
      source: '',
      transcription: '',
      notes: [],
      metre: undefined,
      key: noKey,
      qpm: DEFAULT_QPM,
      unitLength: defaultUnitLength(undefined),
      partOrder: '',
      voices: [],
    };
  }

  read(defaults: readonly AbcLine[]): AbcTune {
    try {
      for (const line of defaults) this.#headerLine(line);
      // The tune's own composers replace those of the whole book; other fields replace as they come.
      if (this.#lines.some((line) => line.letter === 'C')) this.#tune.composers = [];
      const body = this.#header();
      for (const line of this.#lines.slice(body)) this.#bodyLine(line);
      for (const voice of this.#voices.values()) voice.end((position, problem, hint) => this.#fail(position, problem, hint));
      this.#tune.voices = [...this.#voices.values()]
        .filter(({ events }) => events.length > 0)
        .map(({ id, name, percussion, events }) => ({ id, name, percussion, events, bars: barsOf(events) }));
      return this.#tune;
    } catch (error) {
      if (error instanceof AbcFieldError) this.#fail(this.#at, error.message, error.hint);
      if (error instanceof RangeError) this.#fail(this.#at, 'the length of this note is too fine', 'use simpler tuplets and lengths');
      throw error;
    }
  }

  #fail(position: AbcPosition, problem: string, hint: string): never {
    throw abcError(this.#tune, position, problem, hint);
  }

  /** Reads up to the K: field and returns the index of the line after it. */
  #header(): number {
    for (const [i, line] of this.#lines.entries()) {
      if (i === 0) continue;
      if (line.letter === 'K') {
        this.#at = { line: line.number, column: line.column };
        this.#endHeader(line.value);
        return i + 1;
      }
      this.#headerLine(line, this.#lines[i - 1]);
    }
    return this.#fail(
      this.#tune.position,
      'the header of this tune has no key',
      'end it with a line like K:G (K:none for music without a key)',
    );
  }

  #headerLine(line: AbcLine, before?: AbcLine): void {
    this.#at = { line: line.number, column: line.column };
    if (line.directive) {
      this.#directive(line.value);
      return;
    }
    const { letter, value } = line;
    const tune = this.#tune;
    switch (letter) {
      case 'T':
        if (tune.title === '') tune.title = value;
        else tune.subtitles.push(value);
        return;
      case 'C':
        tune.composers.push(value);
        return;
      case 'O':
        tune.origin = value;
        return;
      case 'R':
        tune.rhythm = value;
        return;
      case 'S':
        tune.source = value;
        return;
      case 'Z':
        tune.transcription = value;
        return;
      case 'N':
        tune.notes.push(value);
        return;
      case 'M':
        this.#settings = { ...this.#settings, metre: parseMetre(value) };
        return;
      case 'L':
        this.#unitIsSet = true;
        this.#settings = { ...this.#settings, unit: parseUnitLength(value) };
        return;
      case 'Q':
        this.#tempo = { text: value, position: this.#at };
        return;
      case 'P':
        tune.partOrder = parsePartOrder(value);
        return;
      case 'V':
        this.#defineVoice(value);
        return;
      case 'I':
        this.#directive(value);
        return;
      case undefined:
        // In old files the history goes on without a field letter.
        if (before?.letter === 'H' || before?.letter === undefined) return;
        this.#fail({ line: line.number, column: 1 }, 'this line of the header is no field', `${lineHint}; music begins after K:`);
    }
  }

  #endHeader(keyText: string): void {
    const settings = this.#settings;
    const metre = settings.metre;
    const unit = this.#unitIsSet ? settings.unit : defaultUnitLength(metre);
    const key = parseKey(keyText, noKey);
    if (this.#tempo) this.#at = this.#tempo.position;
    const qpm = (this.#tempo && parseTempo(this.#tempo.text, unit)) ?? DEFAULT_QPM;
    this.#settings = { ...settings, unit, key, qpm };
    Object.assign(this.#tune, { metre, key, qpm, unitLength: unit } satisfies Partial<AbcTune>);
    // Voices that the header names keep what it said of them, and begin in the key, metre and tempo it ends with.
    for (const voice of this.#voices.values()) voice.set({ key, metre, qpm, unit });
  }

  #bodyLine(line: AbcLine): void {
    this.#at = { line: line.number, column: line.column };
    if (line.directive) {
      this.#directive(line.value);
      return;
    }
    // "A:|" is a note before a repeat, not a field.
    const music = line.letter === undefined || /^(?:[A-Ga-gxz]:|Z:[|:])/.test(line.text);
    if (!music) {
      this.#field(line.letter ?? '', line.value);
      return;
    }
    const lexer = new AbcLexer(line.text, 1, (column, problem, hint) => this.#fail({ line: line.number, column }, problem, hint));
    for (let token = lexer.next(); token; token = lexer.next()) {
      this.#at = { line: line.number, column: token.column };
      if (token.kind === 'field') {
        this.#field(token.letter, token.text);
        continue;
      }
      this.#voice ??= this.#voices.values().next().value ?? this.#voiceOf('1');
      this.#voice.add(token, line.number, this.#part, (column, problem, hint) => this.#fail({ line: line.number, column }, problem, hint));
    }
  }

  /** A field among the music; those not named here carry no pitch or length. */
  #field(letter: string, text: string): void {
    const settings = this.#voice?.settings ?? this.#settings;
    switch (letter) {
      case 'K':
        this.#set({ key: parseKey(text, settings.key) });
        return;
      case 'M':
        this.#set({ metre: parseMetre(text) });
        return;
      case 'L':
        this.#set({ unit: parseUnitLength(text) });
        return;
      case 'Q':
        this.#set({ qpm: parseTempo(text, settings.unit) ?? settings.qpm });
        return;
      case 'V':
        this.#voice = this.#defineVoice(text);
        return;
      case 'P':
        this.#part = text.trim();
        return;
      case 'I':
        this.#directive(text);
        return;
      case 'T':
        this.#tune.subtitles.push(text);
        return;
    }
  }

  /** Changes the present voice, or, before any music, all voices to come. */
  #set(change: Partial<VoiceSettings>): void {
    if (this.#voice) {
      this.#voice.set(change);
      return;
    }
    this.#settings = { ...this.#settings, ...change };
    for (const voice of this.#voices.values()) voice.set(change);
  }

  #directive(text: string): void {
    const [name = '', value = ''] = wordsOf(text);
    if (name !== 'propagate-accidentals') return;
    if (value !== 'not' && value !== 'octave' && value !== 'pitch') {
      this.#fail(this.#at, `propagate-accidentals "${value}" is unknown`, 'write not, octave or pitch');
    }
    const propagation: Propagation = value;
    this.#settings = { ...this.#settings, propagation };
    for (const voice of this.#voices.values()) voice.set({ propagation });
  }

  #defineVoice(text: string): VoiceBuilder {
    const [id, ...words] = wordsOf(text);
    if (id === undefined) return this.#fail(this.#at, 'this V: field names no voice', 'write it like V:1');
    const voice = this.#voiceOf(id);
    for (const word of words) {
      const name = /^(?:name|nm)="?([^"]*)"?$/.exec(word)?.[1];
      if (name !== undefined) voice.name = name;
    }
    const shift = shiftOf(words);
    if (shift !== undefined) voice.set({ shift });
    const percussion = percussionIn(words);
    if (percussion !== undefined) voice.set({ percussion });
    return voice;
  }

  #voiceOf(id: string): VoiceBuilder {
    const known = this.#voices.get(id);
    if (known) return known;
    if (this.#voices.size >= mostVoices) this.#fail(this.#at, `the tune has more than ${mostVoices} voices`, 'split it into several tunes');
    const voice = new VoiceBuilder(id, this.#settings, this.#room);
    this.#voices.set(id, voice);
    return voice;
  }
}
