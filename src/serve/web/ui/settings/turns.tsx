// How turns are taken: seven ways, and how long turns are.

import { TURN_MODE_NAMES, TURN_MODES } from '../../../../jam/turns/turn-modes.js';
import { useSession, useView } from '../session-context.js';
import { exchangesOf, MODE_WORDS, plural } from '../words.js';
import { LengthChips } from './length-chips.js';

const SECONDS = [3, 5, 8, 13];
const BARS = [1, 2, 4, 8];
const TRADES = [[8, 4, 2, 1], [4, 2, 1], [2, 1], [4]];

function Trades() {
  const session = useSession();
  const settings = useView((view) => view.settings);
  const now = exchangesOf(settings)
    .map(({ you }) => you)
    .join();
  return (
    <fieldset class="chips">
      <legend>Bars each</legend>
      {TRADES.map((lengths) => (
        <label key={lengths.join()}>
          <input
            type="radio"
            name="trade"
            checked={lengths.join() === now}
            onChange={() => session.change({ exchanges: lengths.map((bars) => ({ you: bars, model: bars })) })}
          />
          <span>{lengths.join(' · ')}</span>
        </label>
      ))}
    </fieldset>
  );
}

function Lengths() {
  const session = useSession();
  const settings = useView((view) => view.settings);
  const { unit, callEnds, answerEnds } = TURN_MODES[settings.mode];
  const [first = { you: 0, model: 0 }] = exchangesOf(settings);
  if (settings.mode === 'trade') return <Trades />;
  if (answerEnds === 'never') return null;
  const lengths = unit === 'seconds' ? SECONDS : BARS;
  const inWords = (count: number): string => plural(count, unit === 'seconds' ? 'second' : 'bar');
  const change = (part: Partial<typeof first>): void => session.change({ exchanges: [{ ...first, ...part }] });
  return (
    <>
      {callEnds === 'length' && (
        <LengthChips
          legend="You play"
          side="you"
          lengths={lengths}
          value={first.you}
          inWords={inWords}
          onChange={(you) => change({ you })}
        />
      )}
      <LengthChips
        legend="The answer lasts"
        side="model"
        lengths={lengths}
        value={first.model}
        inWords={inWords}
        asLong
        onChange={(model) => change({ model })}
      />
    </>
  );
}

export function Turns() {
  const session = useSession();
  const mode = useView((view) => view.settings.mode);
  return (
    <section aria-labelledby="turns-title">
      <h3 id="turns-title">Taking turns</h3>
      <div class="modes" role="radiogroup" aria-labelledby="turns-title">
        {TURN_MODE_NAMES.map((name) => (
          <div key={name} class="mode-box">
            <label class="mode">
              <input type="radio" name="mode" checked={name === mode} onChange={() => session.change({ mode: name, exchanges: null })} />
              <span>
                <b>{MODE_WORDS[name].title}</b>
                <span>{MODE_WORDS[name].description}</span>
              </span>
            </label>
            {name === mode && <Lengths />}
          </div>
        ))}
      </div>
    </section>
  );
}
