// SVG: read back by an independent XML reader; places and sizes by arithmetic.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { melodyFromEvents, melodyToNoteSequence } from '../../src/music/melody.js';
import { layoutBars, layoutCurves, layoutRows, percent, scaleEnd } from '../../src/view/charts.js';
import { COLOURS, type Drawing, type PageShape } from '../../src/view/drawing.js';
import { layoutPianoRoll } from '../../src/view/piano-roll.js';
import { drawingToSvg } from '../../src/view/svg.js';
import { type Element, elementsOf, readXml } from '../support/svg-reader.js';

const page = (...shapes: PageShape[]): Drawing<PageShape> => ({ width: 200, height: 100, shapes });
const read = (drawing: Drawing<PageShape>): Element => readXml(drawingToSvg(drawing, { title: 'T' }));
const box = ({ attributes }: Element): number[] => ['x', 'y', 'width', 'height'].map((name) => Number(attributes[name]));
const hex = (role: keyof typeof COLOURS): string => `#${COLOURS[role].map((part) => part.toString(16).padStart(2, '0')).join('')}`;

/** Of any 16-bit units, halves of surrogate pairs among them. */
const anyText = fc.array(fc.oneof(fc.nat(0x7f), fc.nat(0xffff)), { maxLength: 12 }).map((units) => String.fromCharCode(...units));

