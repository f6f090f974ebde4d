// NoteSequence: music as notes in seconds (and, once quantized, in steps). Field names and meaning are those of Magenta's
// protocol buffer (spec A.1), so that files pass between the two unchanged; records/note-sequence.ts reads and writes its bytes.

/** One sounding note. */
export interface Note {
  /** MIDI pitch, 0..127. */
  pitch: number;
  /** MIDI velocity, 1..127. */
  velocity: number;
  /** Seconds from the start of the sequence. */
  startTime: number;
  endTime: number;
  /** Index of the instrument (track) that plays it; notes of one instrument share program and isDrum. */
  instrument: number;
  /** General MIDI program, 0..127. */
  program: number;
  isDrum: boolean;
  /** Steps, present once the sequence is quantized. */
  quantizedStartStep?: number;
  quantizedEndStep?: number;
  numerator?: number;
  denominator?: number;
  part?: number;
  pitchName?: number;
  voice?: number;
}

/** A metre from `time` (seconds) on. */
export interface TimeSignature {
  time: number;
  numerator: number;
  denominator: number;
}

/** A key from `time` (seconds) on: `key` 0..11 = C..B; `mode` one of MODES. */
export interface KeySignature {
  time: number;
  key: number;
  mode: number;
}

/** Values of KeySignature.mode. */
export const Mode = { major: 0, minor: 1, notSpecified: 2, mixolydian: 3, dorian: 4, phrygian: 5, lydian: 6, locrian: 7 } as const;

/** A tempo in quarter notes per minute from `time` (seconds) on. */
export interface Tempo {
  time: number;
  qpm: number;
}

/** Quarter notes per minute where no tempo is given. */
export const DEFAULT_QPM = 120;

/** `bend` is -8192..8191. */
export interface PitchBend {
  time: number;
  bend: number;
  instrument: number;
  program: number;
  isDrum: boolean;
}

export interface ControlChange {
  time: number;
  controlNumber: number;
  controlValue: number;
  instrument: number;
  program: number;
  isDrum: boolean;
  quantizedStep?: number;
}

export interface PartInfo {
  part: number;
  name: string;
}

export interface InstrumentInfo {
  instrument: number;
  name: string;
}

/** Where a sequence comes from: values of SourceType, EncodingType and Parser. */
export interface SourceInfo {
  sourceType?: number;
  encodingType?: number;
  parser?: number;
}

/** Those that mst writes; a parser is what Magenta would have read the file with. */
export const SourceType = { scoreBased: 1 } as const;
export const EncodingType = { musicXml: 1, abc: 2, midi: 3 } as const;
export const Parser = { prettyMidi: 2, magentaMusicXml: 3, magentaAbc: 5 } as const;

/** Values of TextAnnotation.annotationType; 0 is unknown. */
export const AnnotationType = { chordSymbol: 1, beat: 2 } as const;

export interface TextAnnotation {
  time: number;
  text: string;
  annotationType: number;
  quantizedStep?: number;
}

/** Exactly one of the two is set. */
export interface QuantizationInfo {
  stepsPerQuarter?: number;
  stepsPerSecond?: number;
}

/** Seconds cut off before and after, when this is a part of a longer sequence. */
export interface SubsequenceInfo {
  startTimeOffset: number;
  endTimeOffset: number;
}

export interface SectionAnnotation {
  time: number;
  sectionId: number;
}

/** Exactly one of the two is set. */
export interface Section {
  sectionId?: number;
  sectionGroup?: SectionGroup;
}

export interface SectionGroup {
  sections: Section[];
  numTimes: number;
}

export interface SequenceMetadata {
  title?: string;
  artist?: string;
  genre: string[];
  composers: string[];
}

export interface NoteSequence {
  id: string;
  filename: string;
  collectionName: string;
  ticksPerQuarter: number;
  timeSignatures: TimeSignature[];
  keySignatures: KeySignature[];
  tempos: Tempo[];
  notes: Note[];
  /** Seconds: the end of the last note. */
  totalTime: number;
  pitchBends: PitchBend[];
  controlChanges: ControlChange[];
  partInfos: PartInfo[];
  sourceInfo?: SourceInfo;
  textAnnotations: TextAnnotation[];
  quantizationInfo?: QuantizationInfo;
  totalQuantizedSteps: number;
  subsequenceInfo?: SubsequenceInfo;
  referenceNumber: number;
  sequenceMetadata?: SequenceMetadata;
  sectionAnnotations: SectionAnnotation[];
  sectionGroups: SectionGroup[];
  instrumentInfos: InstrumentInfo[];
}

/** A NoteSequence without notes; `fields` overrides the empty defaults. */
export function createNoteSequence(fields: Partial<NoteSequence> = {}): NoteSequence {
  return {
    id: '',
    filename: '',
    collectionName: '',
    ticksPerQuarter: 0,
    timeSignatures: [],
    keySignatures: [],
    tempos: [],
    notes: [],
    totalTime: 0,
    pitchBends: [],
    controlChanges: [],
    partInfos: [],
    textAnnotations: [],
    totalQuantizedSteps: 0,
    referenceNumber: 0,
    sectionAnnotations: [],
    sectionGroups: [],
    instrumentInfos: [],
    ...fields,
  };
}

/** A copy of a note. Songs have thousands, and this is many times faster than spreading each into a new object. */
export function copyNote(note: Note): Note {
  const { pitch, velocity, startTime, endTime, instrument, program, isDrum } = note;
  const copy: Note = { pitch, velocity, startTime, endTime, instrument, program, isDrum };
  if (note.quantizedStartStep !== undefined) copy.quantizedStartStep = note.quantizedStartStep;
  if (note.quantizedEndStep !== undefined) copy.quantizedEndStep = note.quantizedEndStep;
  if (note.numerator !== undefined) copy.numerator = note.numerator;
  if (note.denominator !== undefined) copy.denominator = note.denominator;
  if (note.part !== undefined) copy.part = note.part;
  if (note.pitchName !== undefined) copy.pitchName = note.pitchName;
  if (note.voice !== undefined) copy.voice = note.voice;
  return copy;
}
