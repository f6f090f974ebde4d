// Steps of work on the screen: a listr2 list with the bar of the running step in its line, and plain lines of text where nothing can be
// drawn. The work itself is given a Progress and knows nothing of this.

import type { Progress } from '../pipeline/progress.js';
import { Bar } from './bar.js';
import type { Context } from './command.js';
import { printable } from './printable.js';

/** One step. */
export interface Task {
  /** What is being done: "Fetching". */
  readonly title: string;
  /** Does it and says in a few words what came of it: "93 files". */
  run(progress: Progress): Promise<string>;
}

type Shell = Pick<Context, 'output' | 'clock'>;

/** Milliseconds between two drawings of a bar, and between two lines of text about it. */
const drawEvery = 100;
const tellEvery = 10_000;
/** Notes kept below a step. */
const notesShown = 12;

/** Runs the steps one after the other; the first error ends them. */
export async function runTasks(shell: Shell, tasks: readonly Task[]): Promise<void> {
  await (shell.output.animated ? draw(shell, tasks) : tell(shell, tasks));
}

/** Runs one step and gives back what it found. @param closing says in a few words what came of it */
export async function runTask<T>(
  shell: Shell,
  title: string,
  work: (progress: Progress) => Promise<T>,
  closing: (result: T) => string,
): Promise<T> {
  const results: T[] = [];
  await runTasks(shell, [
    {
      title,
      async run(progress) {
        const result = await work(progress);
        results.push(result);
        return closing(result);
      },
    },
  ]);
  return results[0] as T;
}

async function tell({ output, clock }: Shell, tasks: readonly Task[]): Promise<void> {
  for (const { title, run } of tasks) {
    const bar = new Bar();
    const began = clock();
    let told = began;
    const closing = await run({
      start: (total, unit) => bar.start(total, unit, clock() / 1000),
      update(done, info) {
        bar.update(done, info, clock() / 1000);
        if (clock() - told < tellEvery) return;
        told = clock();
        output.note(`${title}: ${bar.text(told / 1000)}`);
      },
      note: (text) => output.note(`${title}: ${text}`),
    });
    output.note(closing === '' ? `${title}: done` : `${title}: ${closing}`);
  }
}

async function draw({ output, clock }: Shell, tasks: readonly Task[]): Promise<void> {
  const { DefaultRenderer, Listr, ListrLogger, PRESET_TIMER, ProcessOutput } = await import('listr2');
  // Drawn on stderr, so it does not matter where stdout leads.
  class Renderer extends DefaultRenderer {
    static override nonTTY = true;
  }
  const list = new Listr(
    tasks.map(({ title, run }) => ({
      title,
      rendererOptions: { persistentOutput: true, outputBar: notesShown },
      task: async (_: unknown, screen: { title: string; output: string }) => {
        const bar = new Bar();
        let drawn = 0;
        const redraw = (): void => {
          drawn = clock();
          screen.title = `${title}  ${printable(bar.line(drawn / 1000))}`;
        };
        const show = (text: string): void => {
          screen.output = text;
        };
        output.drawWith(show);
        try {
          const closing = await run({
            start(total, unit) {
              bar.start(total, unit, clock() / 1000);
              redraw();
            },
            update(done, info) {
              bar.update(done, info, clock() / 1000);
              if (clock() - drawn >= drawEvery) redraw();
            },
            note: (text) => show(printable(text)),
          });
          screen.title = closing === '' ? title : `${title}: ${printable(closing)}`;
        } finally {
          output.drawWith(undefined);
        }
      },
    })),
    {
      renderer: Renderer,
      registerSignalListeners: false,
      rendererOptions: {
        logger: new ListrLogger({ processOutput: new ProcessOutput(output.stderr, output.stderr) }),
        formatOutput: 'truncate',
        showErrorMessage: false,
        timer: PRESET_TIMER,
      },
    },
  );
  await list.run();
}
