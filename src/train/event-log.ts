// TensorBoard's event files: the curves of metrics.jsonl and pictures, for `tensorboard --logdir`. They carry the time of day, so they are
// the one thing that differs between two equal runs. Each process that trains begins a file of its own, and whole events are added to it.

import { closeSync, fsyncSync, openSync, readdirSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { Colorspace, encodeEvent, FILE_VERSION, SessionStatus, type SummaryValue } from '../records/tensorboard-events.js';
import { makeFolder, storing } from '../registry/files.js';
import { encodePng } from '../view/png.js';
import type { Raster } from '../view/raster.js';

const EVENT_FILE = /^events\.out\.tfevents\.(\d+)\.(\d+)\.mst$/;

/** The event files of one folder, which TensorBoard shows as one curve per tag. */
export class EventLog {
  readonly #path: string;
  readonly #descriptor: number;
  readonly #now: () => number;

  /**
   * Begins a new file in `folder`, which takes back what older files there have after `step`.
   * @param now a clock, in milliseconds since 1970
   * @throws MstError `storage`
   */
  constructor(folder: string, step: number, now: () => number) {
    this.#now = now;
    this.#path = storing(folder, () => {
      makeFolder(folder);
      return join(folder, nextName(readdirSync(folder), now()));
    });
    this.#descriptor = storing(this.#path, () => openSync(this.#path, 'wx'));
    const wallTime = this.#now() / 1000;
    const first = encodeEvent({ wallTime, step: 0, fileVersion: FILE_VERSION });
    const second = encodeEvent({ wallTime, step: step + 1, sessionLog: { status: SessionStatus.start } });
    this.#write(Buffer.concat([first, second]));
  }

  /** Adds numbers by their tags; those that are not finite are left out. @throws MstError `storage` */
  scalars(step: number, values: Readonly<Record<string, number>>): void {
    const finite = Object.entries(values).filter(([, value]) => Number.isFinite(value));
    this.#summary(
      step,
      finite.map(([tag, simpleValue]) => ({ tag, simpleValue })),
    );
  }

  /** Adds a picture. @throws MstError `storage` */
  image(step: number, tag: string, picture: Raster): void {
    const { width, height } = picture;
    this.#summary(step, [{ tag, image: { width, height, colorspace: Colorspace.rgb, encodedImageString: encodePng(picture) } }]);
  }

  /** Makes sure that what was added outlives a power cut. @throws MstError `storage` */
  sync(): void {
    storing(this.#path, () => fsyncSync(this.#descriptor));
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  #summary(step: number, value: SummaryValue[]): void {
    this.#write(encodeEvent({ wallTime: this.#now() / 1000, step, summary: { value } }));
  }

  #write(bytes: Uint8Array): void {
    storing(this.#path, () => {
      for (let done = 0; done < bytes.length; ) done += writeSync(this.#descriptor, bytes, done);
    });
  }
}

/** A name that sorts after those that are there, since TensorBoard reads files by name: the second it was begun, then a number. */
function nextName(present: readonly string[], now: number): string {
  const begun = present.flatMap((name) => {
    const [, second, number] = EVENT_FILE.exec(name) ?? [];
    return second === undefined ? [] : [{ second: Number(second), number: Number(number) }];
  });
  const second = Math.max(Math.floor(now / 1000), ...begun.map((file) => file.second));
  const number = Math.max(-1, ...begun.map((file) => file.number)) + 1;
  return `events.out.tfevents.${String(second).padStart(10, '0')}.${String(number).padStart(4, '0')}.mst`;
}
