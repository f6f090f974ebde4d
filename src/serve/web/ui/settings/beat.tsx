// The beat: tempo (slider, number or tapped), beats of a bar, metronome.

import { useState } from 'preact/hooks';
import { TapTempo } from '../../../../jam/beat/tap.js';
import { FASTEST_QPM, SLOWEST_QPM } from '../../../../jam/beat/tempo.js';
import type { Metronome } from '../../../../jam/settings.js';
import { useSession, useView } from '../session-context.js';
import { NumberField } from './number-field.js';

const METRES = [2, 3, 4, 5, 6, 7];
const METRONOMES: readonly (readonly [Metronome, string])[] = [
  ['on', 'always'],
  ['count-in', 'to count in'],
  ['off', 'off'],
];
/** What the slider reaches; the number reaches further. */
const SLIDER = { min: 40, max: 240 };

export function Beat() {
  const session = useSession();
  const qpm = useView((view) => view.settings.qpm);
  const beatsPerBar = useView((view) => view.settings.beatsPerBar);
  const metronome = useView((view) => view.settings.metronome);
  const [tapped] = useState(() => new TapTempo());
  const tap = (): void => {
    const heard = tapped.tap(performance.now() / 1000);
    if (heard !== undefined) session.change({ qpm: Math.round(heard) });
  };
  return (
    <section aria-labelledby="beat-title">
      <h3 id="beat-title">Beat</h3>
      <div class="row">
        <label for="tempo">Tempo</label>
        <NumberField
          label="Tempo in beats a minute"
          value={Math.round(qpm)}
          least={SLOWEST_QPM}
          most={FASTEST_QPM}
          onChange={(value) => session.change({ qpm: value })}
        />
        <span class="unit">bpm</span>
        <button
          type="button"
          class="small tap"
          onPointerDown={tap}
          onKeyDown={(event) => (event.key === 'Enter' || event.key === ' ') && !event.repeat && tap()}
        >
          Tap
        </button>
      </div>
      <input
        id="tempo"
        type="range"
        {...SLIDER}
        value={qpm}
        onInput={(event) => session.change({ qpm: Number(event.currentTarget.value) })}
      />
      <div class="row">
        <label for="metre">Beats in a bar</label>
        <select id="metre" value={beatsPerBar} onChange={(event) => session.change({ beatsPerBar: Number(event.currentTarget.value) })}>
          {[...new Set([...METRES, beatsPerBar])].map((beats) => (
            <option key={beats} value={beats}>
              {beats}
            </option>
          ))}
        </select>
      </div>
      <fieldset class="chips">
        <legend>Metronome</legend>
        {METRONOMES.map(([value, words]) => (
          <label key={value}>
            <input type="radio" name="metronome" checked={metronome === value} onChange={() => session.change({ metronome: value })} />
            <span>{words}</span>
          </label>
        ))}
      </fieldset>
    </section>
  );
}
