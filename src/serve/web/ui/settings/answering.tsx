// How daring answers are: what others call the temperature of sampling.

import { useSession, useView } from '../session-context.js';

/** Words for ranges of it, each from its number on. */
const WORDS = [
  [0, 'plays safe'],
  [0.6, 'careful'],
  [0.9, 'as it learned'],
  [1.15, 'bold'],
  [1.5, 'wild'],
] as const;

export function Answering() {
  const session = useSession();
  const temperature = useView((view) => view.settings.temperature);
  const words = WORDS.findLast(([from]) => temperature >= from)?.[1] ?? '';
  const value = temperature.toFixed(2);
  return (
    <section aria-labelledby="answer-title">
      <h3 id="answer-title">Answers</h3>
      <div class="row" title={`Temperature ${value}: 1 is as the model learned it; more is more surprising`}>
        <label for="daring">Daring</label>
        <output for="daring" class="value">
          {words} · {value}
        </output>
      </div>
      <input
        id="daring"
        type="range"
        min={0.1}
        max={2}
        step={0.05}
        value={temperature}
        aria-valuetext={`${words}, temperature ${value}`}
        onInput={(event) => session.change({ temperature: Number(event.currentTarget.value) })}
      />
    </section>
  );
}
