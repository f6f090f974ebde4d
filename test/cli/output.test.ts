import { describe, expect, it } from 'vitest';
import { type Mode, Output } from '../../src/cli/output.js';
import { MstError } from '../../src/core/errors.js';
import { Screen } from '../support/terminal.js';

function sink(mode: Mode, { isTTY = false, color = true } = {}) {
  const stdout = new Screen({ isTTY });
  const stderr = new Screen({ isTTY });
  return { stdout, stderr, output: new Output({ stdout: stdout.stream, stderr: stderr.stream, mode, color }) };
}

function sayEverything(output: Output): void {
  output.note('a note');
  output.warn('a warning');
  output.result({ a: [1, 'two'] }, 'the result');
  output.error(new MstError('no-input', 'It failed.', { hint: 'Do this.' }));
}

describe('Output', () => {
  it('for people: results to stdout, talk to stderr', () => {
    const { stdout, stderr, output } = sink('human');
    sayEverything(output);
    expect(stdout.text).toBe('the result\n');
    expect(stderr.text).toBe('a note\nNote: a warning\nmst: It failed.\n     Do this.\n');
  });

  it('as JSON: one document on stdout, one object a line on stderr', () => {
    const { stdout, stderr, output } = sink('json', { isTTY: true });
    sayEverything(output);
    expect(JSON.parse(stdout.text)).toEqual({ a: [1, 'two'] });
    expect(stderr.lines.map((line) => JSON.parse(line))).toEqual([
      { warning: 'a warning' },
      { error: { code: 'no-input', message: 'It failed.', hint: 'Do this.' } },
    ]);
  });

  it('quiet: nothing but errors', () => {
    const { stdout, stderr, output } = sink('quiet');
    sayEverything(output);
    expect(stdout.text).toBe('');
    expect(stderr.text).toBe('mst: It failed.\n     Do this.\n');
  });

  it('says an unexpected error in one line, and its stack only when debugging', () => {
    const plain = sink('human');
    plain.output.error(new TypeError('x is not\na function'));
    expect(plain.stderr.lines).toEqual([
      'mst: Something went wrong inside mst: TypeError: x is not',
      '     To see where, run it again with MST_DEBUG=1.',
    ]);
    const debugging = sink('human');
    debugging.output.error(new TypeError('bad'), { debug: true });
    expect(debugging.stderr.text).toContain('output.test.ts');
    const json = sink('json');
    json.output.error(new TypeError('bad'));
    expect(JSON.parse(json.stderr.text)).toMatchObject({ error: { code: 'unexpected' } });
  });

  it('is coloured and animated only on a terminal, and for people', () => {
    const colored = sink('human', { isTTY: true });
    colored.output.result(0, `${colored.output.style('red', 'x')} y`);
    expect(colored.stdout.text).toBe('\u001b[31mx\u001b[39m y\n');
    expect(sink('human', { isTTY: true, color: false }).output.style('red', 'x')).toBe('x');
    expect(sink('human').output.style('red', 'x')).toBe('x');
    expect(sink('human', { isTTY: true }).output.animated).toBe(true);
    for (const output of [sink('human').output, sink('json', { isTTY: true }).output, sink('quiet', { isTTY: true }).output])
      expect(output.animated).toBe(false);
  });

  it('gives talk to whoever draws', () => {
    const { stderr, output } = sink('human');
    const drawn: string[] = [];
    output.drawWith((line) => drawn.push(line));
    output.note('during');
    output.drawWith(undefined);
    output.note('after');
    expect([drawn, stderr.text]).toEqual([['during'], 'after\n']);
  });

  it('shows what strangers would do to a terminal, and does it not', () => {
    const evil = 'a\u001b[2J\u001b[31mb\rc\u0007\u009b1A\u007f\u202ed\u2066\te\n';
    const harmless = 'a\\x1b[2J\\x1b[31mb\\x0dc\\x07\\x9b1A\\x7f\\u202ed\\u2066\te\n';
    const { stdout, stderr, output } = sink('human', { isTTY: true });
    output.result(0, output.style('bold', evil));
    output.note(evil);
    output.warn(evil);
    output.error(new MstError('no-input', evil, { hint: '\u001b[0m' }));
    output.error(new Error(evil), { debug: true });
    expect(stdout.text).toBe(`\u001b[1m${harmless}\u001b[22m\n`);
    expect(stderr.text).toContain(
      `${harmless}\n\u001b[33mNote:\u001b[39m ${harmless}\n\u001b[31mmst:\u001b[39m ${harmless}\n     \\x1b[0m\n`,
    );
    const told = ['\u001b[33m', '\u001b[31m', '\u001b[39m'].reduce((text, own) => text.replaceAll(own, ''), stderr.text);
    expect(told).not.toMatch(/[^\P{C}\n\t]/u);
    const drawn: string[] = [];
    output.drawWith((line) => drawn.push(line));
    output.note(evil);
    expect(drawn).toEqual([harmless]);
    const json = sink('json', { isTTY: true });
    json.output.result({ [evil]: evil }, '');
    json.output.warn(evil);
    expect(`${json.stdout.text}${json.stderr.text}`).not.toMatch(/[^\P{C}\n]/u);
    expect([JSON.parse(json.stdout.text), JSON.parse(json.stderr.text)]).toEqual([{ [evil]: evil }, { warning: evil }]);
  });

  it('has one result', () => {
    const { output } = sink('json');
    output.result(1, '1');
    expect(() => output.result(2, '2')).toThrow();
  });
});
