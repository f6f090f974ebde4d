// The computer keyboard: letters play, a few other keys steer. Nothing fires while someone types, and controls keep the keys they need.

import { TURN_MODES } from '../../../jam/turns/turn-modes.js';
import type { PageSession } from '../page-session.js';
import type { Hands } from './hands.js';

const VELOCITY = 90;
const MOST_OCTAVES = 3;

export interface KeyboardActions {
  readonly help: () => void;
}

/** Whether keys belong to what has the focus, because one types there. */
function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return !['range', 'checkbox', 'radio', 'button'].includes(target.type);
  return target.matches('textarea, select, [contenteditable]');
}

/** Whether Space, Enter and arrows belong to what has the focus; Escape never does. */
const isControl = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest('button, input, a, summary, [role="menu"], [role="slider"], [role="radiogroup"]') !== null;

/** Begins or ends the jam; ends what is played back. */
export function toggleJam(session: PageSession): void {
  if (session.view.playingBack !== undefined) session.stopPlayback();
  else if (session.view.jamming) session.end();
  else void session.begin();
}

/** Moves the letters and the piano, as far as there are octaves. */
export function shiftOctave(session: PageSession, by: number): void {
  const octave = Math.min(MOST_OCTAVES, Math.max(-MOST_OCTAVES, session.view.settings.octave + by));
  if (octave !== session.view.settings.octave) session.change({ octave });
}

/** Whether the player may end a turn. */
export const mayHandOver = (session: PageSession): boolean => session.view.jamming && !TURN_MODES[session.view.settings.mode].strict;

/** Listens to the keyboard. Returns what ends that. */
export function listenToKeyboard(session: PageSession, hands: Hands, { help }: KeyboardActions): () => void {
  const steer = (event: KeyboardEvent): boolean => {
    if (event.key === 'Escape') {
      session.panic();
      return true;
    }
    if (isControl(event.target)) return false;
    switch (event.key) {
      case ' ':
        if (!event.repeat) toggleJam(session);
        return true;
      case 'Enter':
        if (!event.repeat && mayHandOver(session)) session.control({ type: 'hand-over' });
        return true;
      case 'ArrowLeft':
      case 'ArrowRight':
        shiftOctave(session, event.key === 'ArrowLeft' ? -1 : 1);
        return true;
      default:
        return false;
    }
  };
  const down = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.isComposing || isTyping(event.target)) return;
    if (document.querySelector('dialog[open]') !== null) return;
    if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === 'z') {
      event.preventDefault();
      if (event.shiftKey) session.redo();
      else session.undo();
      return;
    }
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === '?') {
      event.preventDefault();
      help();
      return;
    }
    const pitch = session.view.keys.get(event.code);
    if (pitch !== undefined) {
      event.preventDefault();
      if (!event.repeat) hands.press(event.code, pitch, VELOCITY, event.timeStamp);
    } else if (steer(event)) event.preventDefault();
  };
  const up = (event: KeyboardEvent): void => hands.release(event.code, event.timeStamp);
  const away = (): void => hands.releaseAll();
  document.addEventListener('keydown', down);
  document.addEventListener('keyup', up);
  window.addEventListener('blur', away);
  document.addEventListener('visibilitychange', away);
  return () => {
    document.removeEventListener('keydown', down);
    document.removeEventListener('keyup', up);
    window.removeEventListener('blur', away);
    document.removeEventListener('visibilitychange', away);
  };
}
