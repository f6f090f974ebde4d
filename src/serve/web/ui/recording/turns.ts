// The turns that stand as blocks.

import { useMemo } from 'preact/hooks';
import type { TimelineTurn } from '../../../../jam/timeline/timeline.js';
import { useView } from '../session-context.js';

const NONE: readonly TimelineTurn[] = [];

/**
 * The recording's turns, but for one that ended as it began, where the jam was stopped: there is nothing to hear in it. None before anybody
 * has played.
 */
export function useTurns(): readonly TimelineTurn[] {
  const timeline = useView((view) => view.timeline);
  return useMemo(() => {
    const isHeard = timeline.some(({ notes }) => notes.length > 0);
    return isHeard ? timeline.filter(({ start, end }) => end > start) : NONE;
  }, [timeline]);
}
