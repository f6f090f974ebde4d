// What keeps the page from playing as it should, and what to do about it: no models, a broken one, no sound.

import { WarningIcon } from './icons.js';
import { useSession, useView } from './session-context.js';

function Explained({ message, hint, children }: { message: string; hint?: string | undefined; children?: preact.ComponentChildren }) {
  return (
    <div class="trouble">
      <WarningIcon />
      <div>
        <p class="trouble-message">
          <bdi>{message}</bdi>
        </p>
        {hint !== undefined && (
          <p class="trouble-hint">
            <bdi>{hint}</bdi>
          </p>
        )}
        {children}
      </div>
    </div>
  );
}

export function Trouble() {
  const session = useSession();
  const trouble = useView((view) => view.trouble);
  const listing = useView((view) => view.listing);
  const models = useView((view) => view.models);
  const chosen = useView((view) => view.settings.models);
  const sound = useView((view) => view.sound);
  const again = (
    <button type="button" class="small" onClick={() => void session.reload()}>
      Look again
    </button>
  );
  const broken = models.find(({ name, loaded }) => chosen.includes(name) && loaded.state === 'broken');
  const why = broken?.loaded.state === 'broken' ? broken.loaded : undefined;
  return (
    <>
      {sound.state === 'failed' && <Explained message={sound.message} hint={sound.hint} />}
      {trouble !== undefined && (
        <Explained message={trouble.message} hint={trouble.hint}>
          {listing !== 'loading' && again}
        </Explained>
      )}
      {trouble === undefined && listing === 'ready' && models.length === 0 && (
        <Explained message="There is no model here yet." hint="Train one with “mst train --artist NAME ./midi”, then look again.">
          {again}
        </Explained>
      )}
      {why !== undefined && trouble === undefined && (
        <Explained message={`${broken?.name} cannot play. ${why.message}`} hint={why.hint ?? 'Choose another model above.'} />
      )}
    </>
  );
}
