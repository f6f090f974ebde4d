// Recordings that are kept in this browser: open one, or forget it (asked twice, since nothing brings it back).

import { useState } from 'preact/hooks';
import type { KeptRecording } from '../../page-session.js';
import { Panel } from '../panel.js';
import { useSession, useView } from '../session-context.js';
import { minutes, plural } from '../words.js';

const when = (created: string): string => {
  const date = new Date(created);
  return Number.isNaN(date.getTime()) ? created : date.toLocaleString('en', { dateStyle: 'medium', timeStyle: 'short' });
};

function Row({ recording, onOpened }: { recording: KeptRecording; onOpened: () => void }) {
  const session = useSession();
  const jamming = useView((view) => view.jamming);
  const [sure, setSure] = useState(false);
  const { id, created, turns, seconds, model } = recording;
  const called = when(created);
  return (
    <li class="kept">
      <button
        type="button"
        class="menu-row"
        disabled={jamming}
        onClick={() => {
          void session.open(id);
          onOpened();
        }}
      >
        <b>{called}</b>
        <span>
          {plural(turns, 'turn')} · {minutes(seconds)} · with <bdi>{model}</bdi>
        </span>
      </button>
      <button
        type="button"
        class={`small${sure ? ' danger' : ''}`}
        aria-label={sure ? `Really forget the recording of ${called}` : `Forget the recording of ${called}`}
        onClick={() => (sure ? void session.forget(id) : setSure(true))}
        onBlur={() => setSure(false)}
      >
        {sure ? 'Really?' : 'Forget'}
      </button>
    </li>
  );
}

export function KeptRecordings() {
  const recordings = useView((view) => view.recordings);
  if (recordings.length === 0) return null;
  return (
    <Panel
      label="Recordings in this browser"
      class="kept-panel"
      buttonClass="small"
      button={<span>All recordings ({recordings.length})</span>}
    >
      {(close) => (
        <>
          <h2>In this browser</h2>
          <ul>
            {recordings.map((recording) => (
              <Row key={recording.id} recording={recording} onOpened={close} />
            ))}
          </ul>
        </>
      )}
    </Panel>
  );
}
