// A melody as one event per step (spec C.1): a pitch begins a note, NOTE_OFF ends it, NO_EVENT lets whatever is go on.

/** The sounding note ends here. */
export const NOTE_OFF = -1;
/** Nothing changes at this step. */
export const NO_EVENT = -2;
/** Steps of a quarter note, everywhere in mst (a step is a 16th). */
export const STEPS_PER_QUARTER = 4;

export interface Melody {
  /** One per step: MIDI pitch 0..127, NOTE_OFF or NO_EVENT. */
  readonly events: readonly number[];
  /** Step of the first event within the sequence it came from. */
  readonly startStep: number;
  readonly stepsPerBar: number;
  readonly stepsPerQuarter: number;
}
