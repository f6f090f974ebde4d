// What can be done with a turn: another of its answers, silence, away with it.

import type { TimelineTurn } from '../../../../jam/timeline/timeline.js';
import { MoreIcon } from '../icons.js';
import { Panel } from '../panel.js';
import { useSession } from '../session-context.js';

export function TurnMenu({ turn, number, name }: { turn: TimelineTurn; number: number; name: string }) {
  const session = useSession();
  const { turn: index, takes, take, muted } = turn;
  return (
    <Panel
      label={`Turn ${number}: ${name}`}
      class="turn-menu"
      buttonClass="turn-more"
      buttonLabel={`More about turn ${number}${takes.length > 1 ? `: answer ${take + 1}` : ''}`}
      button={<MoreIcon />}
    >
      {(close) => (
        <>
          {takes.length > 1 && (
            <fieldset class="chips model">
              <legend>Answers to the same phrase</legend>
              {takes.map((each) => (
                <label key={each}>
                  <input type="radio" name={`take-${index}`} checked={each === take} onChange={() => session.chooseTake(index, each)} />
                  <span>
                    <span class="unseen">Answer </span>
                    {each + 1}
                  </span>
                </label>
              ))}
            </fieldset>
          )}
          <button
            type="button"
            class="menu-row"
            onClick={() => {
              session.mute(index, !muted);
              close();
            }}
          >
            {muted ? 'Let it sound again' : 'Mute'}
          </button>
          <button
            type="button"
            class="menu-row"
            onClick={() => {
              close();
              session.remove(index);
            }}
          >
            Delete
          </button>
        </>
      )}
    </Panel>
  );
}
