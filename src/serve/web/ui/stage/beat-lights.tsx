// The beat: a light for each beat of the bar, the first one larger, and the bar's number.

import { useMoment } from '../session-context.js';

export function BeatLights() {
  const { beat, bar, perBar, started, qpm } = useMoment((status) => ({
    beat: status?.beat ?? 0,
    bar: status?.bar ?? 1,
    perBar: status?.beatsPerBar ?? 4,
    started: status !== null && status.quarter !== null && status.quarter >= 0,
    qpm: Math.round(status?.qpm ?? 0),
  }));
  return (
    <div class="beats">
      <ol aria-hidden="true">
        {Array.from({ length: perBar }, (_, k) => (
          <li key={k} class={started && k + 1 === beat ? 'lit' : ''} />
        ))}
      </ol>
      <span class="beats-words">{started ? `Bar ${bar} · ${qpm} bpm` : `${qpm} bpm`}</span>
    </div>
  );
}
