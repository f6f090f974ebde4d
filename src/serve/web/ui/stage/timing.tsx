// How the last answer came, for those who care: small, under the model's name.

import { useMoment } from '../session-context.js';
import { plural } from '../words.js';

const milliseconds = (seconds: number): string => `${Math.abs(Math.round(seconds * 1000))} ms`;

export function Timing() {
  const answer = useMoment((status) => status?.lastAnswer ?? null);
  if (answer === null) return null;
  const { offset, generation, lateNotes } = answer;
  const parts: string[] = [];
  if (offset !== null) parts.push(Math.abs(offset) < 0.0005 ? 'on the beat' : `${milliseconds(offset)} ${offset < 0 ? 'early' : 'late'}`);
  if (generation !== null) parts.push(`thought for ${milliseconds(generation)}`);
  if (lateNotes > 0) parts.push(`${plural(lateNotes, 'note')} left out`);
  if (parts.length === 0) return null;
  return (
    <span class="timing" title="When the first note of the last answer really went out, and how long the model thought about it">
      {parts.join(' · ')}
    </span>
  );
}
