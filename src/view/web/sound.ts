// The sound of a share page. It stands in the page as the source of its audio element, which plays it where scripts do not run; where they
// do, it becomes a file of its own in memory, in which every browser finds its way, and which can be kept.

/** Milliseconds by which an MP3 is heard later than what was encoded: 1105 samples of encoder and decoder. */
const LATE = (1105 / 44_100) * 1000;

export interface Sound {
  /** Milliseconds of the music that is heard now. */
  time: number;
}

/** @param link is given the file to keep, and shown */
export function soundOf(audio: HTMLAudioElement, link: HTMLAnchorElement): Sound {
  const [, base64 = ''] = (audio.getAttribute('src') ?? '').split(',');
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const file = URL.createObjectURL(new Blob([bytes], { type: 'audio/mpeg' }));
  audio.controls = false;
  audio.src = file;
  link.href = file;
  link.hidden = false;
  return {
    get time() {
      return Math.max(0, audio.currentTime * 1000 - LATE);
    },
    set time(milliseconds) {
      audio.currentTime = milliseconds === 0 ? 0 : (milliseconds + LATE) / 1000;
    },
  };
}
