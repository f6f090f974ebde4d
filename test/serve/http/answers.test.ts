// POST /predict and POST /api/continue on a real socket: as the original's clients ask, and with everything that can be wrong.
import { request } from 'node:http';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { LARGEST_BODY } from '../../../src/serve/answer/limits.js';
import { bodyOf, eighths, midiOf, readPredicted, THREE } from '../support/calls.js';
import { ask, modelFiles, post, raw, reason, SHIPPED, served } from '../support/served.js';

const CALL = bodyOf(midiOf(THREE));

describe('POST /predict', () => {
  it('answers as the original server did', async () => {
    const { port } = await served({ seed: 1 });
    const answer = await post(port, '/predict?duration=5.5', CALL, { 'content-type': 'application/x-www-form-urlencoded' });
    expect(answer).toMatchObject({
      status: 200,
      headers: { 'content-type': 'audio/midi', 'content-disposition': 'attachment; filename="output.mid"', 'cache-control': 'no-store' },
    });
    const { format, qpm, counts, tones } = readPredicted(answer.body);
    expect({ format, qpm, conductor: counts[0], notes: counts[1] }).toEqual({ format: 1, qpm: 120, conductor: 0, notes: tones.length });
    expect(tones.slice(0, 3).map(({ pitch }) => pitch)).toEqual([60, 64, 67]);
    expect(tones[3]?.start).toBeCloseTo(1.625, 3);
    expect(Math.max(...tones.map(({ end }) => end))).toBeLessThanOrEqual(5.501);
  });

  it('with --seed the same call has the same answer, whatever came between; without it seldom', async () => {
    const one = await served({ seed: 7 });
    const [first] = [await post(one.port, '/predict?duration=8', CALL), await post(one.port, '/predict?duration=9', CALL)];
    expect((await post(one.port, '/predict?duration=8', CALL)).body).toEqual(first.body);
    const other = await served();
    const bodies = await Promise.all(
      [1, 2, 3, 4].map(async () => (await post(other.port, '/predict?duration=8', CALL)).body.toString('hex')),
    );
    expect(new Set(bodies).size).toBeGreaterThan(1);
  });

  it.each([
    ['?duration=8', '', /^The body must be a JSON array/],
    ['?duration=8', 'hello', /^The body must be a JSON array/],
    ['?duration=8', '{"a":1}', /^The body must be a JSON array/],
    ['?duration=8', '[77,84,104,300]', /^Element 3 of the body must be a byte/],
    ['?duration=8', '["M"]', /^Element 0 of the body must be a byte/],
    ['?duration=8', '[]', /./],
    ['?duration=8', bodyOf(new Uint8Array(5000)), /./],
    ['', CALL, /^duration must be/],
    ['?duration=', CALL, /^duration must be/],
    ['?duration=NaN', CALL, /^duration must be/],
    ['?duration=-3', CALL, /^duration must be/],
    ['?duration=1e9', CALL, /^duration must be/],
    ['?duration=100000', CALL, /^duration must be/],
    ['?duration=1.5', CALL, /^There is no room for an answer/],
    ['?duration=1.6', CALL, /^There is no room for an answer/],
  ])('%s with %.20s… is refused with its reason', async (query, body, message) => {
    const { port, notes } = await served();
    const answer = await post(port, `/predict${query}`, body);
    expect(answer).toMatchObject({ status: 400, headers: { 'content-type': expect.stringContaining('application/json') } });
    expect(reason(answer).message).toMatch(message);
    expect(notes).toHaveLength(1);
  });

  it('hostile MIDI is refused or read, and neither hangs nor kills', async () => {
    const { port } = await served();
    const header = [0x4d, 0x54, 0x68, 0x64, 0, 0, 0, 6];
    const track = (...events: number[]): number[] => [0x4d, 0x54, 0x72, 0x6b, 0, 0, events.length >> 8, events.length & 255, ...events];
    const hostile: number[][] = [
      [...header, 0, 1, 0xff, 0xff, 0, 96],
      [...header, 0, 1, 0, 1, 0, 0],
      [...header, 0, 1, 0, 1, 0, 96, 0x4d, 0x54, 0x72, 0x6b, 0xff, 0xff, 0xff, 0xff, 0, 0x90, 60, 64],
      [...header, 0, 1, 0, 1, 0, 96, ...track(0xff, 0xff, 0xff, 0x7f, 0x90, 60, 64, 0xff, 0xff, 0xff, 0x7f, 0x80, 60, 0)],
      [...header, 0, 1, 0, 1, 0, 96, ...track(0, 0xff, 0x51, 3, 0, 0, 0, 0, 0x90, 60, 64, 10, 0x80, 60, 0)],
      [...header, 0, 1, 0, 1, 0, 96, ...track(...Array.from({ length: 9000 }, (_, k) => [0, 0x90, k % 128, 64]).flat())],
    ];
    for (const bytes of hostile) {
      const { status } = await post(port, '/predict?duration=10', JSON.stringify(bytes));
      expect([200, 400]).toContain(status);
    }
    expect((await post(port, '/predict?duration=8', CALL)).status).toBe(200);
  });

  it('a body that is too large is refused, said to be or not', async () => {
    const { port } = await served();
    const large = `[${'0,'.repeat(LARGEST_BODY / 2)}0]`;
    expect(await post(port, '/predict?duration=8', large)).toMatchObject({ status: 413, headers: { connection: 'close' } });
    const unsaid = await new Promise<number>((resolve, reject) => {
      const sent = request({ host: '127.0.0.1', port, path: '/predict?duration=8', method: 'POST' }, (response) =>
        resolve(response.statusCode ?? 0),
      );
      sent.on('error', reject);
      // Without a length it goes out in chunks.
      for (let k = 0; k < 24; k++) sent.write('0,'.repeat(32 * 1024));
      sent.end();
    });
    expect(unsaid).toBe(413);
    const claimed = await raw(
      port,
      `POST /predict?duration=8 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999\r\nConnection: close\r\n\r\n[`,
    );
    expect(claimed).toMatch(/^HTTP\/1\.1 413/);
    expect((await post(port, '/predict?duration=8', CALL)).status).toBe(200);
  });

  it('bodies, once done with, leave their room to others', async () => {
    const { port } = await served();
    const large = 'x'.repeat(LARGEST_BODY);
    // More in all than may be held at once.
    for (let k = 0; k < 36; k++) expect((await post(port, '/predict?duration=8', large)).status).toBe(400);
  });

  it('a compressed body is refused', async () => {
    const { port } = await served();
    expect((await post(port, '/predict?duration=8', CALL, { 'content-encoding': 'gzip' })).status).toBe(415);
  });

  it('when all are busy it says when to come again, and then there is room; the page is there all the time', async () => {
    const { port, notes } = await served({ pool: { threads: 1, queue: 2 } });
    const crowd = Array.from({ length: 12 }, () => post(port, '/predict?duration=60', CALL));
    expect((await ask(port, '/')).status).toBe(200);
    const answers = await Promise.all(crowd);
    const statuses = answers.map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([200, 503]));
    const full = answers.find(({ status }) => status === 503);
    expect(Number(full?.headers['retry-after'])).toBeGreaterThan(0);
    // One line for all of them.
    expect(notes.filter((note) => note.includes('at once'))).toHaveLength(1);
    expect((await post(port, '/predict?duration=8', CALL)).status).toBe(200);
  });

  it('who hangs up frees the place for the next', async () => {
    const { port } = await served({ pool: { threads: 1, queue: 1 } });
    await post(port, '/predict?duration=8', CALL);
    const long = bodyOf(midiOf(eighths(600, 120)));
    for (let k = 0; k < 8; k++) {
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => {});
      socket.write(`POST /predict?duration=250 HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${long.length}\r\n\r\n${long}`);
      await new Promise((resolve) => setTimeout(resolve, 30));
      socket.destroy();
    }
    await expect.poll(async () => (await post(port, '/predict?duration=8', CALL)).status, { timeout: 10_000 }).toBe(200);
  });

  it('without a model that can be played it says so', async () => {
    const { port } = await served({ files: {} });
    const answer = await post(port, '/predict?duration=8', CALL);
    expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': expect.any(String) } });
    expect(reason(answer).message).toBe('There is no model that can be played.');
  });
});

