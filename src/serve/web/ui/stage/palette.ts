// The page's colours for canvases: the custom properties of the page as they are in force, in dark or in light.

import type { Side } from '../../page-session.js';

export interface Palette {
  readonly you: string;
  readonly model: string;
  readonly youSoft: string;
  readonly modelSoft: string;
  readonly stage: string;
  readonly lane: string;
  readonly octave: string;
  readonly beat: string;
  readonly bar: string;
  readonly ink: string;
  readonly quiet: string;
  readonly track: string;
  readonly head: string;
  readonly font: string;
}

let palette: Palette | undefined;

/** The colours in force; read once, and again when dark and light change. */
export function colours(): Palette {
  if (palette !== undefined) return palette;
  const style = getComputedStyle(document.documentElement);
  const read = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  palette = {
    you: read('you'),
    model: read('model'),
    youSoft: read('you-soft'),
    modelSoft: read('model-soft'),
    stage: read('stage'),
    lane: read('stage-lane'),
    octave: read('stage-octave'),
    beat: read('stage-beat'),
    bar: read('stage-bar'),
    ink: read('ink'),
    quiet: read('quiet'),
    track: read('track'),
    head: read('head'),
    font: getComputedStyle(document.body).fontFamily,
  };
  return palette;
}

for (const query of ['(prefers-color-scheme: dark)', '(prefers-contrast: more)']) {
  matchMedia(query).addEventListener('change', () => {
    palette = undefined;
  });
}

export const sideColour = (side: Side): string => colours()[side];
export const softColour = (side: Side): string => (side === 'you' ? colours().youSoft : colours().modelSoft);
