// What the page does and which keys it knows, in a dialog.

import { useEffect, useRef } from 'preact/hooks';
import { CloseIcon } from './icons.js';

const SHORTCUTS = [
  ['Letters', 'play the piano; the letters stand on its keys'],
  ['Space', 'begins and stops'],
  ['Enter', 'hands over, where turns have no set length'],
  ['← →', 'move the letters by an octave'],
  ['Esc', 'closes what is open, else silences everything'],
  ['Ctrl Z, Ctrl Shift Z', 'undo and redo in the recording'],
  ['Delete', 'takes out the turn that has the focus'],
  ['?', 'this help'],
] as const;

export function Help({ open, onClose }: { open: boolean; onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (open) dialog.current?.showModal();
    else dialog.current?.close();
  }, [open]);
  return (
    <dialog ref={dialog} class="help" aria-labelledby="help-title" onClose={onClose}>
      <div class="help-inside">
        <div class="head-row">
          <h2 id="help-title">How to play</h2>
          <button type="button" class="icon-button" aria-label="Close" onClick={onClose}>
            <CloseIcon />
          </button>
        </div>
        <p>
          You play, a model that has learned from music answers, and you answer back. Your notes <b class="you-ink">rise from the keys</b>,
          the model’s <b class="model-ink">come down to them</b>: outlines are what it will play.
        </p>
        <p>
          Everything is recorded in this browser. Click a turn below the piano to hear it; its menu has other answers to the same phrase.
        </p>
        <dl class="shortcuts">
          {SHORTCUTS.map(([key, meaning]) => (
            <div key={key}>
              <dt>
                <kbd>{key}</kbd>
              </dt>
              <dd>{meaning}</dd>
            </div>
          ))}
        </dl>
      </div>
    </dialog>
  );
}
