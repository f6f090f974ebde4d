// The page of an evaluation: what a model foretells, what it makes beside the songs, and what it shares with them.

import type { FeatureComparison } from '../evaluate/comparison.js';
import { FEATURES, type Feature } from '../evaluate/features.js';
import type { CopiedPassage, EvaluationReport, Warning } from '../evaluate/report.js';
import { type CurveSeries, layoutBars, layoutCurves, layoutRows, percent, type Series, textWidth } from './charts.js';
import type { Page, PageShape, Role } from './drawing.js';

const WIDTH = 1040;
const MARGIN = 40;
const GUTTER = 40;
const COLUMN = (WIDTH - 2 * MARGIN - GUTTER) / 2;
const [LEFT, RIGHT] = [MARGIN, MARGIN + COLUMN + GUTTER];
const CHART = 132;
const CELL = CHART + 74;
const PASSAGES = 7;
/** Characters that fit into a line, and into a song's place in the list of passages. */
const LINE = 142;
const PLACE = 33;

/** A stack of shapes, and where the next goes. */
class Flow {
  readonly shapes: PageShape[] = [];
  y = 0;

  add(...shapes: readonly PageShape[]): void {
    this.shapes.push(...shapes);
  }

  /** Quiet words over the whole width. */
  paragraph(text: string): void {
    for (const line of wrapped(text, LINE)) {
      this.add({ role: 'quiet', x: MARGIN, y: this.y, text: line, size: 13 });
      this.y += 18;
    }
  }

  section(title: string, about: string): void {
    this.y += 34;
    this.add({ role: 'rule', x: MARGIN, y: this.y - 30, width: WIDTH - 2 * MARGIN, height: 1 });
    this.add({ role: 'title', x: MARGIN, y: this.y, text: title, size: 19, bold: true });
    this.y += 20;
    this.paragraph(about);
    this.y += 6;
  }
}

/** Lays the page of an evaluation out. */
export function layoutEvaluation(report: EvaluationReport, warnings: readonly Warning[]): Page {
  const flow = new Flow();
  addHead(flow, report);
  for (const warning of warnings) addWarning(flow, warning);
  addForetelling(flow, report);
  addComparison(flow, report);
  addCopying(flow, report);
  const height = Math.ceil(flow.y + 16);
  return { width: WIDTH, height, shapes: flow.shapes };
}

function addHead(flow: Flow, { run, step, generated, excerpts }: EvaluationReport): void {
  flow.add({ role: 'title', x: MARGIN, y: 54, text: `What ${shortened(run, 50)} has learned`, size: 30, bold: true });
  const aside = excerpts.heldOut === 0 ? 'no song was set aside' : `${excerpts.heldOut} from songs set aside, which it has never heard`;
  const facts =
    `After step ${step}. Melodies of ${generated.bars} bars that it made, ${generated.unheard + generated.recalled} in all, ` +
    `beside as long excerpts: ${excerpts.training} from the songs it learned from, ${aside}.`;
  flow.y = 80;
  flow.paragraph(facts);
  let x = MARGIN;
  for (const [role, name] of legend(excerpts.heldOut > 0)) {
    flow.add({ role, x, y: flow.y, width: 12, height: 12 }, { role: 'text', x: x + 18, y: flow.y + 10.5, text: name, size: 13 });
    x += 18 + textWidth(name, 13) + 4;
  }
  flow.y += 30;
}

function legend(aside: boolean): [Role, string][] {
  const middle: [Role, string][] = aside ? [['held-out', 'songs set aside']] : [];
  return [['training', 'songs it learned from'], ...middle, ['generated', 'what it made']];
}

function addWarning(flow: Flow, { message, advice }: Warning): void {
  const lines = [...wrapped(message, LINE - 3), ...wrapped(advice, LINE - 3)];
  const height = 18 * lines.length + 16;
  flow.add({ role: 'warning-panel', x: MARGIN, y: flow.y, width: WIDTH - 2 * MARGIN, height });
  flow.add({ role: 'warning', x: MARGIN, y: flow.y, width: 4, height });
  lines.forEach((text, k) => {
    flow.add({ role: 'text', x: MARGIN + 18, y: flow.y + 22 + 18 * k, text, size: 13 });
  });
  flow.y += height + 12;
}

