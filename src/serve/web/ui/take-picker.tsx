// The takes of the last answer: the one that is kept is looped, varied and exported.

import { useMoment, useSession } from './session-context.js';

export function TakePicker() {
  const session = useSession();
  const takes = useMoment((status) => status?.takes ?? null);
  if (takes === null || takes.ready.length < 2) return null;
  return (
    <div class="takes" role="radiogroup" aria-label="Which of the last answers is kept">
      <span class="takes-label" aria-hidden="true">
        Last answer
      </span>
      {takes.ready.map((take) => (
        <label key={take}>
          <input type="radio" name="take" checked={take === takes.kept} onChange={() => session.control({ type: 'keep-take', take })} />
          <span>
            <span class="unseen">Answer </span>
            {take + 1}
          </span>
        </label>
      ))}
    </div>
  );
}
