// What a change of settings means to a jam that goes on.

import type { Control } from '../../../jam/control.js';
import type { PageSettings } from '../page-session.js';

/** The controls that turn one set of settings into the other; models apart, which have to be fetched first. */
export function settingControls(old: PageSettings, fresh: PageSettings): Control[] {
  const controls: Control[] = [];
  const { mode, exchanges, qpm, temperature, metronome } = fresh;
  if (mode !== old.mode) controls.push({ type: 'mode', mode });
  // Another mode begins with its own lengths.
  const before = mode === old.mode ? old.exchanges : null;
  if (JSON.stringify(exchanges) !== JSON.stringify(before)) controls.push({ type: 'exchanges', exchanges });
  if (qpm !== old.qpm) controls.push({ type: 'tempo', qpm });
  if (temperature !== old.temperature) controls.push({ type: 'temperature', temperature });
  if (metronome !== old.metronome) controls.push({ type: 'metronome', metronome });
  return controls;
}