function addForetelling(flow: Flow, { baselines, curve, step }: EvaluationReport): void {
  const better = baselines === null ? 0 : Math.round(baselines.advantagePercent);
  flow.section(
    'How well it foretells songs it has never heard',
    baselines === null
      ? 'No song was set aside to judge by.'
      : `Nats per event: how surprised it is at each 16th, less is better. It needs ${Math.abs(better)}% ${better < 0 ? 'more' : 'less'} than a table of the last five events (6-gram).`,
  );
  const frame = { y: flow.y, width: COLUMN, height: CHART };
  if (baselines !== null) {
    const says = (nats: number, accuracy: number): string => `${nats.toFixed(3)}  ·  ${Math.round(100 * accuracy)}% right`;
    const rows = [
      { role: 'training' as const, name: 'unigram', ...baselines.unigram },
      { role: 'training' as const, name: '6-gram', ...baselines.sixGram },
      { role: 'generated' as const, name: 'the model', ...baselines.model },
    ];
    flow.add(
      ...layoutRows(
        { x: LEFT, ...frame },
        rows.map(({ role, name, natsPerEvent, accuracy }) => ({ role, name, value: natsPerEvent, says: says(natsPerEvent, accuracy) })),
        { names: 80, numbers: 130 },
      ),
    );
  }
  const pick = (role: Role, of: (point: EvaluationReport['curve'][number]) => number | undefined): CurveSeries => ({
    role,
    points: curve.flatMap((point) => {
      const value = of(point);
      return value === undefined ? [] : [{ step: point.step, value }];
    }),
  });
  const curves = [pick('training', ({ training }) => training), pick('held-out', ({ heldOut }) => heldOut)];
  const values = curves.flatMap(({ points }) => points.map(({ value }) => value));
  if (values.length > 0) {
    // The first losses are of a network that knows nothing: they would flatten what matters.
    const most = Math.min(Math.max(...values), 1.6 * Math.max(...(curves[1]?.points ?? []).map(({ value }) => value), values.at(-1) ?? 0));
    flow.add(...layoutCurves({ x: RIGHT, ...frame, y: flow.y + 14 }, curves, { most, mark: { step, text: 'judged here' } }));
    flow.add({ role: 'text', x: RIGHT, y: flow.y, text: 'Loss while it learned', size: 13, bold: true });
  }
  flow.y += CHART + 34;
}

function addComparison(flow: Flow, { comparison }: EvaluationReport): void {
  const yardstick = FEATURES.every(({ name }) => comparison[name].yardstick === null)
    ? 'The number is the distance from the songs it learned from: 0 is the same, 1 has nothing in common.'
    : 'The number is the distance from the songs it learned from (0 the same, 1 nothing in common); in brackets, how far real songs are when they are as few.';
  flow.section('What it makes, beside the songs', yardstick);
  FEATURES.forEach((feature, k) => {
    const x = k % 2 === 0 ? LEFT : RIGHT;
    addFeature(flow, feature, comparison[feature.name], x, flow.y + Math.floor(k / 2) * CELL);
  });
  flow.y += Math.ceil(FEATURES.length / 2) * CELL;
}

const VERDICTS: Readonly<Record<'near' | 'off' | 'far', readonly [Role, string]>> = {
  near: ['good', 'like the songs'],
  off: ['warning', 'somewhat off'],
  far: ['bad', 'far off'],
};

function addFeature(flow: Flow, { title, unit, bins, mean, drawnFrom = 0 }: Feature, found: FeatureComparison, x: number, y: number): void {
  const say = (value: number | null): string => (value === null ? '–' : mean.percent ? percent(value) : value.toFixed(1));
  const aside = found.mean.heldOut === null ? '' : `, set aside ${say(found.mean.heldOut)}`;
  flow.add({ role: 'title', x, y: y + 14, text: title, size: 15, bold: true });
  if (found.distance !== null) {
    const [role, words] = found.verdict === null ? (['quiet', ''] as const) : VERDICTS[found.verdict];
    const usual = found.yardstick === null ? '' : ` (${found.yardstick.typical.toFixed(2)} to ${found.yardstick.high.toFixed(2)})`;
    flow.add({ role, x: x + COLUMN, y: y + 14, text: `${words}  ${found.distance.toFixed(2)}${usual}`.trim(), size: 13, anchor: 'end' });
  }
  flow.add({
    role: 'text',
    x,
    y: y + 33,
    text: `${say(found.mean.generated)} ${mean.words}; songs ${say(found.mean.training)}${aside}`,
    size: 13,
  });
  const shown = seriesOf(found).map((series) => ({ ...series, values: series.values.slice(drawnFrom) }));
  flow.add(...layoutBars({ x, y: y + 44, width: COLUMN, height: CHART }, bins.slice(drawnFrom), shown));
  flow.add({ role: 'quiet', x: x + COLUMN, y: y + 44 + CHART + 9, text: unit, size: 10.5, anchor: 'end' });
}

