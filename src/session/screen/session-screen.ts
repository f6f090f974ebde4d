// The screen while a session runs: draws the engine's status many times a second, never faster than the terminal takes it.

import type { Status } from '../../jam/status.js';
import { drawScreen, type ScreenFacts, ScreenWriter } from './screen.js';
import type { ScreenStyle } from './screen-text.js';

/** What is used of a terminal that is drawn on. */
export interface Canvas {
  readonly columns?: number;
  readonly rows?: number;
  readonly writableNeedDrain?: boolean;
  write(text: string): unknown;
  on(event: 'resize', listener: () => void): unknown;
  off(event: 'resize', listener: () => void): unknown;
}

const FRAME_MS = 50;
/** Whatever else wrote on the terminal is gone after so long. */
const REDRAW_MS = 4000;
const [USUAL_COLUMNS, USUAL_ROWS] = [80, 24];

export class SessionScreen {
  readonly #canvas: Canvas;
  readonly #style: ScreenStyle;
  readonly #writer = new ScreenWriter();
  readonly #look: () => { status: Status; facts: ScreenFacts };
  #timer: NodeJS.Timeout | undefined;
  #drawnWhole = 0;

  /** @param look what there is to show now */
  constructor(canvas: Canvas, style: ScreenStyle, look: (columns: number) => { status: Status; facts: ScreenFacts }) {
    this.#canvas = canvas;
    this.#style = style;
    this.#look = () => look(this.#columns);
  }

  start(): void {
    this.#canvas.on('resize', this.#forget);
    this.#timer = setInterval(() => this.draw(), FRAME_MS);
    this.draw();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#canvas.off('resize', this.#forget);
  }

  draw(): void {
    // A terminal far away that does not keep up gets fewer pictures, not older ones.
    if (this.#canvas.writableNeedDrain) return;
    if (performance.now() - this.#drawnWhole > REDRAW_MS) this.#forget();
    const { status, facts } = this.#look();
    const rows = this.#canvas.rows || USUAL_ROWS;
    const picture = this.#writer.frame(drawScreen(status, facts, this.#columns, rows, this.#style), this.#columns);
    if (picture !== '') this.#canvas.write(picture);
  }

  get #columns(): number {
    return this.#canvas.columns || USUAL_COLUMNS;
  }

  #forget = (): void => {
    this.#drawnWhole = performance.now();
    this.#writer.forget();
  };
}
