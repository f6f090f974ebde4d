// What a person is told when no player of the table plays: why, and what would help.

import { platform } from 'node:process';

/** A player that does not play, by its name, and why; undefined = it is not installed. */
export interface Refused {
  readonly name: string;
  readonly reason: string | undefined;
}

/** Why no player plays, and what would help. */
export function refusal(refused: readonly Refused[], system: string = platform): { problem: string; hint: string } {
  const reasons = new Map(refused.flatMap(({ name, reason }) => (reason === undefined ? [] : [[name, reason] as const])));
  const missing = [...new Set(refused.map(({ name }) => name))].filter((name) => !reasons.has(name));
  const said = [...reasons].map(([name, reason]) => `${name}: ${sentence(reason)}`).join(' ');
  const absent = missing.length === 0 ? '' : ` Not installed: ${missing.join(', ')}.`;
  return {
    problem: `No sound can be played here. ${said}${absent}`.trim(),
    hint: hintFor(reasons.size, system),
  };
}

function hintFor(installed: number, system: string): string {
  if (installed === 0 && system === 'linux')
    return 'Install a player: sudo apt install pulseaudio-utils, or pipewire-bin, alsa-utils or sox.';
  if (installed === 0) return 'Install SoX (https://sox.sourceforge.net), or mst again with its optional packages.';
  const see = system === 'linux' ? ' (aplay -l lists them)' : '';
  return `Check that there is a sound device${see}, and that you may use it. MIDI outputs, mst render and mst share need none.`;
}

/** What a program says, without its saying who it is and that something is wrong. */
export const sentence = (text: string): string => {
  const said = text.replace(/^(?:(?:error|aplay|pacat|pw-cat|main:\d+|sox FAIL \w+): *)+/i, '');
  return /[.!?]$/.test(said) ? said : `${said}.`;
};
