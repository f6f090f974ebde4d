// Music for tests: tunes made up by rule, written as ABC, so that nothing has to be brought along.

/** A tune of `bars` bars in C major that walks up and down the scale; each number gives another one. */
export function madeUpTune(number: number, bars = 16): string {
  const scale = ['C', 'D', 'E', 'F', 'G', 'A', 'B', 'c', 'd', 'e', 'f', 'g'];
  let place = number % 5;
  let state = number + 1;
  const next = (n: number): number => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return Math.floor((state / 2147483648) * n);
  };
  const bar = (): string =>
    Array.from({ length: 4 }, () => {
      place = Math.max(0, Math.min(scale.length - 1, place + next(5) - 2));
      return `${scale[place]}2`;
    }).join(' ');
  const music = Array.from({ length: bars }, bar).join('|');
  return `X:1\nT:Tune ${number}\nM:4/4\nL:1/8\nK:C\n${music}|]\n`;
}

/** Files of `count` tunes by name. */
export function madeUpTunes(count: number): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, i) => [`tune-${String(i + 1).padStart(2, '0')}.abc`, madeUpTune(i + 1)]));
}
