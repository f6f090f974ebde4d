import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { Terminal } from '../../../src/session/screen/terminal.js';

class Keys extends EventEmitter {
  readonly isTTY: boolean;
  raw = false;
  flowing = false;
  constructor(isTTY = true) {
    super();
    this.isTTY = isTTY;
  }
  setRawMode(raw: boolean): void {
    this.raw = raw;
  }
  resume(): void {
    this.flowing = true;
  }
  pause(): void {
    this.flowing = false;
  }
}

/** A terminal that answers questions as a kind of terminal would. */
function start({
  kitty,
  screen = true,
  isTTY = true,
  answers = true,
}: {
  kitty: boolean;
  screen?: boolean;
  isTTY?: boolean;
  answers?: boolean;
}) {
  const keys = new Keys(isTTY);
  const written: string[] = [];
  const picture = {
    isTTY,
    write: (text: string) => {
      written.push(text);
      if (!answers) return;
      if (text.includes('\x1b[?u') && kitty) keys.emit('data', Buffer.from('\x1b[?0u'));
      if (text.includes('\x1b[c')) keys.emit('data', Buffer.from('\x1b[?62c'));
    },
  };
  const pressed: string[] = [];
  const terminal = new Terminal({ keys, picture, screen, onKey: ({ key, action }) => pressed.push(`${key} ${action}`) });
  return { keys, written, pressed, terminal };
}

test('a terminal that tells of releases is asked to, and left as it was', async () => {
  const { keys, written, pressed, terminal } = start({ kitty: true });
  await terminal.open();
  expect([terminal.tellsReleases, keys.raw, keys.flowing]).toEqual([true, true, true]);
  keys.emit('data', Buffer.from('\x1b[97;1:3u'));
  expect(pressed).toEqual(['a release']);
  terminal.close();
  terminal.close();
  expect([keys.raw, keys.flowing, keys.listenerCount('data')]).toEqual([false, false, 0]);
  // Every mode set is set back: kitty keys pushed and popped, the other screen, cursor and line wrap.
  const all = written.join('');
  for (const [on, off] of [
    ['\x1b[>15u', '\x1b[<u'],
    ['\x1b[?1049h', '\x1b[?1049l'],
    ['\x1b[?25l', '\x1b[?25h'],
    ['\x1b[?7l', '\x1b[?7h'],
  ] as const) {
    expect(all.split(on)).toHaveLength(2);
    expect(all.split(off)).toHaveLength(2);
    expect(all.indexOf(on)).toBeLessThan(all.indexOf(off));
  }
});

test('one that does not is not', async () => {
  const { written, terminal } = start({ kitty: false, screen: false });
  await terminal.open();
  expect(terminal.tellsReleases).toBe(false);
  terminal.close();
  expect(written.join('')).toBe('\x1b[?u\x1b[c\x1b[0m');
});

test('one that answers nothing is not waited for for long', async () => {
  const { terminal } = start({ kitty: true, answers: false });
  await terminal.open();
  expect(terminal.tellsReleases).toBe(false);
  terminal.close();
});

test('closing while it is being opened leaves it as it was', async () => {
  const { keys, terminal } = start({ kitty: true, answers: false });
  const opening = terminal.open();
  terminal.close();
  await opening;
  expect([keys.raw, keys.listenerCount('data')]).toEqual([false, 0]);
});

test('where there is no terminal nothing is written and nothing is read', async () => {
  const { keys, written, terminal } = start({ kitty: true, isTTY: false });
  await terminal.open();
  terminal.close();
  expect([written, keys.raw, keys.flowing, keys.listenerCount('data')]).toEqual([[], false, false, 0]);
});

test('Escape alone is told after a moment', async () => {
  const { keys, pressed, terminal } = start({ kitty: false });
  await terminal.open();
  keys.emit('data', Buffer.from('\x1b'));
  expect(pressed).toEqual([]);
  while (pressed.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(pressed).toEqual(['escape press']);
  terminal.close();
});