describe('POST /api/continue', () => {
  const notes = [{ pitch: 60, startTime: 0, endTime: 0.5 }, { pitch: 62, startTime: 0.5, endTime: 1 }]; // biome-ignore format: short
  const call = (rest: object) => JSON.stringify({ sequence: { notes, tempos: [{ qpm: 120 }] }, ...rest });

  it('answers with a NoteSequence, and says which model and which seed made it', async () => {
    const { port } = await served({ files: { ...SHIPPED, ...modelFiles('home/checkpoints/ella/model', 2, 'ella') } });
    const answer = await post(port, '/api/continue', call({ seconds: 2 }));
    expect(answer).toMatchObject({ status: 200, headers: { 'content-type': 'application/json; charset=utf-8', 'mst-model': 'ella' } });
    const { notes: sounding, tempos } = JSON.parse(answer.body.toString('utf8'));
    expect(tempos).toEqual([{ time: 0, qpm: 120 }]);
    expect(sounding[0].startTime).toBeCloseTo(1.125, 9);
    expect(sounding.at(-1).endTime).toBeLessThanOrEqual(3 + 1e-9);
    const seed = Number(answer.headers['mst-seed']);
    const again = await post(port, '/api/continue', call({ seconds: 2, seed, model: 'ella' }));
    expect(again.body).toEqual(answer.body);
    const folk = await post(port, '/api/continue', call({ seconds: 2, seed, model: 'folk' }));
    expect(folk.headers['mst-model']).toBe('folk');
    expect(folk.body).not.toEqual(answer.body);
  });

  it('an unknown model is refused with those there are', async () => {
    const { port } = await served();
    const answer = await post(port, '/api/continue', call({ steps: 8, model: 'constructor' }));
    expect(answer.status).toBe(400);
    expect(reason(answer)).toEqual({ message: 'There is no model of this name that can be played.', hint: 'There are: folk.' });
  });

  it('a wish that makes no sense is refused', async () => {
    const { port } = await served();
    for (const body of ['', '[]', '{}', call({}), call({ steps: -1 }), call({ steps: 8, temperature: 'hot' })]) {
      expect((await post(port, '/api/continue', body)).status).toBe(400);
    }
  });
});
