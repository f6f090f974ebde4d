// The score inside a compressed MusicXML file (.mxl): a zip archive whose META-INF/container.xml says which of its files is the score.

import { MstError } from '../../core/errors.js';
import { scoreInContainer } from '../../notation/musicxml/musicxml.js';
import { type ArchiveEntry, readArchive } from '../archive.js';
import { defaultLimits, type ReadLimits } from '../limits.js';

const CONTAINER = 'META-INF/container.xml';
// A score, some pictures and their list.
const limits: ReadLimits = { ...defaultLimits, entries: 10_000, archiveBytes: 2 * defaultLimits.fileBytes, ratioFrom: 4 * 2 ** 20 };

/**
 * The bytes of the score in an .mxl file.
 * @param file what messages call it
 * @throws MstError `bad-archive` when it cannot be unpacked, `bad-musicxml` when there is no score in it
 */
export async function readMxl(path: string, file: string): Promise<Uint8Array> {
  const scores: string[] = [];
  let container: Uint8Array | undefined;
  await read(
    path,
    ({ name }) => {
      if (/\.(?:musicxml|xml)$/i.test(name) && !/^META-INF\//i.test(name)) scores.push(name);
      return name === CONTAINER;
    },
    (bytes) => {
      container = bytes;
    },
  );
  const named = container === undefined ? undefined : scoreInContainer(container, `${file}: ${CONTAINER}`);
  const wanted = named ?? (scores.length === 1 ? scores[0] : undefined);
  if (wanted === undefined) {
    throw new MstError('bad-musicxml', `${file}: none of its files is named as the score.`, {
      hint: 'Save the score again from a notation program.',
    });
  }
  let score: Uint8Array | undefined;
  await read(
    path,
    ({ name }) => name === wanted,
    (bytes) => {
      score = bytes;
    },
  );
  if (score === undefined) {
    throw new MstError('bad-musicxml', `${file}: its score "${wanted.slice(0, 100)}" is missing, too large or damaged.`, {
      hint: 'Save the score again from a notation program.',
    });
  }
  return score;
}

function read(path: string, wants: (entry: ArchiveEntry) => boolean, take: (bytes: Uint8Array) => void): Promise<void> {
  const visitor = { wants, take: (_: ArchiveEntry, bytes: Uint8Array) => take(bytes) };
  return readArchive(path, visitor, limits, new AbortController().signal, '.mxl');
}
