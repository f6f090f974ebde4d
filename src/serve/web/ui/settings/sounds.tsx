// What both sides sound like, and how loud everything is.

import type { PageSettings, Side } from '../../page-session.js';
import { useSession, useView } from '../session-context.js';
import { INSTRUMENTS } from './instruments.js';

const VOLUMES: readonly (readonly [keyof PageSettings['volumes'], string])[] = [
  ['all', 'Everything'],
  ['you', 'You'],
  ['model', 'The model'],
  ['click', 'Metronome'],
];

function Instrument({ side, label }: { side: Side; label: string }) {
  const session = useSession();
  const programs = useView((view) => view.settings.programs);
  return (
    <div class="row">
      <label for={`instrument-${side}`}>
        <i class={`mark ${side}`} aria-hidden="true" />
        {label}
      </label>
      <select
        id={`instrument-${side}`}
        value={programs[side]}
        onChange={(event) => session.change({ programs: { ...programs, [side]: Number(event.currentTarget.value) } })}
      >
        {INSTRUMENTS.map(([group, names], first) => (
          <optgroup key={group} label={group}>
            {names.map((name, k) => (
              <option key={name} value={first * 8 + k}>
                {name}
              </option>
            ))}
          </optgroup>
        ))}
      </select>
    </div>
  );
}

export function Sounds() {
  const session = useSession();
  const volumes = useView((view) => view.settings.volumes);
  const sound = useView((view) => view.sound);
  return (
    <section aria-labelledby="sound-title">
      <h3 id="sound-title">Sound</h3>
      {sound.state === 'failed' && (
        <div class="explained">
          <p>
            <b>{sound.message}</b>
          </p>
          <p>{sound.hint}</p>
        </div>
      )}
      <Instrument side="you" label="You play" />
      <Instrument side="model" label="Model plays" />
      {VOLUMES.map(([name, label]) => (
        <div class="row volume" key={name}>
          <label for={`volume-${name}`}>{label}</label>
          <input
            id={`volume-${name}`}
            type="range"
            min={0}
            max={100}
            value={Math.round(volumes[name] * 100)}
            aria-valuetext={`${Math.round(volumes[name] * 100)} percent`}
            onInput={(event) => session.change({ volumes: { ...volumes, [name]: Number(event.currentTarget.value) / 100 } })}
          />
        </div>
      ))}
      {sound.state === 'on' && sound.latencyMs !== undefined && (
        <p class="quiet">What you play is heard about {Math.max(1, Math.round(sound.latencyMs))} ms later.</p>
      )}
    </section>
  );
}
