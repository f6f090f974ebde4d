// Says whose turn it is to those who do not see it, and not more often than one can listen to.

import { useEffect, useRef, useState } from 'preact/hooks';
import type { Phase } from '../../../jam/status.js';
import { useMoment, useView } from './session-context.js';
import { modelNames } from './words.js';

/** Turns that follow each other faster are not announced. Milliseconds. */
const SELDOM = 2500;

export function Announcer() {
  const jamming = useView((view) => view.jamming);
  const { phase, models } = useMoment((status) => ({
    phase: status?.phase ?? 'ready',
    models: status?.models.map(({ model }) => model) ?? [],
  }));
  const [text, setText] = useState('');
  const last = useRef({ at: Number.NEGATIVE_INFINITY, phase });
  const began = useRef(false);
  useEffect(() => {
    const words: Readonly<Record<Phase, string>> = {
      ready: '',
      'count-in': 'Get ready',
      waiting: 'Play when you like',
      you: 'Your turn',
      model: `${modelNames(models)} ${models.length > 1 ? 'answer' : 'answers'}`,
      // Of the jam before: that this one ends is told by its end.
      ended: '',
    };
    const now = performance.now();
    if (!jamming) {
      if (began.current) setText('Stopped');
      began.current = false;
      last.current = { at: Number.NEGATIVE_INFINITY, phase };
      return;
    }
    began.current = true;
    // What follows the count-in is what one gets ready for.
    const soon = now - last.current.at < SELDOM && last.current.phase !== 'count-in';
    if (soon || words[phase] === '') return;
    last.current = { at: now, phase };
    setText(words[phase]);
  }, [phase, jamming, models]);
  return (
    <p class="unseen" role="status" aria-live="polite">
      {text}
    </p>
  );
}
