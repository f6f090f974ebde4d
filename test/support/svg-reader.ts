// A small strict reader of XML for tests, enough for the pictures mst writes: written from the grammar, sharing no code with src.

export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Element[];
  /** The text directly in it, entities resolved. */
  readonly text: string;
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function resolved(text: string): string {
  if (/[^\t\n\r -\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u.test(text))
    throw new Error(`a character that XML forbids in ${JSON.stringify(text)}`);
  return text.replace(/&([^;]*)(;?)/g, (whole, name: string, end) => {
    const character = name.startsWith('#') ? String.fromCodePoint(Number(name.slice(1))) : ENTITIES[name];
    if (character === undefined || end !== ';') throw new Error(`a bad entity ${whole}`);
    return character;
  });
}

/** The root element. Throws on anything that is not well-formed. */
export function readXml(source: string): Element {
  let at = 0;
  const expect = (pattern: RegExp): RegExpExecArray => {
    const sticky = new RegExp(pattern.source, 'yu');
    sticky.lastIndex = at;
    const match = sticky.exec(source);
    if (match === null) throw new Error(`expected ${pattern} at ${at}: ${JSON.stringify(source.slice(at, at + 40))}`);
    at = sticky.lastIndex;
    return match;
  };
  const element = (): Element => {
    const name = expect(/<([a-zA-Z]+)/)[1] as string;
    const attributes: Record<string, string> = {};
    while (!/^\s*\/?>/.test(source.slice(at, at + 8))) {
      const [, key = '', value = ''] = expect(/\s+([a-zA-Z-]+)="([^"<]*)"/);
      if (key in attributes) throw new Error(`the attribute ${key} twice`);
      attributes[key] = resolved(value);
    }
    if (expect(/\s*(\/?)>/)[1] === '/') return { name, attributes, children: [], text: '' };
    const children: Element[] = [];
    let text = '';
    while (!source.startsWith('</', at)) {
      if (at >= source.length) throw new Error(`<${name}> has no end`);
      if (source[at] === '<') children.push(element());
      else text += resolved(expect(/[^<]+/)[0]);
    }
    expect(new RegExp(`</${name}>`));
    return { name, attributes, children, text };
  };
  const root = element();
  expect(/\s*$/);
  return root;
}

/** All elements of a name, in document order. */
export function elementsOf(root: Element, name: string): Element[] {
  return root.children.flatMap((child) => [...(child.name === name ? [child] : []), ...elementsOf(child, name)]);
}
