// MIDI devices for tests, in the browser: keyboards and synthesizers that are there when they are plugged in, and a user who may say no.

/** To run before any script of the page. Defines `midi`; with `window.forbidden` the browser refuses. */
export const MIDI_DEVICES = `{
  const access = { inputs: new Map(), outputs: new Map(), onstatechange: null };
  window.midi = {
    received: [],
    plug(kind, id, name) {
      const port = { id, name, state: 'connected', onmidimessage: null, send: (bytes, at) => window.midi.received.push({ bytes: [...bytes], at }) };
      access[kind].set(id, port);
      access.onstatechange?.({ port });
    },
    play(id, bytes) {
      access.inputs.get(id)?.onmidimessage?.({ data: Uint8Array.from(bytes), timeStamp: performance.now() });
    },
    pull(kind, id) {
      const port = access[kind].get(id);
      port.state = 'disconnected';
      access[kind].delete(id);
      access.onstatechange?.({ port });
    },
  };
  Object.defineProperty(navigator, 'requestMIDIAccess', { value: async () => {
    if (window.forbidden) throw new DOMException('Permission denied', 'NotAllowedError');
    return access;
  } });
}`;
