// Streams that stand for stdout and stderr and remember what was written.

import { Writable } from 'node:stream';
import type { Stream } from '../../src/cli/output.js';

export class Screen extends Writable {
  text = '';
  readonly isTTY: boolean;
  readonly columns = 80;
  readonly rows = 40;

  constructor({ isTTY = false }: { isTTY?: boolean } = {}) {
    super();
    this.isTTY = isTTY;
  }

  override _write(chunk: Buffer, _: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }

  get stream(): Stream {
    return this as unknown as Stream;
  }

  get lines(): string[] {
    return this.text.split('\n').filter((line) => line !== '');
  }
}