function seriesOf({ shares }: FeatureComparison): Series[] {
  const aside: Series[] = shares.heldOut === null ? [] : [{ role: 'held-out', name: 'songs set aside', values: shares.heldOut }];
  return [
    { role: 'training', name: 'songs it learned from', values: shares.training },
    ...aside,
    { role: 'generated', name: 'what it made', values: shares.generated },
  ];
}

function addCopying(flow: Flow, { copying: { judgement, passages } }: EvaluationReport): void {
  flow.section(
    'Passages it shares with the songs it learned from',
    'The same intervals in the same rhythm, in any key, in melodies that begin with the first note of such a song. Real songs share passages too: what counts is whether it shares more.',
  );
  const { levels, generated, heldOut } = judgement;
  const shareOf = (count: number, all: number): number => (all === 0 ? 0 : count / all);
  const aside: Series[] =
    heldOut === 0 ? [] : [{ role: 'held-out', name: 'songs set aside', values: levels.map((level) => shareOf(level.heldOut, heldOut)) }];
  const made: Series = { role: 'generated', name: 'what it made', values: levels.map((level) => shareOf(level.generated, generated)) };
  const bins = levels.map(({ bars }) => `${bars} bars or more`);
  flow.add({ role: 'text', x: LEFT, y: flow.y, text: 'Share of excerpts with such a passage', size: 13, bold: true });
  flow.add(
    ...layoutBars(
      { x: LEFT, y: flow.y + 14, width: COLUMN, height: CHART + 20 },
      bins.map((name) => name.replace(' bars or more', '+')),
      [...aside, made],
    ),
  );
  flow.add({ role: 'quiet', x: LEFT + COLUMN, y: flow.y + CHART + 43, text: 'bars', size: 10.5, anchor: 'end' });
  flow.add({ role: 'text', x: RIGHT, y: flow.y, text: 'The longest', size: 13, bold: true });
  passages.slice(0, PASSAGES).forEach((passage, k) => {
    addPassage(flow, passage, flow.y + 23 + 22 * k);
  });
  if (passages.length === 0) flow.add({ role: 'quiet', x: RIGHT, y: flow.y + 23, text: 'None of two notes or more.', size: 12 });
  flow.y += CHART + 62;
}

function addPassage(flow: Flow, { file, in: place, notes, song, semitones }: CopiedPassage, y: number): void {
  const part = song.part > 1 ? `, part ${song.part}` : '';
  const key = semitones === 0 ? '' : `, ${semitones > 0 ? '+' : '−'}${Math.abs(semitones)}`;
  flow.add({ role: 'text', x: RIGHT, y, text: `${notes} notes`, size: 12, bold: true });
  flow.add({ role: 'text', x: RIGHT + 60, y, text: `${file} ${barsText(place)}`, size: 12 });
  const where = `${part} ${barsText(song.in)}${key}`;
  flow.add({ role: 'quiet', x: RIGHT + 222, y, text: `${shortened(song.file, PLACE - where.length)}${where}`, size: 12 });
}

const barsText = ({ from, to }: { from: number; to: number }): string => (from === to ? `bar ${from}` : `bars ${from}–${to}`);

/** The end of a path that is too long, which tells files apart. */
function shortened(text: string, most: number): string {
  const characters = [...text];
  return characters.length <= most ? text : `…${characters.slice(1 - most).join('')}`;
}

/** Lines of at most `most` characters, cut between words. */
function wrapped(text: string, most: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= most) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.map((line) => shortened(line, most));
}
