// What a score says before its music: title, composers, parts and the sounds they ask for.
import { childrenOf, numberOf, textOf, type XmlElement } from './xml.js';

/** How one instrument of a part is played. */
export interface Sound {
  /** General MIDI program, 0..127. */
  readonly program: number;
  /** On MIDI's percussion channel. */
  readonly isDrum: boolean;
  /** The pitch that stands for a percussion instrument. */
  readonly drumPitch: number | undefined;
}

export interface PartHeader {
  readonly id: string;
  readonly name: string;
  /** By the ids that notes name them with, in the order of the file. */
  readonly sounds: ReadonlyMap<string, Sound>;
}

const drumChannel = 10;

/** Reads a <score-part>. MusicXML counts programs, channels and percussion pitches from 1. */
export function readPartHeader(element: XmlElement): PartHeader {
  const sounds = new Map<string, Sound>();
  for (const instrument of childrenOf(element, 'midi-instrument')) {
    const drumPitch = sevenBits(numberOf(instrument, 'midi-unpitched'));
    sounds.set(instrument.attributes.id ?? '', {
      program: sevenBits(numberOf(instrument, 'midi-program')) ?? 0,
      isDrum: numberOf(instrument, 'midi-channel') === drumChannel,
      drumPitch,
    });
  }
  return { id: element.attributes.id ?? '', name: textOf(element, 'part-name') ?? '', sounds };
}

function sevenBits(fromOne: number | undefined): number | undefined {
  return fromOne !== undefined && Number.isInteger(fromOne) && fromOne >= 1 && fromOne <= 128 ? fromOne - 1 : undefined;
}

/** The composers that an <identification> names. */
export function readComposers(identification: XmlElement): string[] {
  return childrenOf(identification, 'creator')
    .filter(({ attributes }) => attributes.type === 'composer')
    .map(({ text }) => text.replace(/\s+/g, ' ').trim())
    .filter((name) => name !== '');
}
