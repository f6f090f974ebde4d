// How a server ends, where it listens, and what it says when it cannot.
import { createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { bodyOf, midiOf, THREE } from '../support/calls.js';
import { ask, post, served } from '../support/served.js';

const CALL = bodyOf(midiOf(THREE));

describe('stopping', () => {
  it('lets running answers be finished, takes no more, and frees the port', async () => {
    const { server, port } = await served();
    await post(port, '/predict?duration=8', CALL);
    const running = post(port, '/predict?duration=100', CALL);
    await new Promise((resolve) => setTimeout(resolve, 20));
    const stopped = server.stop();
    expect((await running).status).toBe(200);
    await stopped;
    await expect(ask(port, '/')).rejects.toThrow('ECONNREFUSED');
    const next = createServer();
    await new Promise<void>((resolve) => next.listen(port, '127.0.0.1', resolve));
    await new Promise((resolve) => next.close(resolve));
  });

  it('does not wait for connections that are only kept open', async () => {
    const { server, port } = await served({ limits: { pause: 60_000 } });
    const { Agent } = await import('node:http');
    const agent = new Agent({ keepAlive: true });
    onTestFinished(() => agent.destroy());
    expect((await ask(port, '/', { agent })).status).toBe(200);
    const began = performance.now();
    await server.stop();
    // The grace is 2000 ms; idle connections need none of it.
    expect(performance.now() - began).toBeLessThan(1500);
  });
});

describe('listening', () => {
  it('port 0 is one that is free, and the address says which', async () => {
    const { server, port } = await served();
    expect(port).toBeGreaterThan(0);
    expect(server).toMatchObject({ url: `http://127.0.0.1:${port}/`, others: [] });
  });

  it('a port that is taken is refused with one that is free', async () => {
    const { port } = await served();
    const error = await served({ port }).catch((reason: unknown) => reason as Error & { code: string; hint: string });
    expect(error).toMatchObject({ code: 'exists', message: `Port ${port} is taken by another program.` });
    const free = Number(/mst serve --port (\d+)$/.exec((error as { hint: string }).hint)?.[1]);
    expect(free).toBeGreaterThan(port);
    expect((await served({ port: free })).port).toBe(free);
  });

  it('an address that is not of this computer is refused', async () => {
    await expect(served({ host: '203.0.113.77' })).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('203.0.113.77'),
    });
  });

  it('everywhere: it says where others find it', async () => {
    const { server, port } = await served({ host: '0.0.0.0' });
    expect(server.url).toBe(`http://127.0.0.1:${port}/`);
    // What is bound to 0.0.0.0 has no IPv6.
    for (const other of server.others) expect(other).toMatch(new RegExp(`^http://\\d+\\.\\d+\\.\\d+\\.\\d+:${port}/$`));
    expect((await ask(port, '/')).status).toBe(200);
  });
});
