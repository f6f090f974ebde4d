// Settings: a drawer at the side (a sheet from below on a phone) that stays open while one plays.

import { useEffect, useRef } from 'preact/hooks';
import { CloseIcon } from '../icons.js';
import { Answering } from './answering.js';
import { Beat } from './beat.js';
import { Midi } from './midi.js';
import { Sounds } from './sounds.js';
import { Turns } from './turns.js';

export function Drawer({ onClose }: { onClose: () => void }) {
  const drawer = useRef<HTMLElement>(null);
  useEffect(() => drawer.current?.querySelector<HTMLElement>('h2')?.focus({ preventScroll: true }), []);
  return (
    <aside
      class="drawer"
      id="settings"
      ref={drawer}
      aria-labelledby="settings-title"
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || event.defaultPrevented) return;
        event.stopPropagation();
        onClose();
      }}
    >
      <div class="head-row drawer-head">
        <h2 id="settings-title" tabIndex={-1}>
          Settings
        </h2>
        <button type="button" class="icon-button" aria-label="Close settings" onClick={onClose}>
          <CloseIcon />
        </button>
      </div>
      <div class="drawer-body">
        <Turns />
        <Beat />
        <Answering />
        <Sounds />
        <Midi />
      </div>
    </aside>
  );
}
