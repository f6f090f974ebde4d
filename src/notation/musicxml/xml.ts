// XML read piece by piece: the elements a caller asks for as small trees, everything else passed over, so that a large file is never held
// as one tree. Well-formedness is checked; no document type is read, nothing is loaded, and only XML's own entities are known.
import { type SaxesOptions, SaxesParser } from 'saxes';
import { findEndless } from './endless.js';

/** An element as it stands in the file. */
export interface XmlElement {
  readonly name: string;
  /** Where it begins, from 1. */
  readonly line: number;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: XmlElement[];
  /** Its own text up to some length, that of its children not included. */
  text: string;
}

/** What becomes of an element: `open` goes on with what is in it, `take` brings it as a tree, `pass` passes over it. */
export type XmlDecision = 'open' | 'take' | 'pass';

export interface XmlVisitor {
  /** Decides about an element whose parents were all opened. */
  enter(name: string, attributes: Readonly<Record<string, string>>, line: number): XmlDecision;
  /** Receives an element that was to be taken. */
  take(element: XmlElement): void;
  /** An opened element ends. */
  leave(name: string): void;
  /** Something is wrong in the XML itself and may be passed over. */
  warn(line: number, problem: string): void;
  /** Something is wrong in the XML itself so that it cannot be read; must throw. */
  fail(line: number, column: number, problem: string): never;
}

// Neither a note nor a part list comes near these; a hostile file may.
const mostInTree = 10_000;
const deepest = 100;
const mostMistakes = 1_000;
const longestText = 10_000;

// What names no element and no structure: letters that XML forbids, entities that some document type would declare.
const harmless = /^(?:undefined entity|malformed character entity|disallowed character|duplicate attribute.*|the string "]]>".*)$/;
// A & that begins no entity would make the parser look for its end through all that follows.
const bareAmpersand = /&(?!#?\w{1,32};)/g;

/** Reads a whole file. Throws what the visitor throws. */
export function readXml(text: string, visitor: XmlVisitor): void {
  const parser = new SaxesParser<SaxesOptions>({ position: true });
  /** The taken element being read and those around it, outermost first. */
  const tree: XmlElement[] = [];
  let inTree = 0;
  let mistakes = 0;
  let passing = 0;
  let depth = 0;
  let line = 1;
  const fail = (problem: string): never => visitor.fail(parser.line, parser.column, problem);
  parser.on('error', (error) => {
    const problem = error.message.replace(/^\d+:\d+: /, '').replace(/\.$/, '');
    if (++mistakes <= mostMistakes && harmless.test(problem)) visitor.warn(parser.line, `the XML has a mistake (${problem})`);
    else fail(problem);
  });
  parser.on('opentagstart', () => {
    line = parser.line;
  });
  parser.on('opentag', ({ name, attributes }) => {
    if (++depth > deepest) fail(`more than ${deepest} elements inside one another`);
    if (passing > 0) {
      passing++;
      return;
    }
    const parent = tree.at(-1);
    const found = attributes as Record<string, string>;
    const decision = parent === undefined ? visitor.enter(name, found, line) : 'take';
    if (decision === 'pass') passing = 1;
    if (decision !== 'take') return;
    if (++inTree > mostInTree) fail(`more than ${mostInTree} elements in one ${tree[0]?.name ?? name}`);
    const element: XmlElement = { name, line, attributes: found, children: [], text: '' };
    parent?.children.push(element);
    tree.push(element);
  });
  const addText = (piece: string): void => {
    const element = tree.at(-1);
    if (element !== undefined && passing === 0) element.text += piece.slice(0, longestText - element.text.length);
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('closetag', ({ name }) => {
    depth--;
    if (passing > 0) {
      passing--;
      return;
    }
    const element = tree.pop();
    if (element === undefined) visitor.leave(name);
    else if (tree.length === 0) {
      inTree = 0;
      visitor.take(element);
    }
  });
  const lineOf = (at: number): number => text.slice(0, at).split('\n').length;
  const endless = findEndless(text);
  if (endless) visitor.fail(lineOf(endless.at), 1, `${endless.what} of more than a million letters`);
  const ampersand = text.search(bareAmpersand);
  if (ampersand >= 0) visitor.warn(lineOf(ampersand), 'the XML has a & that should be &amp;');
  parser.write(ampersand < 0 ? text : text.replace(bareAmpersand, '&amp;')).close();
}

/** The first child of that name. */
export function child(element: XmlElement | undefined, name: string): XmlElement | undefined {
  return element?.children.find((inner) => inner.name === name);
}

/** The children of that name. */
export function childrenOf(element: XmlElement | undefined, name: string): XmlElement[] {
  return element?.children.filter((inner) => inner.name === name) ?? [];
}

/** The text of the first child of that name in one line without spaces around it, undefined where there is none. */
export function textOf(element: XmlElement | undefined, name: string): string | undefined {
  return child(element, name)?.text.replace(/\s+/g, ' ').trim();
}

/** The number in the first child of that name, undefined where there is none or it is no number. */
export function numberOf(element: XmlElement | undefined, name: string): number | undefined {
  return numberIn(textOf(element, name));
}

/** A decimal number, undefined for any other text. */
export function numberIn(text: string | undefined): number | undefined {
  return text !== undefined && /^[+-]?(?:\d{1,12}(?:\.\d{0,12})?|\.\d{1,12})$/.test(text.trim()) ? Number(text) : undefined;
}
