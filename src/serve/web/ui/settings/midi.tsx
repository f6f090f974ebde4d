// MIDI keyboards and instruments: permission, devices, and what to do where there is none.

import type { MidiPort, MidiState } from '../../page-session.js';
import { useSession, useView } from '../session-context.js';

function Ports({ legend, ports, none }: { legend: string; ports: readonly MidiPort[]; none: string }) {
  const session = useSession();
  return (
    <fieldset class="ports">
      <legend>{legend}</legend>
      {ports.length === 0 && <p class="quiet">{none}</p>}
      {ports.map(({ id, name, on }) => (
        <label key={id} class="check">
          <input type="checkbox" checked={on} onChange={(event) => session.usePort(id, event.currentTarget.checked)} />
          <bdi>{name}</bdi>
        </label>
      ))}
    </fieldset>
  );
}

function Words({ midi }: { midi: MidiState }) {
  const session = useSession();
  const ask = (words: string) => (
    <button type="button" class="small strong" onClick={() => void session.askForMidi()}>
      {words}
    </button>
  );
  switch (midi.state) {
    case 'unasked':
      return (
        <>
          <p class="quiet">
            Play with a MIDI keyboard, or let an instrument play what you hear. Your browser will ask whether this page may.
          </p>
          {ask('Use MIDI')}
        </>
      );
    case 'asking':
      return <p class="quiet">Your browser asks whether this page may use MIDI: say yes there.</p>;
    case 'on':
      return (
        <>
          <Ports legend="Keyboards you play on" ports={midi.inputs} none="None is connected. Plug one in: it appears here by itself." />
          <Ports legend="Instruments that play along" ports={midi.outputs} none="None is connected. The page itself sounds in any case." />
        </>
      );
    default:
      return (
        <div class="explained">
          <p>
            <b>{midi.message}</b>
          </p>
          <p>{midi.hint}</p>
          {midi.state === 'denied' && ask('Ask again')}
        </div>
      );
  }
}

export function Midi() {
  const midi = useView((view) => view.midi);
  return (
    <section aria-labelledby="midi-title">
      <h3 id="midi-title">MIDI</h3>
      <Words midi={midi} />
    </section>
  );
}
