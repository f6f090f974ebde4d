// The letters of the computer keyboard as a piano: two rows of keys by their places (KeyboardEvent.code), whatever is printed on them.

/** White and black keys from the lower C on, as they lie on the keyboard. */
const LOWER_ROW = 'KeyZ KeyS KeyX KeyD KeyC KeyV KeyG KeyB KeyH KeyN KeyJ KeyM Comma KeyL Period Semicolon Slash'.split(' ');
const UPPER_ROW =
  'KeyQ Digit2 KeyW Digit3 KeyE KeyR Digit5 KeyT Digit6 KeyY Digit7 KeyU KeyI Digit9 KeyO Digit0 KeyP BracketLeft Equal BracketRight'.split(
    ' ',
  );
/** C4. */
const LOWEST_C = 60;
const OCTAVE = 12;
const HIGHEST_PITCH = 127;

/** The pitch of each letter, moved by octaves. The rows overlap: the upper one begins an octave above the lower one. */
export function keyboardLetters(octave: number): ReadonlyMap<string, number> {
  const lowest = LOWEST_C + OCTAVE * octave;
  const all = [
    ...LOWER_ROW.map((code, k) => [code, lowest + k] as const),
    ...UPPER_ROW.map((code, k) => [code, lowest + OCTAVE + k] as const),
  ];
  return new Map(all.filter(([, pitch]) => pitch >= 0 && pitch <= HIGHEST_PITCH));
}
