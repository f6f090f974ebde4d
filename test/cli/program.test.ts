// One run of the program, in this process: exit codes, the context commands get, tasks on a terminal and off it.

import { describe, expect, it } from 'vitest';
import { type Command, type Context, defineCommand } from '../../src/cli/command.js';
import { CommandFailed, runProgram } from '../../src/cli/program.js';
import { runTask, runTasks } from '../../src/cli/tasks.js';
import { MstError } from '../../src/core/errors.js';
import { temporaryFolder } from '../support/folder.js';
import { Screen } from '../support/terminal.js';

function command(run: (context: Context) => Promise<void>): Command {
  return defineCommand({ name: 'go', usage: '', describe: 'Goes', whenInterrupted: 'Go again.', run });
}

async function program(
  run: (context: Context) => Promise<void>,
  {
    args = ['go'],
    isTTY = false,
    env = {},
    clock = () => 0,
    signal = new AbortController().signal,
  }: { args?: string[]; isTTY?: boolean; env?: Record<string, string>; clock?: () => number; signal?: AbortSignal } = {},
) {
  const stdout = new Screen({ isTTY });
  const stderr = new Screen({ isTTY });
  const code = await runProgram(args, [command(run)], {
    stdout: stdout.stream,
    stderr: stderr.stream,
    env,
    current: temporaryFolder(),
    clock,
    signal,
  });
  return { code, stdout, stderr };
}

const failing = (error: unknown) => async () => {
  throw error;
};

describe('exit codes', () => {
  it.each([
    ['success', async () => {}, 0],
    ['failure', failing(new MstError('no-input', 'x')), 1],
    ['a result that says so', failing(new CommandFailed()), 1],
    ['a wrong value', failing(new MstError('usage', 'x')), 2],
    ['an interruption', failing(new MstError('interrupted', 'x')), 130],
    ['a bug', failing(new RangeError('x')), 1],
    ['anything thrown', failing('text'), 1],
  ] as const)('%s', async (_, run, code) => {
    expect((await program(run)).code).toBe(code);
  });

  it('a wrong command line is 2, as JSON when JSON is wanted', async () => {
    const { code, stdout, stderr } = await program(async () => {}, { args: ['og', '--json'] });
    expect(code).toBe(2);
    expect(stdout.text).toBe('');
    expect(JSON.parse(stderr.text)).toEqual({
      error: { code: 'usage', message: 'There is no command "mst og".', hint: 'Did you mean: mst go' },
    });
  });

  it('a full disk is said in words', async () => {
    const { stderr } = await program(failing(Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC', path: '/x' })));
    expect(stderr.text).toContain('the disk is full');
  });
});

describe('the context', () => {
  it('has what the options and the environment say', async () => {
    const home = temporaryFolder();
    let seen: Context | undefined;
    const look = async (context: Context): Promise<void> => {
      seen = context;
    };
    await program(look, {
      args: ['go', '--seed', '7', '--force'],
      env: { MST_HOME: home, MST_MODELS: '/shelf' },
    });
    expect(seen).toMatchObject({ seed: 7, force: true, home: { root: home, shelves: ['/shelf'] } });
    await program(look, { args: ['go', '--home', '/'], env: { MST_HOME: home } });
    expect(seen?.home.root).toBe('/');
  });

  it('fails on a home that is not there only when the home is needed', async () => {
    const args = ['go', '--home', '/not/here'];
    expect((await program(async () => {}, { args })).code).toBe(0);
    const { code, stderr } = await program(async (context) => void context.home, { args });
    expect(code).toBe(1);
    expect(stderr.text).toContain('mkdir -p /not/here');
  });

  it('carries the interruption, which is spoken of', async () => {
    const controller = new AbortController();
    const { code, stderr } = await program(
      async ({ signal }) => {
        controller.abort(new MstError('interrupted', 'Interrupted.'));
        signal.throwIfAborted();
      },
      { signal: controller.signal },
    );
    expect(code).toBe(130);
    expect(stderr.lines).toEqual(['Stopping. Ctrl-C again quits at once.', 'mst: Interrupted.', '     Go again.']);
    const saved = new MstError('interrupted', 'Stopped and saved.', { hint: 'Go on: mst resume' });
    expect((await program(failing(saved))).stderr.lines).toEqual(['mst: Stopped and saved.', '     Go on: mst resume']);
  });
});

describe('tasks', () => {
  /** A clock that moves on four seconds at every look. */
  const ticking = (): (() => number) => {
    let now = 0;
    return () => (now += 4000);
  };

  it('off a terminal are lines of text, a few about long work', async () => {
    const { stdout, stderr } = await program(
      async (context) => {
        const kept = await runTask(
          context,
          'Counting',
          async (progress) => {
            progress.start(10, 'sheep');
            for (let done = 1; done <= 10; done++) progress.update(done);
            progress.note('one was black');
            return 10;
          },
          (n) => `${n} sheep`,
        );
        context.output.result(kept, `${kept}`);
      },
      { clock: ticking() },
    );
    expect(stdout.text).toBe('10\n');
    expect(stderr.text).not.toContain('\u001b');
    expect(stderr.lines.at(-1)).toBe('Counting: 10 sheep');
    expect(stderr.lines.at(-2)).toBe('Counting: one was black');
    const told = stderr.lines.filter((line) => /^Counting: \d+\/10 sheep/.test(line));
    expect(told.length).toBeGreaterThan(1);
    expect(told.length).toBeLessThan(10);
  });

  it('say nothing with --quiet or --json', async () => {
    for (const option of ['--quiet', '--json']) {
      const { stderr, stdout } = await program(async (context) => void (await runTasks(context, [{ title: 'A', run: async () => 'b' }])), {
        args: ['go', option],
        isTTY: true,
      });
      expect([stdout.text, stderr.text]).toEqual(['', '']);
    }
  });

  it('on a terminal are drawn with a bar, and their notes stay', async () => {
    const { stdout, stderr, code } = await program(
      async (context) => {
        await runTasks(context, [
          {
            title: 'First',
            async run(progress) {
              progress.start(4, 'files');
              progress.update(1);
              context.output.warn('look here');
              return '4 files';
            },
          },
          { title: 'Second', run: async () => '' },
        ]);
      },
      { isTTY: true, clock: ticking(), env: { NO_COLOR: '1' } },
    );
    expect(code).toBe(0);
    expect(stdout.text).toBe('');
    expect(stderr.text).toContain('███░░░░░░░ 25% · 1/4 files');
    const end = stderr.text.slice(stderr.text.lastIndexOf('First'));
    expect(end).toMatch(/^First: 4 files[^\n]*\n[^\n]*look here\n[^\n]*Second/);
  });

  it('end with the first error, said once', async () => {
    for (const isTTY of [false, true]) {
      const ran: string[] = [];
      const { stderr, code } = await program(
        async (context) => {
          await runTasks(context, [
            { title: 'First', run: failing(new MstError('no-melody', 'Nothing to hear.')) },
            { title: 'Second', run: async () => String(ran.push('second')) },
          ]);
        },
        { isTTY },
      );
      expect([code, ran]).toEqual([1, []]);
      expect(stderr.text.split('Nothing to hear.')).toHaveLength(2);
    }
  });
});
