// Small MusicXML scores, written element by element as the format's documentation describes them.

/** What an element holds; `undefined` is left out. */
export type Content = string | undefined | readonly Content[];

export function element(name: string, content: Content = '', attributes: Readonly<Record<string, string | undefined>> = {}): string {
  const given = Object.entries(attributes).flatMap(([key, value]) => (value === undefined ? [] : [` ${key}="${value}"`]));
  return `<${name}${given.join('')}>${flat(content)}</${name}>`;
}

function flat(content: Content): string {
  return typeof content === 'string' ? content : (content ?? []).map(flat).join('');
}

export interface NoteOptions {
  readonly chord?: boolean;
  readonly voice?: number;
  readonly staff?: number;
  readonly tie?: 'start' | 'stop' | 'both';
  readonly grace?: boolean;
  readonly cue?: boolean;
  readonly instrument?: string;
  readonly dynamics?: number;
}

/** A note such as `C4`, `F#5` or `Bb3` (B-flat), or `r` for a rest, of so many divisions. */
export function note(name: string, duration: number | string, options: NoteOptions = {}): string {
  const [, step = '', sign = '', octave = ''] = /^([A-G])(##|#|bb|b|)(-?\d)$/.exec(name) ?? [];
  const alter = sign === '' ? undefined : element('alter', String(sign.startsWith('#') ? sign.length : -sign.length));
  const what = name === 'r' ? '<rest/>' : element('pitch', [element('step', step), alter, element('octave', octave)]);
  return sounding(what, duration, options);
}

/** A stroke of percussion. */
export function stroke(duration: number, options: NoteOptions = {}): string {
  return sounding('<unpitched><display-step>C</display-step><display-octave>5</display-octave></unpitched>', duration, options);
}

function sounding(what: string, duration: number | string, options: NoteOptions): string {
  const { chord, voice, staff, tie, grace, cue, instrument, dynamics } = options;
  const ties = (tie === 'both' ? ['stop', 'start'] : tie === undefined ? [] : [tie]).map((type) => element('tie', '', { type }));
  const content = [
    grace ? '<grace/>' : undefined,
    cue ? '<cue/>' : undefined,
    chord ? '<chord/>' : undefined,
    what,
    grace ? undefined : element('duration', String(duration)),
    ties,
    instrument === undefined ? undefined : element('instrument', '', { id: instrument }),
    voice === undefined ? undefined : element('voice', String(voice)),
    staff === undefined ? undefined : element('staff', String(staff)),
  ];
  return element('note', content, { dynamics: dynamics === undefined ? undefined : String(dynamics) });
}

/** Attributes of a measure: divisions of a quarter note, metre such as `3/4`, sharps (flats below 0). */
export function attributes(given: {
  divisions?: number | string;
  time?: string;
  fifths?: number;
  mode?: string;
  transpose?: readonly [number, number];
}): string {
  const { divisions, time, fifths, mode, transpose } = given;
  const [beats = '', type = ''] = time?.split('/') ?? [];
  return element('attributes', [
    divisions === undefined ? undefined : element('divisions', String(divisions)),
    fifths === undefined
      ? undefined
      : element('key', [element('fifths', String(fifths)), mode === undefined ? undefined : element('mode', mode)]),
    time === undefined ? undefined : element('time', [element('beats', beats), element('beat-type', type)]),
    transpose && element('transpose', [element('chromatic', String(transpose[0])), element('octave-change', String(transpose[1]))]),
  ]);
}

export const backup = (duration: number): string => element('backup', element('duration', String(duration)));
export const forward = (duration: number): string => element('forward', element('duration', String(duration)));
/** A direction that only sounds: `tempo`, `dynamics`, `dacapo`, `dalsegno`, `segno`, `tocoda`, `coda`, `fine`. */
export const sound = (given: Readonly<Record<string, string>>): string =>
  element('direction', [element('direction-type', element('words', 'mark')), element('sound', '', given)]);
export const metronome = (unit: string, perMinute: string, dots = 0): string =>
  element(
    'direction',
    element(
      'direction-type',
      element('metronome', [element('beat-unit', unit), '<beat-unit-dot/>'.repeat(dots), element('per-minute', perMinute)]),
    ),
  );

export interface BarlineOptions {
  readonly repeat?: 'forward' | 'backward';
  readonly times?: number;
  readonly ending?: readonly [type: string, number: string];
}

export function barline(location: 'left' | 'right', { repeat, times, ending }: BarlineOptions): string {
  return element(
    'barline',
    [
      ending && element('ending', '', { type: ending[0], number: ending[1] }),
      repeat && element('repeat', '', { direction: repeat, times: times === undefined ? undefined : String(times) }),
    ],
    { location },
  );
}

export interface PartOptions {
  readonly name?: string;
  /** Contents of the score-part beside its name. */
  readonly sounds?: string;
  /** Contents of the measures. */
  readonly measures: readonly Content[];
}

const heading = (kind: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE score-${kind} PUBLIC "-//Recordare//DTD MusicXML 4.0//EN" "http://www.musicxml.org/dtds/${kind}.dtd">\n`;

function partList(parts: readonly PartOptions[]): string {
  return element(
    'part-list',
    parts.map(({ name = '', sounds }, i) => element('score-part', [element('part-name', name), sounds], { id: `P${i + 1}` })),
  );
}

/** A whole score, each measure on lines of its own. */
export function score(parts: readonly PartOptions[], before: Content = ''): string {
  const written = parts.map(({ measures }, i) =>
    element('part', ['\n', measures.map((content, m) => [element('measure', content, { number: String(m + 1) }), '\n'])], {
      id: `P${i + 1}`,
    }),
  );
  return `${heading('partwise')}${element('score-partwise', [before, partList(parts), written], { version: '4.0' })}`;
}

/** The same the other way round: parts within measures. */
export function timewise(parts: readonly PartOptions[]): string {
  const most = Math.max(...parts.map(({ measures }) => measures.length));
  const measures = Array.from({ length: most }, (_, m) =>
    element(
      'measure',
      parts.map(({ measures }, i) => element('part', measures[m], { id: `P${i + 1}` })),
      { number: String(m + 1) },
    ),
  );
  return `${heading('timewise')}${element('score-timewise', [partList(parts), measures])}`;
}

/** One part, one voice. */
export function tune(...measures: readonly Content[]): string {
  return score([{ measures }]);
}