describe('drawingToSvg', () => {
  it('has its own size and an opaque background', () => {
    const root = read(page());
    expect(root.attributes).toMatchObject({ xmlns: 'http://www.w3.org/2000/svg', width: '200', height: '100', viewBox: '0 0 200 100' });
    const [background] = elementsOf(root, 'rect');
    expect(background?.attributes).toMatchObject({ width: '200', height: '100', fill: '#ffffff' });
    expect(elementsOf(root, 'title')[0]?.text).toBe('T');
  });

  it('writes boxes, words and curves where they are, rounded to hundredths', () => {
    const root = read(
      page(
        { role: 'note', x: 1 / 3, y: 2, width: 30, height: 4.005, hint: 'A & B' },
        { role: 'text', x: 10, y: 20, text: 'a < "b"', size: 13, anchor: 'end', bold: true },
        {
          role: 'held-out',
          points: [
            [0, 1],
            [2.5, -3],
          ],
          thickness: 2,
        },
        { role: 'label', x: 5, y: 5, text: 'C4' },
      ),
    );
    const rect = elementsOf(root, 'rect')[1];
    expect(rect && box(rect)).toEqual([0.33, 2, 30, 4.01]);
    expect(rect?.attributes.fill).toBe(hex('note'));
    expect(rect?.children[0]?.text).toBe('A & B');
    const [words, label] = elementsOf(root, 'text');
    expect(words?.text).toBe('a < "b"');
    expect(words?.attributes).toMatchObject({ x: '10', y: '20', 'font-size': '13', 'text-anchor': 'end', 'font-weight': '600' });
    expect(label?.text).toBe('C4');
    // The top of a label is at 5, and its digits are 7 high.
    expect(label?.attributes).toMatchObject({ x: '5', y: '12' });
    expect(elementsOf(root, 'polyline')[0]?.attributes).toMatchObject({
      points: '0,1 2.5,-3',
      'stroke-width': '2',
      stroke: hex('held-out'),
    });
  });

  it('stays well-formed whatever a text holds', () => {
    fc.assert(
      fc.property(fc.oneof(anyText, fc.constantFrom('\u0000\u001b', '\ud800', ']]>', '<!--', '&amp;', '\ufffe')), (text) => {
        const root = readXml(drawingToSvg(page({ role: 'text', x: 0, y: 0, text, size: 10 }), { title: text }));
        const kept = [...text.toWellFormed()]
          .map((c) => (/[\t\n\r -\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u.test(c) ? c : '\ufffd'))
          .join('');
        expect(elementsOf(root, 'text')[0]?.text).toBe(kept);
      }),
    );
  });

  it('draws a piano roll with every note of the melody', () => {
    const roll = layoutPianoRoll(melodyToNoteSequence(melodyFromEvents([60, -2, 64, -2, 67, -2, -1, -2])), {
      quarterWidth: 24,
      pitchHeight: 10,
    });
    const notes = elementsOf(readXml(drawingToSvg(roll, { title: 'roll' })), 'rect').filter(
      ({ attributes }) => attributes.fill === hex('note'),
    );
    const [first] = notes.map(box);
    // A 16th is 6 pixels wide, a semitone 10 high; a pixel is left free after each note.
    expect(notes.map(box).map(([x = 0, y = 0, width]) => [x - (first?.[0] ?? 0), y - (first?.[1] ?? 0), width])).toEqual([
      [0, 0, 11],
      [12, -40, 11],
      [24, -70, 11],
    ]);
  });
});

describe('charts', () => {
  it('give bars the heights of their shares', () => {
    const shapes = layoutBars(
      { x: 0, y: 10, width: 234, height: 118 },
      ['a', 'b'],
      [
        { role: 'training', name: 'songs', values: [0.5, 0.25] },
        { role: 'generated', name: 'made', values: [0, 0.125] },
      ],
    );
    // The scale ends at 50%, and 100 of the 118 pixels are plot; two groups share 200 pixels.
    const bars = shapes.flatMap((shape) => ('hint' in shape ? [shape] : []));
    expect(bars.map(({ role, y, height, hint }) => [role, y, height, hint])).toEqual([
      ['training', 10, 100, 'a: 50% (songs)'],
      ['training', 60, 50, 'b: 25% (songs)'],
      ['generated', 85, 25, 'b: 13% (made)'],
    ]);
    const [a, b, made] = bars;
    expect((b?.x ?? 0) - (a?.x ?? 0)).toBeCloseTo(100);
    expect((made?.x ?? 0) - (b?.x ?? 0)).toBeCloseTo(a?.width ?? 0);
  });

  it('leave out names that would touch', () => {
    const bins = Array.from({ length: 30 }, (_, i) => `bin ${i}`);
    const shapes = layoutBars({ x: 0, y: 0, width: 334, height: 100 }, bins, [{ role: 'note', name: '', values: bins.map(() => 0.1) }]);
    const names = shapes.flatMap((shape) => ('size' in shape && shape.text.startsWith('bin') ? [shape] : []));
    expect(names.length).toBeGreaterThan(2);
    names.slice(1).forEach(({ x, text, size }, i) => {
      // Half a size a character is less than what any font takes.
      expect(x - (names[i]?.x ?? 0)).toBeGreaterThan(text.length * size * 0.5);
    });
  });

  it('give rows their lengths, and curves their points', () => {
    const rows = layoutRows(
      { x: 0, y: 0, width: 400, height: 60 },
      [
        { role: 'training', name: 'one', value: 2, says: '2' },
        { role: 'generated', name: 'two', value: 0.5, says: '.5' },
      ],
      { names: 100, numbers: 100 },
    );
    expect(rows.flatMap((shape) => ('hint' in shape ? [shape.width] : []))).toEqual([200, 50]);
    const curves = layoutCurves(
      { x: 0, y: 0, width: 134, height: 118 },
      [
        {
          role: 'held-out',
          points: [
            { step: 50, value: 2 },
            { step: 100, value: 9 },
          ],
        },
      ],
      { most: 4 },
    );
    // Half way of 100 pixels, at half of a scale to 4; what is beyond the scale stays on its edge.
    expect(curves.flatMap((shape) => ('points' in shape ? shape.points : []))).toEqual([
      [84, 50],
      [134, 0],
    ]);
  });

  it.each([
    [0, 1],
    [0.5, 0.5],
    [0.31, 0.4],
    [0.11, 0.12],
    [1, 1],
    [7, 8],
    [95, 100],
  ])('a scale to %d ends at %d', (most, end) => expect(scaleEnd(most)).toBeCloseTo(end, 12));

  it('says shares', () => expect([0, 0.004, 0.0994, 0.1, 0.996, 1].map(percent)).toEqual(['0%', '0.4%', '9.9%', '10%', '100%', '100%']));
});
