// The order in which a voice is played: repeats, first and second endings, and parts written out.
import type { AbcEvent, AbcPosition, EventRoom } from './tune.js';

/** Throws the error of a place in the tune. */
export type FailAt = (position: AbcPosition, problem: string, hint: string) => never;

/** A stretch of events, `to` excluded. */
interface Stretch {
  from: number;
  to: number;
}

interface Ending extends Stretch {
  numbers: number[];
}

/** Music from where a repeat goes back to, up to where it ends, endings included. */
interface Section {
  from: number;
  /** Begun by `|:`; otherwise by the start of the tune, a double bar or the end of a repeat. */
  explicit: boolean;
  /** Times that `|:` and `:|` ask for. */
  timesAtStart: number;
  timesAtEnd: number;
  /** Where the part that is played every time ends. */
  bodyTo: number | undefined;
  endings: Ending[];
  /** The last ending is not closed yet. */
  inEnding: boolean;
  /** Closed by `:|` or a double bar: whatever comes next, unless an ending, belongs to another section. */
  closed: boolean;
}

/**
 * The events of a voice as they are played. `:|` goes back to the last `|:`, or, where there is none, to the latest end of a repeat or
 * double bar, or to the start. A part order, if given, is followed where the voice has part labels; otherwise labels change nothing.
 * What is played takes from the room, which all voices of a tune share.
 */
export function inPlayingOrder(
  events: readonly AbcEvent[],
  { partOrder, room, fail }: { partOrder: string; room: EventRoom; fail: FailAt },
): AbcEvent[] {
  const played: AbcEvent[] = [];
  for (const stretch of inPartOrder(events, partOrder, fail)) {
    for (const section of sectionsOf(events, stretch)) playSection(events, section, played, { room, fail });
  }
  return played;
}

function inPartOrder(events: readonly AbcEvent[], partOrder: string, fail: FailAt): Stretch[] {
  const parts = new Map<string, Stretch[]>();
  let open: Stretch = { from: 0, to: events.length };
  const stretches = [open];
  events.forEach((event, i) => {
    if (event.kind !== 'part') return;
    open.to = i;
    open = { from: i + 1, to: events.length };
    const same = parts.get(event.label);
    if (same) same.push(open);
    else parts.set(event.label, [open]);
  });
  if (partOrder === '' || parts.size === 0) return [{ from: 0, to: events.length }];
  for (const label of partOrder) {
    const part = parts.get(label);
    const position = events[0]?.position ?? { line: 1, column: 1 };
    if (!part)
      return fail(
        position,
        `the order of parts ${partOrder} names part ${label}, which the music lacks`,
        `add P:${label} before its music`,
      );
    stretches.push(...part);
  }
  return stretches;
}

function sectionsOf(events: readonly AbcEvent[], { from, to }: Stretch): Section[] {
  const sections: Section[] = [];
  const begin = (at: number, explicit: boolean, timesAtStart: number): Section => {
    const section: Section = {
      from: at,
      explicit,
      timesAtStart,
      timesAtEnd: 1,
      bodyTo: undefined,
      endings: [],
      inEnding: false,
      closed: false,
    };
    sections.push(section);
    return section;
  };
  let section = begin(from, false, 1);
  const close = (at: number): void => {
    const ending = section.endings.at(-1);
    if (section.inEnding && ending) ending.to = at;
    section.bodyTo ??= at;
    section.inEnding = false;
    section.closed = true;
  };
  for (let i = from; i < to; i++) {
    const event = events[i] as AbcEvent;
    if (event.kind === 'ending') {
      close(i);
      section.closed = false;
      section.inEnding = true;
      section.endings.push({ numbers: event.numbers, from: i + 1, to });
    } else if (event.kind !== 'bar-line') {
      if (section.closed) section = begin(i, false, 1);
    } else {
      // The bar line itself is played along, so that a bar's start is known.
      if (event.repeatsBefore > 0) {
        if (section.closed) section = begin(i, false, 1);
        close(i + 1);
        section.timesAtEnd = event.repeatsBefore + 1;
      }
      if (event.repeatsAfter > 0) {
        if (!section.closed) close(i + 1);
        section = begin(i + 1, true, event.repeatsAfter + 1);
      } else if (event.double && event.repeatsBefore === 0 && !section.closed && (section.inEnding || !section.explicit)) {
        close(i + 1);
      }
    }
  }
  if (!section.closed) close(to);
  return sections;
}

function playSection(
  events: readonly AbcEvent[],
  section: Section,
  played: AbcEvent[],
  { room, fail }: { room: EventRoom; fail: FailAt },
): void {
  const { endings, timesAtEnd } = section;
  const play = ({ from, to }: Stretch): void => {
    for (let i = from; i < to; i++) {
      const event = events[i] as AbcEvent;
      if (!room.take(event.kind === 'note' ? event.notes.length : 1)) {
        fail(event.position, `played with its repeats the tune has more than ${room.most} events`, 'write fewer repeats');
      }
      played.push(event);
    }
  };
  let times = timesAtEnd > 1 ? Math.max(section.timesAtStart, timesAtEnd) : 1;
  if (endings.length > 0) {
    times = endings.reduce((most, { numbers }) => numbers.reduce((a, b) => Math.max(a, b), most), 1);
    // A single ending that goes back is left out the last time.
    if (endings.length === 1 && timesAtEnd > 1 && endings[0]?.numbers.includes(1)) times++;
  }
  for (let time = 1; time <= times; time++) {
    play({ from: section.from, to: section.bodyTo ?? section.from });
    const ending = endings.find(({ numbers }) => numbers.includes(time));
    if (ending) play(ending);
    else if (endings.length > 0 && time > 1 && time < times) {
      const position = events[(endings[0] as Ending).from - 1]?.position ?? { line: 1, column: 1 };
      fail(
        position,
        `this repeat has an ending ${times} but none for time ${time}`,
        `write an ending [${time}, or number the endings from 1`,
      );
    }
  }
}
