// A MusicXML file, partwise or timewise, as a score: walks through its parts and measures and lets PartReader read what is in them.
import { type PartHeader, readComposers, readPartHeader } from './header.js';
import { type Filled, measureLength } from './measure-length.js';
import { PartReader } from './part-reader.js';
import type { Report } from './report.js';
import { initialContext, type Measure, type Score, type ScoreContext } from './score.js';
import { readXml, textOf, type XmlDecision, type XmlElement, type XmlVisitor } from './xml.js';

// More than any score has; a hostile file could make empty ones cheaply.
const mostMeasures = 100_000;
const mostParts = 1_000;

const inHeader = new Set(['work', 'movement-title', 'identification']);
const inMeasure = new Set(['note', 'backup', 'forward', 'attributes', 'direction', 'sound', 'barline', 'harmony']);

/** Reads the text of a file. Throws through `report`. */
export function readScore(text: string, report: Report): Score {
  const reader = new ScoreReader(report);
  readXml(text, reader);
  return reader.finish();
}

class ScoreReader implements XmlVisitor {
  readonly #report: Report;
  readonly #open: string[] = [];
  readonly #parts = new Map<string, PartReader>();
  readonly #headers = new Map<string, PartHeader>();
  readonly #measures: Measure[] = [];
  /** For each measure, how far its parts fill it, and whether it is said to be no full one. */
  readonly #filled: Filled[][] = [];
  readonly #partial: boolean[] = [];
  #part: PartReader | undefined;
  /** The measure being read. */
  #index = -1;
  #workTitle = '';
  #movementTitle = '';
  #composers: string[] = [];

  constructor(report: Report) {
    this.#report = report;
  }

  enter(name: string, attributes: Readonly<Record<string, string>>, line: number): XmlDecision {
    const decision = this.#decide(name, line);
    if (decision !== 'open') return decision;
    this.#open.push(name);
    if (name === 'part') this.#part = this.#partOf(attributes.id ?? '', line);
    if (name === 'part' && this.#open.length === 2) this.#index = -1;
    if (name === 'measure') {
      this.#index++;
      this.#partial[this.#index] ||= attributes.implicit === 'yes';
    }
    if (this.#open.length === 3) this.#part?.begin(this.#measureAt(this.#index, line), this.#measures[this.#index - 1]);
    return decision;
  }

  #decide(name: string, line: number): XmlDecision {
    const [root, group, cell] = this.#open;
    if (root === undefined) {
      if (name === 'score-partwise' || name === 'score-timewise') return 'open';
      return this.#report.fail(
        line,
        `this is no MusicXML score: it holds <${name.slice(0, 40)}>`,
        'A score begins with <score-partwise> or <score-timewise>.',
      );
    }
    const [outer, inner] = root === 'score-partwise' ? ['part', 'measure'] : ['measure', 'part'];
    if (group === undefined) return name === outer || name === 'part-list' ? 'open' : inHeader.has(name) ? 'take' : 'pass';
    if (group === 'part-list') return name === 'score-part' ? 'take' : 'pass';
    if (cell === undefined) return name === inner ? 'open' : 'pass';
    return inMeasure.has(name) ? 'take' : 'pass';
  }

  take(element: XmlElement): void {
    switch (element.name) {
      case 'work':
        this.#workTitle = textOf(element, 'work-title') ?? '';
        return;
      case 'movement-title':
        this.#movementTitle = element.text.replace(/\s+/g, ' ').trim();
        return;
      case 'identification':
        this.#composers = readComposers(element);
        return;
      case 'score-part': {
        const header = readPartHeader(element);
        this.#headers.set(header.id, header);
        // Parts count in the order of the list.
        this.#partOf(header.id, element.line);
        return;
      }
      default:
        this.#part?.add(element);
    }
  }

  leave(): void {
    const wasCell = this.#open.length === 3;
    this.#open.pop();
    if (!wasCell) return;
    const filled = this.#part?.end();
    if (filled) this.#filled[this.#index]?.push(filled);
  }

  warn(line: number, problem: string): void {
    this.#report.warn(line, problem);
  }

  fail(line: number, column: number, problem: string): never {
    return this.#report.fail(
      line,
      `the XML is damaged at column ${column} (${problem})`,
      'Save the score again from a notation program, or repair the line in a text editor.',
    );
  }

  /** What has been read; contexts and lengths of measures are settled now that all parts are known. */
  finish(): Score {
    let context: ScoreContext = initialContext;
    for (const [i, measure] of this.#measures.entries()) {
      measure.changes.sort((a, b) => a.at - b.at || a.part - b.part);
      context = settle(measure, context);
      const { metre } = measure.context;
      const full = metre && metre.numerator / metre.denominator;
      measure.length = measureLength(this.#filled[i] ?? [], full, i === 0 || this.#partial[i] === true);
    }
    const parts = [...this.#parts.values()].map(({ part }) => part);
    return { title: this.#workTitle || this.#movementTitle, composers: this.#composers, parts, measures: this.#measures };
  }

  #partOf(id: string, line: number): PartReader {
    let part = this.#parts.get(id);
    if (part === undefined) {
      if (this.#parts.size >= mostParts) this.#report.fail(line, `more than ${mostParts} parts`, 'Split the score into several files.');
      part = new PartReader(this.#headers.get(id) ?? { id, name: '', sounds: new Map() }, this.#parts.size, this.#report);
      this.#parts.set(id, part);
    }
    return part;
  }

  #measureAt(index: number, line: number): Measure {
    let measure = this.#measures[index];
    if (measure === undefined) {
      if (index >= mostMeasures) this.#report.fail(line, `more than ${mostMeasures} measures`, 'Split the score into several files.');
      measure = {
        line,
        length: 0,
        context: initialContext,
        notes: [],
        changes: [],
        chordSymbols: [],
        marks: [],
        repeatsFrom: false,
        repeatsBack: undefined,
        endingFrom: undefined,
        endingStops: false,
      };
      this.#measures[index] = measure;
      this.#filled[index] = [];
    }
    return measure;
  }
}

/**
 * Sets what holds at the start of a measure, keeps of its later changes those that count (of several parts' at one place the first part's),
 * and gives what holds at its end.
 */
function settle(measure: Measure, before: ScoreContext): ScoreContext {
  const kept: Measure['changes'] = [];
  const decidedAt = new Map<string, number>();
  let context = before;
  measure.context = before;
  for (const { at, part, set } of measure.changes) {
    for (const kind of Object.keys(set) as (keyof ScoreContext)[]) {
      if (decidedAt.get(kind) === at) continue;
      decidedAt.set(kind, at);
      context = { ...context, [kind]: set[kind] };
      if (at === 0) measure.context = context;
      else kept.push({ at, part, set: { [kind]: set[kind] } });
    }
  }
  measure.changes.splice(0, measure.changes.length, ...kept);
  return context;
}
