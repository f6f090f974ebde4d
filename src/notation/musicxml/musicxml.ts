// MusicXML 1 to 4, partwise and timewise, as a NoteSequence. Pure: the bytes of an uncompressed score in, values out; what is read of an
// .mxl archive here is only its table of contents.
//
// Read: notes, chords, voices, ties, transposing instruments, percussion, repeats and endings, D.C., D.S., Coda and Fine where the score
// says how they sound, metre, key, tempo, loudness, chord symbols, the parts' names and General MIDI sounds. Passed over because they change
// neither pitch nor length as written: grace notes, cues, ornaments, octave lines, articulations, and all that is only drawn.
import type { NoteSequence } from '../../music/note-sequence.js';
import { readScore } from './reader.js';
import { Report } from './report.js';
import { scoreToNoteSequence } from './sequence.js';
import { decodeXmlText } from './text.js';
import { readXml } from './xml.js';

export interface MusicXmlOptions {
  /** What messages call the file. */
  filename: string;
  /** Told of each thing that had to be left out, with its line. */
  onWarning?: (warning: string) => void;
}

/**
 * The score as it is played: each voice of a part is an instrument with the part's name and program (0 where it gives none), percussion
 * excepted, which is one; velocities follow the dynamics, 90 being the forte it begins with; tempo is 120 quarter notes a minute until the
 * score says otherwise; metre and key stand at the start and wherever they change, keys as they sound. Id and collection name stay empty.
 * @throws MstError `bad-musicxml` with file and line, for what is no score, for damaged XML, and for a score that is out of all proportion.
 * @example musicXmlToNoteSequence(bytes, { filename: 'hymn.musicxml' }).notes.length
 */
export function musicXmlToNoteSequence(bytes: Uint8Array, { filename, onWarning }: MusicXmlOptions): NoteSequence {
  const report = new Report(filename);
  const score = readScore(textIn(bytes, report), report);
  const sequence = scoreToNoteSequence(score, filename, report);
  if (onWarning) report.warnings.forEach(onWarning);
  return sequence;
}

/**
 * The name of the score inside an .mxl archive, from the bytes of its META-INF/container.xml; undefined where it names none.
 * @throws MstError `bad-musicxml`
 */
export function scoreInContainer(bytes: Uint8Array, filename: string): string | undefined {
  const report = new Report(filename);
  let path: string | undefined;
  readXml(textIn(bytes, report), {
    enter: (name) => (name === 'rootfile' ? 'take' : 'open'),
    take: ({ attributes }) => {
      const type = attributes['media-type'] ?? 'application/vnd.recordare.musicxml+xml';
      if (path === undefined && /musicxml|text\/xml/.test(type)) path = attributes['full-path'];
    },
    leave: () => {},
    warn: () => {},
    fail: (line, column, problem) =>
      report.fail(line, `its list of contents is damaged at column ${column} (${problem})`, 'Save the score again.'),
  });
  return path;
}

function textIn(bytes: Uint8Array, report: Report): string {
  if (bytes[0] === 0x50 && bytes[1] === 0x4b) {
    report.fail(1, 'this is a compressed score', 'Give it a name that ends in .mxl.');
  }
  try {
    return decodeXmlText(bytes);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return report.fail(1, `it is written in an encoding mst does not know (${error.message})`, 'Save it as UTF-8.');
  }
}
