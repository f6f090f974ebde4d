// Which MIDI ports the user chose, as it is kept from visit to visit. A browser may give a port another id the next time, and one instrument
// may be plugged in twice: a port is known by its id, or, while none of that id is there, by its name. Pure.

import type { PortChoice, PortMark } from '../page-session.js';

/** Ports that are remembered; of more the oldest are forgotten. */
const MOST_MARKS = 32;
const LONGEST = 300;

/** Those of the ports which are marked, by id. @param ports of one kind that are plugged in */
export function marked(marks: readonly PortMark[], ports: readonly PortMark[]): ReadonlySet<string> {
  return new Set(ports.filter((port) => marks.some((mark) => isOf(mark, port, ports))).map(({ id }) => id));
}

/** The marks after one port was marked, or is no longer. @param ports of its kind that are plugged in, that one among them */
export function withMark(marks: readonly PortMark[], { id, name }: PortMark, on: boolean, ports: readonly PortMark[]): readonly PortMark[] {
  const others = marks.filter((mark) => !isOf(mark, { id, name }, ports));
  return on ? [...others, { id, name }].slice(-MOST_MARKS) : others;
}

/** A choice from anything: marks that are none are left out. */
export function believableChoice(value: unknown): PortChoice {
  const { inputsOff, outputsOn } = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  return { inputsOff: believableMarks(inputsOff), outputsOn: believableMarks(outputsOn) };
}

function believableMarks(value: unknown): readonly PortMark[] {
  const isText = (text: unknown): text is string => typeof text === 'string' && text.length <= LONGEST;
  if (!Array.isArray(value)) return [];
  return value
    .filter((mark) => isText(mark?.id) && isText(mark?.name))
    .map(({ id, name }: PortMark): PortMark => ({ id, name }))
    .slice(-MOST_MARKS);
}

function isOf(mark: PortMark, port: PortMark, ports: readonly PortMark[]): boolean {
  return mark.id === port.id || (mark.name === port.name && !ports.some(({ id }) => id === mark.id));
}
