// The events TensorBoard reads (TensorFlow's event.proto and summary.proto), one a TFRecord; only the parts that training writes.
// Where the files stand and what they are called is train/event-log.ts's business.
import { encodeMessage, message, nested, nestedList, plain, present, type Schema } from './message.js';
import { encodeRecord } from './tfrecord.js';

/** An image of a summary, encoded as a PNG. */
export interface SummaryImage {
  /** In pixels. */
  height: number;
  width: number;
  /** A value of `Colorspace`. */
  colorspace: number;
  encodedImageString: Uint8Array;
}

/** One value of a summary: a number or an image. */
export interface SummaryValue {
  /** What TensorBoard files it under, e.g. `loss`. */
  tag: string;
  simpleValue?: number;
  image?: SummaryImage;
}

/** Exactly one of fileVersion, summary and sessionLog is set. */
export interface TensorBoardEvent {
  /** Seconds since 1970. */
  wallTime: number;
  /** The training step it belongs to. */
  step: number;
  fileVersion?: string;
  summary?: { value: SummaryValue[] };
  sessionLog?: { status: number };
}

/** What the first event of every file says. */
export const FILE_VERSION = 'brain.Event:2';
/** Values of SummaryImage.colorspace: the number of channels. */
export const Colorspace = { rgb: 3 } as const;
/** Values of sessionLog.status: `start` takes back what earlier files of the folder have at its step and after it. */
export const SessionStatus = { start: 1 } as const;

const image: Schema<SummaryImage> = message('Summary.Image', {
  height: plain(1, 'int32'),
  width: plain(2, 'int32'),
  colorspace: plain(3, 'int32'),
  encodedImageString: plain(4, 'bytes'),
});

const value: Schema<SummaryValue> = message('Summary.Value', {
  tag: plain(1, 'string'),
  simpleValue: present(2, 'float'),
  image: nested(4, () => image),
});

const summary: Schema<{ value: SummaryValue[] }> = message('Summary', { value: nestedList(1, () => value) });

const sessionLog: Schema<{ status: number }> = message('SessionLog', { status: plain(1, 'enum') });

const event: Schema<TensorBoardEvent> = message('Event', {
  wallTime: plain(1, 'double'),
  step: plain(2, 'int64'),
  fileVersion: present(3, 'string'),
  summary: nested(5, () => summary),
  sessionLog: nested(7, () => sessionLog),
});

/**
 * An event as it stands in a file: its message, framed as a TFRecord.
 * @throws RangeError for a step or a size that is no exact integer
 */
export function encodeEvent(content: TensorBoardEvent): Uint8Array<ArrayBuffer> {
  return encodeRecord(encodeMessage(event, content));
}
