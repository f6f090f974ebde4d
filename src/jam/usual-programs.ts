// What sides sound like that chose no sound of their own, live and afterwards: an electric piano, and a flute to answer it.

const [ELECTRIC_PIANO, VIBRAPHONE, FLUTE] = [4, 11, 73];

export interface Programs {
  readonly you: number;
  readonly model: number;
}

/** General MIDI programs, 0..127, of both sides: those that were chosen, and where none was (null), one that differs from the other's. */
export function usualPrograms({ you, model }: { readonly you: number | null; readonly model: number | null }): Programs {
  const yours = you ?? ELECTRIC_PIANO;
  return { you: yours, model: model ?? (yours === FLUTE ? VIBRAPHONE : FLUTE) };
}
