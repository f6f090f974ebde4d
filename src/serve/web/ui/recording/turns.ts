// The turns that stand as blocks.

import { useMemo } from 'preact/hooks';
import type { TimelineTurn } from '../../../../jam/timeline/timeline.js';
import { useView } from '../session-context.js';

/** The recording's turns, but for one that ended as it began, where the jam was stopped: there is nothing to hear in it. */
export function useTurns(): readonly TimelineTurn[] {
  const timeline = useView((view) => view.timeline);
  return useMemo(() => timeline.filter(({ start, end }) => end > start), [timeline]);
}
