// What the web app sends to MIDI outputs, and when. Session time 0 is browser time 1000 ms.

import { describe, expect, it } from 'vitest';
import { MidiOut } from '../../../../src/serve/web/jam/midi-out.js';

const on = (pitch: number): number[] => [0x90, pitch, 90];
const off = (pitch: number): number[] => [0x80, pitch, 0];

function output(): { out: MidiOut; sent: [number[], number | undefined][] } {
  const sent: [number[], number | undefined][] = [];
  const out = new MidiOut((session) => 1000 + 1000 * session);
  out.open('a', { send: (bytes, at) => sent.push([bytes, at]) });
  return { out, sent };
}

describe('MIDI outputs of the page', () => {
  it('are given messages shortly before they are due, with the time at which to send them', () => {
    const { out, sent } = output();
    out.send(0.5, 'model', off(60));
    out.send(0.2, 'model', on(60));
    out.advance(0.15);
    expect(sent).toEqual([]);
    out.advance(0.18);
    expect(sent).toEqual([[on(60), 1200]]);
    out.advance(0.48);
    expect(sent.slice(1)).toEqual([[off(60), 1500]]);
  });

  it('do not get what is taken back before that, and the end of what is on its way', () => {
    const { out, sent } = output();
    out.send(0.2, 'model', on(60));
    out.send(0.25, 'model', on(64));
    out.send(0.25, 'click', on(76));
    out.advance(0.18);
    out.cancel('model', 0.19);
    out.advance(0.3);
    expect(sent).toEqual([
      [on(60), 1200],
      [off(60), 1200],
      [on(76), 1250],
    ]);
  });

  it('do not get notes that are much too late, but their ends', () => {
    const { out, sent } = output();
    out.send(0.2, 'model', on(60));
    out.send(0.25, 'model', off(60));
    out.advance(0.5);
    expect(sent).toEqual([[off(60), 1250]]);
  });

  it('keep the programs that are set on the instrument', () => {
    const { out, sent } = output();
    out.send(0, 'model', [0xc0, 5]);
    out.sendNow('you', [0xc0, 5]);
    out.advance(1);
    expect(sent).toEqual([]);
  });

  it('sound what you play at once, except where that came from', () => {
    const { out, sent } = output();
    const other: number[][] = [];
    out.open('b', { send: (bytes) => other.push(bytes) });
    out.sendNow('you', on(60), (id) => id === 'b');
    expect([sent, other]).toEqual([[[on(60), undefined]], []]);
  });

  it('end what was given to them and is still to begin, when all is to be silent or they are closed', () => {
    for (const end of [(out: MidiOut) => out.silence(), (out: MidiOut) => out.close('a')]) {
      const { out, sent } = output();
      out.send(0.2, 'model', on(60));
      out.send(0.4, 'model', off(60));
      out.advance(0.18);
      end(out);
      out.advance(0.5);
      const notes = sent.filter(([[status = 0]]) => status < 0xa0);
      expect(notes).toEqual([
        [on(60), 1200],
        [off(60), 1200],
      ]);
    }
  });

  it('let go of what one side holds, its pedals too, and of nothing else', () => {
    const { out, sent } = output();
    out.sendNow('you', [0x93, 62, 80]);
    out.send(0.1, 'model', on(60));
    out.send(0.3, 'you', on(67));
    out.advance(0.1);
    sent.length = 0;
    out.silence('you');
    out.advance(0.5);
    expect(sent[0]).toEqual([[0x83, 62, 0], undefined]);
    // Pedal up on each of the channels.
    expect(sent.slice(1)).toEqual(Array.from({ length: 16 }, (_, channel) => [[0xb0 | channel, 64, 0], undefined]));
  });

  it('are silent on every channel when they are closed, and one that was pulled out does no harm', () => {
    const { out, sent } = output();
    out.open('gone', {
      send: () => {
        throw new Error('InvalidStateError');
      },
    });
    out.sendNow('you', on(60));
    out.close('a');
    // Pedal up, all notes off, all sound off.
    expect(sent.filter(([[status = 0]]) => status >> 4 === 0xb)).toHaveLength(48);
    const { length } = sent;
    out.sendNow('you', off(60));
    out.close('gone');
    expect(sent).toHaveLength(length);
  });
});
