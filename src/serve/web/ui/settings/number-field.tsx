// A number that is typed: it counts once it is possible, and goes back to what it was when one leaves it otherwise.

import { useEffect, useState } from 'preact/hooks';

interface NumberFieldProps {
  readonly label: string;
  /** null = empty. */
  readonly value: number | null;
  readonly least: number;
  readonly most: number;
  readonly step?: number | 'any';
  readonly onChange: (value: number) => void;
}

export function NumberField({ label, value, least, most, step = 1, onChange }: NumberFieldProps) {
  const shown = value === null ? '' : String(value);
  const [text, setText] = useState(shown);
  useEffect(() => setText(shown), [shown]);
  const possible = (typed: string): number | undefined => {
    const number = Number(typed);
    if (typed.trim() === '' || !(number >= least && number <= most)) return undefined;
    return step === 1 && !Number.isInteger(number) ? undefined : number;
  };
  const wrong = text !== shown && possible(text) === undefined;
  return (
    <input
      type="number"
      class="number"
      inputMode="decimal"
      aria-label={label}
      aria-invalid={wrong}
      min={least}
      max={most}
      step={step}
      value={text}
      onInput={(event) => {
        const typed = event.currentTarget.value;
        setText(typed);
        const number = possible(typed);
        if (number !== undefined && number !== value) onChange(number);
      }}
      onBlur={() => setText(shown)}
    />
  );
}
