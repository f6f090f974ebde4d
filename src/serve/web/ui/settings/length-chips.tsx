// A turn's length: a few usual ones to touch, and any other number.

import type { Side } from '../../page-session.js';
import { NumberField } from './number-field.js';

const SHORTEST = 0.25;
const LONGEST = 1000;

interface LengthChipsProps {
  readonly legend: string;
  readonly side: Side;
  readonly lengths: readonly number[];
  /** 0 = like yours. */
  readonly value: number;
  readonly inWords: (count: number) => string;
  readonly asLong?: boolean;
  readonly onChange: (value: number) => void;
}

export function LengthChips({ legend, side, lengths, value, inWords, asLong = false, onChange }: LengthChipsProps) {
  return (
    <fieldset class={`chips ${side}`}>
      <legend>
        <i class={`mark ${side}`} aria-hidden="true" />
        {legend}
      </legend>
      {asLong && (
        <label>
          <input type="radio" name={`length-${side}`} checked={value === 0} onChange={() => onChange(0)} />
          <span>like yours</span>
        </label>
      )}
      {lengths.map((length) => (
        <label key={length}>
          <input
            type="radio"
            name={`length-${side}`}
            checked={value === length}
            aria-label={inWords(length)}
            onChange={() => onChange(length)}
          />
          <span>{length}</span>
        </label>
      ))}
      <NumberField
        label={`${legend}, another length`}
        value={value === 0 ? null : value}
        least={SHORTEST}
        most={LONGEST}
        step="any"
        onChange={onChange}
      />
      <span class="unit">{inWords(2).replace(/^2 /, '')}</span>
    </fieldset>
  );
}
