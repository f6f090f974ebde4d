// What files that are kept are called: when it was played, and with whom, in a way that every system takes. Pure.

const LONGEST_NAME = 60;

/** Such as `2026-11-22 1923 folk`, without an ending. @param played in the player's own time */
export function fileName(played: Date, model: string): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${played.getFullYear()}-${two(played.getMonth() + 1)}-${two(played.getDate())}`;
  const moment = `${day} ${two(played.getHours())}${two(played.getMinutes())}`;
  // Letters and digits of any script, and what no system gives a meaning to.
  const safe = model
    .normalize('NFC')
    .replace(/[^\p{L}\p{M}\p{N}._+-]+/gu, ' ')
    .trim();
  const short = [...safe]
    .slice(0, LONGEST_NAME)
    .join('')
    .replace(/[. ]+$/u, '');
  return Number.isNaN(played.getTime()) ? short || 'jam' : [moment, short].filter((part) => part !== '').join(' ');
}
