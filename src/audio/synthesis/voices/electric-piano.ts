// An electric piano by frequency modulation (J. Chowning, JAES 21(7), 1973): the tine rings high above the tone and soon falls silent; the
// harder the stroke, the more the tone itself growls. Two layers.

import { renderWave } from '../oversampling.js';
import { frameOf } from '../partials.js';
import { across, hertzOf, levelled, type Region, type Tone } from '../tone.js';

const ROOTS = [33, 46, 58, 69, 81, 97];

export function electricPiano(): Region[] {
  return [
    ...across(ROOTS, (key, highest) => tine(key, highest, { growl: 0.55, ring: 0.16 }), [0, 84]),
    ...across(ROOTS, (key, highest) => tine(key, highest, { growl: 1.25, ring: 0.38 }), [85, 127]),
  ];
}

/** A glassy electric piano, or a celesta's cousin: more ring, less growl. */
export function glassPiano(): Region[] {
  return across(ROOTS.slice(1), (key, highest) => tine(key, highest, { growl: 0.3, ring: 0.8 }));
}

function tine(key: number, highest: number, { growl, ring }: { growl: number; ring: number }): Tone {
  const hertz = hertzOf(key);
  const frame = frameOf(key, { attack: Math.min(0.34, 0.16 + 18 / hertz), loop: 0.05, rate: key < 50 ? 22_000 : 28_000, highest });
  // The tine keeps below the limit; what modulation adds above it is small there, and the filter takes it.
  const ratio = Math.max(1, Math.min(14, Math.floor((0.7 * frame.limit) / hertz) - 1));
  const growing = Math.min(1, 900 / hertz) * growl;
  const tone = renderWave(frame, (phase, t) => {
    const body = Math.sin(phase + growing * (0.35 + 0.65 * Math.exp(-t * 3.5)) * Math.sin(phase));
    // The tine is silent before the loop.
    const ringing = ring * Math.exp(-t * (6 + hertz / 200)) * (1 - (t * frame.rate) / frame.attack) ** 2;
    return (1 - Math.exp(-t * 900)) * (body + ringing * 0.35 * Math.sin(ratio * phase + 0.4 * Math.sin(phase)));
  });
  return levelled(tone);
}
