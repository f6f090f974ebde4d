// XML damaged in what it says and not in how it is written, so that damage comes past the parser: numbers at the borders of things, elements
// taken out, doubled, put elsewhere, nested and renamed, and elements that few files have.

/** Elements that steer the order of playing, time and pitch, to be put anywhere. */
const STRANGERS = [
  '<barline location="left"><repeat direction="forward"/></barline>',
  '<barline><repeat direction="backward" times="3"/></barline>',
  '<barline><repeat direction="backward" times="1000000000"/></barline>',
  '<barline><ending number="1, 2" type="start"/></barline>',
  '<barline><ending number="1-99999999" type="start"/></barline>',
  '<barline><ending number="2" type="stop"/><repeat direction="backward"/></barline>',
  '<direction><direction-type><segno/></direction-type><sound segno="s"/></direction>',
  '<direction><direction-type><coda/></direction-type><sound coda="c"/></direction>',
  '<direction><sound dalsegno="s"/></direction>',
  '<direction><sound tocoda="c"/></direction>',
  '<direction><direction-type><words>D.C. al Fine</words></direction-type><sound dacapo="yes"/></direction>',
  '<direction><sound fine="yes"/><offset>-99999</offset></direction>',
  '<direction><sound tempo="0"/></direction>',
  '<direction><direction-type><metronome><beat-unit>quarter</beat-unit><beat-unit-dot/><per-minute>1e9</per-minute></metronome></direction-type></direction>',
  '<attributes><divisions>0</divisions></attributes>',
  '<attributes><divisions>1000000007</divisions></attributes>',
  '<attributes><time><beats>3+2</beats><beat-type>8</beat-type></time></attributes>',
  '<attributes><time><senza-misura/></time></attributes>',
  '<attributes><transpose><chromatic>-2</chromatic><octave-change>99</octave-change></transpose></attributes>',
  '<attributes><key><fifths>7</fifths><mode>minor</mode></key></attributes>',
  '<backup><duration>999999999</duration></backup>',
  '<forward><duration>999999999</duration></forward>',
  '<note><grace/><pitch><step>C</step><octave>4</octave></pitch></note>',
  '<note><unpitched/><duration>1</duration></note>',
  '<note><chord/><pitch><step>G</step><octave>9</octave></pitch><duration>1</duration><tie type="stop"/></note>',
  '<harmony><root><root-step>H</root-step><root-alter>9</root-alter></root><kind>augmented-ninth</kind><degree><degree-value>13</degree-value></degree></harmony>',
];
const EDGE_TEXTS = [
  '',
  '0',
  '-1',
  '1',
  '3',
  '12',
  '127',
  '128',
  '65536',
  '999999999',
  '1e308',
  '-1e308',
  '0.000001',
  'NaN',
  '1/3',
  'C',
  '∞',
  ' 4 ',
];
const MOST_MUTATIONS = 8;
/** Characters that a file may grow to, whatever is done to it. */
const LONGEST = 400_000;

/** Damages a score, which stays an XML document if it was one. */
export function mutateMarkup(bytes, random) {
  let text = new TextDecoder().decode(bytes);
  for (let n = 1 + random.integer(MOST_MUTATIONS); n > 0; n--) {
    const mutated = mutations[random.integer(mutations.length)](text, random);
    if (mutated.length <= LONGEST) text = mutated;
  }
  return new TextEncoder().encode(text);
}

const mutations = [
  // A text between two tags, or the value of an attribute.
  (text, random) => replaced(text, drawn(text, />([^<>\s][^<>]*)</dg, random), edge(random)),
  (text, random) => replaced(text, drawn(text, />([^<>\s][^<>]*)</dg, random), edge(random)),
  (text, random) => replaced(text, drawn(text, /="([^"<>]*)"/dg, random), edge(random)),
  // A whole element: out, twice, many times, elsewhere, inside itself, by another name.
  (text, random) => replaced(text, element(text, random), ''),
  (text, random) => withElement(text, random, (found) => found + found),
  (text, random) => withElement(text, random, (found) => found.repeat(2 + random.integer(60))),
  (text, random) => inserted(text, element(text, random)?.text ?? '', random),
  (text, random) => withElement(text, random, (found) => found.replace('>', () => `>${found}`)),
  (text, random) => {
    const [from, to] = [name(text, random), name(text, random)];
    return withElement(text, random, (found) => found.replaceAll(new RegExp(`(</?)${from}\\b`, 'g'), `$1${to}`));
  },
  // An element that few files have.
  (text, random) => inserted(text, STRANGERS[random.integer(STRANGERS.length)], random),
  (text, random) => inserted(text, STRANGERS[random.integer(STRANGERS.length)], random),
];

function edge(random) {
  return EDGE_TEXTS[random.integer(EDGE_TEXTS.length)];
}

/** One of the places where a pattern's group stands, if there are any. */
function drawn(text, pattern, random) {
  const all = [...text.matchAll(pattern)];
  const match = all[random.integer(Math.max(1, all.length))];
  return match === undefined ? undefined : { at: match.indices[1][0], text: match[1] };
}

/** A whole element below the root: from a start tag to the end tag that belongs to it. */
function element(text, random) {
  const begin = drawn(text, /(<[a-z][a-z-]*(?:\s[^<>]*)?>)/dg, random);
  if (begin === undefined || begin.text.startsWith('<score')) return undefined;
  if (begin.text.endsWith('/>')) return begin;
  const [, tag] = /^<([a-z-]+)/.exec(begin.text);
  let depth = 0;
  for (const match of text.slice(begin.at).matchAll(new RegExp(`<(/?)${tag}(?:\\s[^<>]*)?(/?)>`, 'g'))) {
    depth += match[1] === '/' ? -1 : match[2] === '/' ? 0 : 1;
    if (depth === 0) return { at: begin.at, text: text.slice(begin.at, begin.at + match.index + match[0].length) };
  }
  return undefined;
}

function withElement(text, random, change) {
  const found = element(text, random);
  return found === undefined ? text : replaced(text, found, change(found.text));
}

function replaced(text, place, by) {
  return place === undefined ? text : text.slice(0, place.at) + by + text.slice(place.at + place.text.length);
}

/** Puts something before an element. */
function inserted(text, what, random) {
  const place = element(text, random);
  return place === undefined ? text : text.slice(0, place.at) + what + text.slice(place.at);
}

/** The name of some element. */
function name(text, random) {
  return drawn(text, /<([a-z][a-z-]*)/dg, random)?.text ?? 'note';
}
