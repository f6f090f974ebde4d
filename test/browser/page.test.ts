// The web app's page with a session that only looks like one: every command of it can be reached, and is given what was meant; the piano by
// letters, mouse and fingers; what the page shows of a jam.

import type { Locator, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { chromiumPath } from '../support/browser.js';
import { openStory, PHONE, until, useStories } from '../support/story-page.js';

/** The middle of an element's lower part, where a white key is not under a black one. */
async function spot(key: Locator): Promise<{ x: number; y: number }> {
  const box = await key.boundingBox();
  if (box === null) throw new Error('The key is not to be seen.');
  return { x: box.x + box.width / 2, y: box.y + box.height * 0.85 };
}

const key = (page: Page, name: string): Locator => page.getByRole('button', { name: new RegExp(`^${name}( letter|$)`) });
const button = (page: Page, name: string | RegExp): Locator => page.getByRole('button', { name });

describe.skipIf(chromiumPath === undefined)('the web app’s page', () => {
  useStories();

  it('plays by letters, by their places on the keyboard, and lets go', async () => {
    const { page, calls } = await openStory('idle');
    await page.keyboard.down('z');
    await page.keyboard.down('b');
    await until(page, `document.querySelectorAll('.key[data-side="you"]').length === 2`);
    await page.keyboard.up('z');
    await page.keyboard.up('b');
    // Held keys repeat; with Ctrl they are the browser's.
    await page.keyboard.down('x');
    await page.keyboard.down('x');
    await page.keyboard.up('x');
    await page.keyboard.press('Control+s');
    const played = (await calls()).map((call) => call.slice(0, 3));
    expect(played.map(([name, code, pitch]) => [name, code, name === 'press' ? pitch : null])).toEqual([
      ['press', 'KeyZ', 60],
      ['press', 'KeyB', 67],
      ['release', 'KeyZ', null],
      ['release', 'KeyB', null],
      ['press', 'KeyX', 62],
      ['release', 'KeyX', null],
    ]);
  });

  it('tells when a key went down by the event, not by when it was heard of', async () => {
    const { page, calls } = await openStory('idle');
    await page.evaluate("addEventListener('keydown', (event) => { window.stamp = event.timeStamp; }, true)");
    await page.keyboard.press('z');
    expect((await calls('press'))[0]?.[3]).toBe(await page.evaluate('stamp'));
  });

  it('plays by mouse: harder further down, sliding from key to key', async () => {
    const { page, calls } = await openStory('idle');
    const [from, to] = [await spot(key(page, 'C4')), await spot(key(page, 'E4'))];
    await page.mouse.move(from.x, from.y);
    await page.mouse.down();
    await page.mouse.move(to.x, to.y, { steps: 12 });
    await page.mouse.up();
    const pressed = await calls('press');
    // Along the white keys' ends there are no black ones.
    expect(pressed.map(([, pitch]) => pitch)).toEqual([60, 62, 64]);
    expect((await calls('release')).length).toBe(3);
    const top = await key(page, 'G4').boundingBox();
    await page.mouse.move((top?.x ?? 0) + (top?.width ?? 0) / 2, (top?.y ?? 0) + 6);
    await page.mouse.down();
    await page.mouse.up();
    const [soft, hard] = [(await calls('press')).at(-1), pressed[0]];
    expect(soft?.[1]).toBe(67);
    expect(soft?.[2]).toBeLessThan(hard?.[2] as number);
    // Black keys are above: the same place, higher up, is C sharp.
    const sharp = await key(page, 'C4 sharp').boundingBox();
    await page.mouse.click((sharp?.x ?? 0) + 8, (sharp?.y ?? 0) + 20);
    expect((await calls('press')).at(-1)?.[1]).toBe(61);
  });

  it('plays by several fingers, one of them sliding', async () => {
    const { page, calls } = await openStory('idle', PHONE);
    const device = await page.context().newCDPSession(page);
    const [c, e, g] = [await spot(key(page, 'C4')), await spot(key(page, 'E4')), await spot(key(page, 'G4'))];
    const touch = (
      type: 'touchStart' | 'touchMove' | 'touchEnd',
      ...touchPoints: { x: number; y: number; id: number }[]
    ): Promise<unknown> => device.send('Input.dispatchTouchEvent', { type, touchPoints });
    await touch('touchStart', { ...c, id: 1 });
    await touch('touchStart', { ...c, id: 1 }, { ...e, id: 2 });
    await until(page, `document.querySelectorAll('.key[data-side="you"]').length === 2`);
    await touch('touchMove', { ...c, id: 1 }, { ...g, id: 2 });
    await touch('touchEnd', { ...c, id: 1 });
    await touch('touchEnd');
    const pressed = await calls('press');
    expect(pressed.map(([, pitch]) => pitch)).toEqual([60, 64, 67]);
    expect(new Set(pressed.map(([name]) => name)).size).toBe(2);
    const released = (await calls('release')).map(([name]) => name);
    expect(released[0]).toBe(pressed[1]?.[0]);
    expect(released.sort()).toEqual(pressed.map(([name]) => name).sort());
    expect(await page.evaluate('scrollY')).toBe(0);
  });

  it('lets go of everything when the window loses the focus', async () => {
    const { page, calls } = await openStory('idle');
    await page.keyboard.down('z');
    await page.evaluate("dispatchEvent(new Event('blur'))");
    await expect.poll(() => calls('release')).toHaveLength(1);
    await page.keyboard.up('z');
  });

  it('begins and ends by Space and by buttons, moves by octaves, silences', async () => {
    const { page, calls } = await openStory('idle');
    await button(page, 'Play').click();
    await button(page, 'Silence').click();
    // Escape is nobody else's, whatever has the focus.
    await button(page, 'Stop').focus();
    await page.keyboard.press('Escape');
    await button(page, 'Stop').click();
    await page.evaluate('document.activeElement.blur()');
    await page.keyboard.press('Space');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Space');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowLeft');
    await button(page, 'An octave lower').click();
    expect(await calls()).toEqual([
      ['begin'],
      ['panic'],
      ['panic'],
      ['end'],
      ['begin'],
      ['panic'],
      ['end'],
      ['change', { octave: 1 }],
      ['change', { octave: 0 }],
      ['change', { octave: -1 }],
    ]);
    // The letters have moved along.
    expect(await button(page, 'C3 letter Z').count()).toBe(1);
  });

  it('hands over, loops, varies and keeps takes', async () => {
    const { page, calls } = await openStory('hand-over');
    await button(page, 'Hand over').click();
    await page.keyboard.press('Enter');
    await page.getByRole('radio', { name: 'Answer 3' }).check();
    await page.getByRole('button', { name: 'Loop', pressed: true }).click();
    await button(page, 'Vary').click();
    expect(await calls('control')).toEqual([
      [{ type: 'hand-over' }],
      [{ type: 'hand-over' }],
      [{ type: 'keep-take', take: 2 }],
      [{ type: 'loop', on: false }],
      [{ type: 'mutate' }],
    ]);
  });

  it('hands over only where turns have no length', async () => {
    const { page, calls } = await openStory('your-turn');
    expect(await button(page, 'Hand over').count()).toBe(0);
    await page.keyboard.press('Enter');
    expect(await calls('control')).toEqual([]);
  });

  it('changes how turns are taken and how long they are', async () => {
    const { page, calls } = await openStory('idle');
    await button(page, 'Settings').click();
    const you = page.getByRole('group', { name: 'You play' });
    const model = page.getByRole('group', { name: 'The answer lasts' });
    await you.getByRole('radio', { name: '4 bars' }).check();
    await model.getByRole('radio', { name: 'like yours' }).check();
    for (const name of ['Seconds', 'Phrases', 'Hand over', 'Trading', 'Carry on', 'Solo', 'Seconds']) {
      await page.getByRole('radio', { name: new RegExp(`^${name}`) }).check();
    }
    for (const seconds of [3, 5, 8, 13]) await you.getByRole('radio', { name: `${seconds} seconds`, exact: true }).check();
    await model.getByRole('spinbutton').fill('7.5');
    // Nothing impossible is passed on.
    await model.getByRole('spinbutton').fill('-2');
    await page.getByRole('radio', { name: /^Trading/ }).check();
    await page.getByRole('radio', { name: '2 · 1', exact: true }).check();
    expect((await calls('change')).map(([change]) => change)).toEqual([
      { exchanges: [{ you: 4, model: 2 }] },
      { exchanges: [{ you: 4, model: 0 }] },
      ...['seconds', 'phrase', 'pedal', 'trade', 'continue', 'solo', 'seconds'].map((mode) => ({ mode, exchanges: null })),
      ...[3, 5, 8, 13].map((seconds) => ({ exchanges: [{ you: seconds, model: 5 }] })),
      { exchanges: [{ you: 13, model: 7.5 }] },
      { mode: 'trade', exchanges: null },
      { exchanges: [{ you: 2, model: 2 }, { you: 1, model: 1 }] }, // biome-ignore format: short
    ]);
  });

  it('changes tempo, metre, metronome, daring, instruments and volumes', async () => {
    const { page, calls } = await openStory('idle');
    await button(page, 'Settings').click();
    await page.getByRole('slider', { name: 'Tempo' }).fill('96');
    await page.getByLabel('Beats in a bar').selectOption('3');
    await page.getByRole('radio', { name: 'off', exact: true }).check();
    await page.getByRole('slider', { name: 'Daring' }).fill('1.3');
    await page.getByLabel('You play').last().selectOption('Violin');
    await page.getByLabel('Model plays', { exact: true }).selectOption('Vibraphone');
    await page.getByRole('slider', { name: 'Everything' }).fill('40');
    expect((await calls('change')).map(([change]) => change)).toEqual([
      { qpm: 96 },
      { beatsPerBar: 3 },
      { metronome: 'off' },
      { temperature: 1.3 },
      // General MIDI counts violins as 40 and vibraphones as 11, from 0.
      { programs: { you: 40, model: 4 } },
      { programs: { you: 40, model: 11 } },
      { volumes: { you: 1, model: 1, click: 0.7, all: 0.4 } },
    ]);
  });

  it('takes a tempo that is tapped', async () => {
    const { page, calls } = await openStory('idle', { alone: true });
    await button(page, 'Settings').click();
    await page.evaluate('window.began = performance.now()');
    // Four taps half a second apart, by a clock that the test winds.
    await page.evaluate('{ let taps = 0; performance.now = () => window.began + 500 * taps++; }');
    const tap = await button(page, 'Tap').boundingBox();
    await page.evaluate(`{
      const element = [...document.querySelectorAll('button')].find(({ textContent }) => textContent === 'Tap');
      for (let k = 0; k < 4; k++) element.dispatchEvent(new PointerEvent('pointerdown', { bubbles: true }));
    }`);
    expect(tap).not.toBeNull();
    expect((await calls('change')).at(-1)).toEqual([{ qpm: 120 }]);
  });

  it('chooses a model, lets several answer, and looks for models again', async () => {
    const { page, calls } = await openStory('idle');
    await page.click('.picker-button');
    await page.getByRole('radio', { name: /coldplay/ }).check();
    await page.getByRole('checkbox', { name: /several/ }).check();
    await page.getByRole('checkbox', { name: /folk/ }).check();
    await button(page, 'Look for models again').click();
    expect(await calls()).toEqual([['change', { models: ['coldplay'] }], ['change', { models: ['coldplay', 'folk'] }], ['reload']]);
    await page.keyboard.press('Escape');
    expect(await page.locator('.picker-name').textContent()).toBe('coldplay and folk');
  });

  it('says what is broken, and lets one choose what is not', async () => {
    const { page, calls } = await openStory('broken-model');
    await page.getByText('folk cannot play. Its file group1-shard1of1 is 4 bytes too short.').waitFor();
    await page.click('.picker-button');
    expect(await page.getByRole('radio', { name: /folk/ }).isDisabled()).toBe(true);
    await page.getByRole('radio', { name: /coldplay/ }).check();
    expect(await calls('change')).toEqual([[{ models: ['coldplay'] }]]);
    const { page: empty, calls: asked } = await openStory('no-models');
    await button(empty, 'Look again').click();
    expect(await asked()).toEqual([['reload']]);
    // Nobody would answer; what is there and could not be fetched is tried again.
    expect(await button(empty, /^Play/).count()).toBe(0);
    const { page: unfetched } = await openStory('broken-model');
    expect(await button(unfetched, /^Play/).count()).toBe(1);
    await unfetched.evaluate(
      "session.show({ models: session.view.models.map((model) => ({ ...model, problem: { message: 'Damaged.' } })) })",
    );
    expect(await button(unfetched, /^Play/).count()).toBe(0);
  });

  it('asks for MIDI, and switches devices', async () => {
    const { page, calls } = await openStory('idle');
    await button(page, 'Use a MIDI keyboard').click();
    expect(await calls()).toEqual([['askForMidi']]);
    const { page: on, calls: used } = await openStory('midi-on');
    await button(on, 'Settings').click();
    await on.getByRole('checkbox', { name: 'Launchpad Mini' }).check();
    await on.getByRole('checkbox', { name: 'Roland JV-1080' }).check();
    await on.getByRole('checkbox', { name: 'Arturia KeyStep 37' }).click();
    expect(await used('usePort')).toEqual([['in2', true], ['out1', true], ['in1', false]]); // biome-ignore format: short
    const { page: denied, calls: again } = await openStory('midi-denied');
    await button(denied, 'Settings').click();
    await denied.getByText('Your browser does not let this page use MIDI.').waitFor();
    await button(denied, 'Ask again').click();
    expect(await again()).toEqual([['askForMidi']]);
  });

  it('plays turns and the whole, changes turns, undoes', async () => {
    const { page, calls } = await openStory('recorded');
    await button(page, 'Play the whole recording').click();
    await button(page, 'Stop playing the recording').click();
    await button(page, 'Play the whole recording').click();
    await page.evaluate('document.activeElement.blur()');
    await page.keyboard.press('Space');
    await button(page, 'Play turn 2: folk, 9 notes').click();
    await button(page, 'Stop turn 2: folk, 9 notes').click();
    await button(page, 'More about turn 2').click();
    await page.getByRole('radio', { name: 'Answer 3' }).check();
    await button(page, 'Mute').click();
    await button(page, 'More about turn 3').click();
    await button(page, 'Delete').click();
    await button(page, 'Undo').click();
    await page.evaluate('session.show({ canRedo: true })');
    await button(page, 'Redo').click();
    await page.keyboard.press('Control+z');
    await page.keyboard.press('Control+Shift+z');
    await button(page, /^Play turn 1:/).focus();
    await page.keyboard.press('Delete');
    expect(await calls()).toEqual([
      ['play', null, null],
      ['stopPlayback'],
      ['play', null, null],
      ['stopPlayback'],
      ['play', 1, null],
      ['stopPlayback'],
      ['chooseTake', 1, 2],
      ['mute', 1, true],
      ['remove', 2],
      ['undo'],
      ['redo'],
      ['undo'],
      ['redo'],
      ['remove', 0],
    ]);
  });

  it('shows which of several answers a turn has, and no turn that ended as it began', async () => {
    const { page } = await openStory('edited');
    // Of turn 4 in the row the third answer was chosen.
    const menus = page.locator('.turn-more');
    expect(await menus.nth(3).getAttribute('aria-label')).toBe('More about turn 4: answer 3');
    expect(await menus.nth(4).getAttribute('aria-label')).toBe('More about turn 5: answer 1');
    expect(await menus.nth(0).getAttribute('aria-label')).toBe('More about turn 1');
    const places = (turn: number): Promise<boolean[]> =>
      page.locator(`.turn:nth-child(${turn}) .turn-takes i`).evaluateAll((all) => all.map((each) => each.matches('.in-use')));
    expect(await places(4)).toEqual([false, false, true]);
    expect(await places(5)).toEqual([true, false, false]);
    expect(await places(1)).toEqual([]);
    const { page: stopped } = await openStory('played-without-sound');
    expect(await stopped.locator('.turn').count()).toBe(4);
    await stopped.getByText('4 turns · 0:16').waitFor();
    await stopped.evaluate('session.show({ timeline: session.view.timeline.map((turn) => ({ ...turn, notes: [] })) })');
    expect(await stopped.locator('.turn').count()).toBe(0);
    await button(stopped, 'Play').waitFor();
  });

  it('says once that there is no sound', async () => {
    const { page } = await openStory('played-without-sound');
    const said = page.getByText('This browser lets no page make sound.');
    expect(await said.count()).toBe(1);
    // Where the invitation to play is not to be seen, the notice is.
    await page.evaluate('session.show({ jamming: true })');
    await page.locator('.notice').waitFor();
    expect(await said.count()).toBe(1);
  });

  it('keeps the turn that is played back in sight', async () => {
    const { page } = await openStory('playing-back', { viewport: { width: 700, height: 640 } });
    const seen = `(() => {
      const [row, head] = ['.strip-turns', '.strip-head div'].map((name) => document.querySelector(name).getBoundingClientRect());
      return head.left >= row.left && head.right <= row.right;
    })()`;
    await until(page, seen);
    // Turn 9 lasts from 34 to 38 s; nine turns of 116 pixels do not fit.
    await page.evaluate('session.playbackTime = () => 36');
    await until(page, "document.querySelector('.strip-turns').scrollLeft > 300");
    await until(page, seen);
  });

  it('downloads, opens and forgets recordings, the last only when asked twice', async () => {
    const { page, calls } = await openStory('recorded');
    for (const name of ['MIDI', 'MP3', 'WAV', 'Share page']) {
      await button(page, 'Download').click();
      await button(page, new RegExp(`^${name}`)).click();
    }
    await button(page, 'All recordings (3)').click();
    await button(page, /^Forget the recording/)
      .nth(1)
      .click();
    expect(await calls('forget')).toEqual([]);
    await button(page, /^Really forget/).click();
    await page.getByText('24 turns').click();
    expect(await calls()).toEqual([...['midi', 'mp3', 'wav', 'page'].map((kind) => ['download', kind]), ['forget', 'b'], ['open', 'b']]);
  });

  it('gives up a download, and keeps the focus where downloads are', async () => {
    const { page, calls } = await openStory('recorded');
    await button(page, 'Download').focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    await page.evaluate("session.show({ making: { kind: 'midi', done: 0 } })");
    const cancel = button(page, 'Cancel the download');
    await expect.poll(() => cancel.evaluate((element) => element.matches(':focus'))).toBe(true);
    await page.evaluate("session.show({ making: { kind: 'midi', done: 0.5 } })");
    await page.keyboard.press('Enter');
    await expect.poll(() => button(page, 'Download').evaluate((element) => element.matches(':focus'))).toBe(true);
    expect(await cancel.count()).toBe(0);
    expect(await calls()).toEqual([['download', 'midi'], ['cancelDownload']]);
  });

  it('shows how far a download is, and that a recording is safe or not', async () => {
    const { page } = await openStory('making');
    expect(await page.getByRole('progressbar', { name: /Making MP3/ }).getAttribute('value')).toBe('42');
    await page.evaluate("session.show({ making: { kind: 'page', done: 0.9 } })");
    await page.getByText('Making the share page… 90%').waitFor();
    await page.getByText('saved in this browser').waitFor();
    const { page: unsafe } = await openStory('not-saved');
    await unsafe.getByText('not saved: download it before you leave').waitFor();
  });

  it('notices are read, dismissed, and mere information goes by itself', async () => {
    const { page, calls } = await openStory('notices', { wound: true });
    await button(page, 'Dismiss: The keyboard was unplugged.').click();
    await page.clock.fastForward(8000);
    expect(await calls('dismiss')).toEqual([[2]]);
    await page.clock.fastForward(2000);
    expect(await calls('dismiss')).toEqual([[2], [1]]);
    await expect.poll(() => page.locator('.notice').count()).toBe(1);
  });

  it('shows whose turn it is, what is left of it, and what sounds', async () => {
    const { page } = await openStory('models-turn');
    // At 15.4 s the answer began at 14 s and lasts 4 s: 2.6 s, 5.2 beats of half a second are left.
    expect(await page.locator('.side.active').textContent()).toContain('folk');
    expect(await page.locator('.side.active .ring-number').textContent()).toBe('6');
    expect(await page.locator('.beats-words').textContent()).toBe('Bar 7 · 120 bpm');
    expect(
      await page
        .locator('.beats li')
        .evaluateAll((lights) => lights.findIndex((light) => (light as { className: string }).className === 'lit')),
    ).toBe(2);
    expect(await page.locator('.key[data-side="model"]').textContent()).toBe('A4letter N');
    expect(await page.locator('.timing').textContent()).toBe('3 ms late · thought for 41 ms');
  });

  it('help opens with ?, holds the focus, and letters do not play meanwhile', async () => {
    const { page, calls } = await openStory('idle');
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'How to play' }).waitFor();
    await page.keyboard.press('z');
    await page.keyboard.press('Space');
    expect(await calls('press')).toEqual([]);
    await page.keyboard.press('Escape');
    await until(page, "document.querySelector('dialog[open]') === null");
    await page.keyboard.press('z');
    expect(await calls('press')).toHaveLength(1);
  });
});
