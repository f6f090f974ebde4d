// What the session has to say: cards in the corner, read out as they come. Mere information goes away by itself.

import { useEffect } from 'preact/hooks';
import type { Notice, PageView } from '../page-session.js';
import { CloseIcon } from './icons.js';
import { useSession, useView } from './session-context.js';

const INFORMATION_SECONDS = 9;
const KINDS: Readonly<Record<Notice['kind'], string>> = { info: 'Information', warning: 'Warning', error: 'Error' };

function Card({ notice: { id, kind, message, hint } }: { notice: Notice }) {
  const session = useSession();
  useEffect(() => {
    if (kind !== 'info') return;
    const timer = setTimeout(() => session.dismiss(id), INFORMATION_SECONDS * 1000);
    return () => clearTimeout(timer);
  }, [id, kind, session]);
  return (
    <li class={`notice ${kind}`}>
      <div>
        <span class="unseen">{KINDS[kind]}: </span>
        <p>
          <bdi>{message}</bdi>
        </p>
        {hint !== undefined && (
          <p class="notice-hint">
            <bdi>{hint}</bdi>
          </p>
        )}
      </div>
      <button type="button" class="icon-button" aria-label={`Dismiss: ${message.slice(0, 60)}`} onClick={() => session.dismiss(id)}>
        <CloseIcon />
      </button>
    </li>
  );
}

/** What the invitation to play says already: that there is no sound. */
const saidElsewhere = ({ sound, jamming, playingBack }: PageView): string | undefined =>
  sound.state === 'failed' && !jamming && playingBack === undefined ? sound.message : undefined;

export function Notices() {
  const said = useView(saidElsewhere);
  const all = useView((view) => view.notices);
  const notices = all.filter(({ message }) => message !== said);
  return (
    <section class="notices" aria-label="Notices" aria-live="polite">
      <ul>
        {notices.map((notice) => (
          <Card key={notice.id} notice={notice} />
        ))}
      </ul>
    </section>
  );
}
