// The piano at the bottom: by mouse and touch (several fingers, sliding from key to key), by arrow keys and Enter for those who go by keyboard
// or screen reader, and a picture of what sounds, in the player's colour.

import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { useFrame, useShared, useView } from '../session-context.js';
import { GUTTER, sceneAt } from '../stage/scene-at.js';
import { type KeyPlace, keyAt, keysOf, type PianoRange, pitchName } from './geometry.js';
import { keyboardLayout, letterOf } from './letters.js';

/** Share of the keys' length that black keys have; css/piano.css has it, too. */
const BLACK_LENGTH = 0.62;
const SOFTEST = 58;
const LOUDEST = 112;
/** How long a key sounds that is pressed without a pointer or a key, as by a screen reader. Milliseconds. */
const BRIEF = 400;
const STEPS: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1, Home: -128, End: 128 };

const PLAIN = /^[\p{L}\p{N}]$/u;

/** The letter on each pitch; two rows overlap, and letters are easier to find than signs. */
function useLetters(): ReadonlyMap<number, string> {
  const keys = useView((view) => view.keys);
  const [layout, setLayout] = useState<ReadonlyMap<string, string>>();
  useEffect(() => {
    void keyboardLayout().then(setLayout);
  }, []);
  return useMemo(() => {
    const letters = new Map<number, string>();
    for (const [code, pitch] of keys) if (!PLAIN.test(letters.get(pitch) ?? '')) letters.set(pitch, letterOf(code, layout));
    return letters;
  }, [keys, layout]);
}

export function Piano({ range }: { range: PianoRange }) {
  const { hands } = useShared();
  const letters = useLetters();
  const keys = useMemo(() => keysOf(range), [range]);
  const [focused, setFocused] = useState(60);
  const piano = useRef<HTMLFieldSetElement>(null);
  const elements = useRef(new Map<number, HTMLElement>());
  const lit = useRef(new Map<number, string>());
  const tabStop = Math.min(range.high, Math.max(range.low, focused));

  useFrame((moment) => {
    const { sounding } = sceneAt(moment, hands, range);
    const now = new Map<number, string>();
    for (const pitch of sounding.model) now.set(pitch, 'model');
    for (const pitch of [...sounding.you, ...hands.pitches]) now.set(pitch, now.get(pitch) === 'model' ? 'both' : 'you');
    for (const [pitch, side] of now) if (lit.current.get(pitch) !== side) elements.current.get(pitch)?.setAttribute('data-side', side);
    for (const pitch of lit.current.keys()) if (!now.has(pitch)) elements.current.get(pitch)?.removeAttribute('data-side');
    lit.current = now;
  });

  // Keys that were lit when the range changed are other keys now.
  useLayoutEffect(() => {
    lit.current = new Map();
    for (const key of elements.current.values()) key.removeAttribute('data-side');
  }, [range]);

  const pressAt = (event: PointerEvent): void => {
    const box = piano.current?.getBoundingClientRect();
    if (box === undefined) return;
    const [x, y] = [((event.clientX - box.left) / box.width) * range.whites, (event.clientY - box.top) / box.height];
    const name = `pointer ${event.pointerId}`;
    const pitch = y < -0.35 || y > 1.2 ? undefined : keyAt(range, x, Math.max(0, y), BLACK_LENGTH);
    const last = pointers.current.get(event.pointerId);
    if (pitch === last) return;
    pointers.current.set(event.pointerId, pitch);
    if (pitch === undefined) hands.release(name, event.timeStamp);
    else hands.press(name, pitch, Math.round(SOFTEST + (LOUDEST - SOFTEST) * Math.min(1, Math.max(0, y) + 0.25)), event.timeStamp);
  };
  const pointers = useRef(new Map<number, number | undefined>());
  const letGo = (event: PointerEvent): void => {
    if (!pointers.current.delete(event.pointerId)) return;
    hands.release(`pointer ${event.pointerId}`, event.timeStamp);
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    const step = STEPS[event.key];
    if (step !== undefined) {
      const next = Math.min(range.high, Math.max(range.low, tabStop + step));
      setFocused(next);
      elements.current.get(next)?.focus();
      event.preventDefault();
      event.stopPropagation();
    } else if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      event.stopPropagation();
      if (!event.repeat) hands.press(`focus ${event.code}`, tabStop, 90);
    }
  };

  return (
    <fieldset
      class="piano"
      ref={piano}
      aria-label="Piano. Play with letters, or go with the arrow keys and press Enter."
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        piano.current?.setPointerCapture(event.pointerId);
        pressAt(event);
      }}
      onPointerMove={(event) => pointers.current.has(event.pointerId) && pressAt(event)}
      onPointerUp={letGo}
      onPointerCancel={letGo}
      onLostPointerCapture={letGo}
      // A pointer plays; it does not take the focus away.
      onMouseDown={(event) => event.preventDefault()}
      onContextMenu={(event) => event.preventDefault()}
      onKeyDown={onKeyDown}
      onKeyUp={(event) => hands.release(`focus ${event.code}`)}
      onBlurCapture={() => {
        for (const code of ['Enter', 'NumpadEnter', 'Space']) hands.release(`focus ${code}`);
      }}
      style={{ marginInline: `${GUTTER}px` }}
    >
      {keys.map((key) => (
        <Key
          key={key.pitch}
          place={key}
          whites={range.whites}
          letter={letters.get(key.pitch)}
          tabStop={key.pitch === tabStop}
          keep={(element) => {
            if (element === null) elements.current.delete(key.pitch);
            else elements.current.set(key.pitch, element);
          }}
          onFocus={() => setFocused(key.pitch)}
          onBrief={() => {
            hands.press('brief', key.pitch, 90);
            setTimeout(() => hands.release('brief'), BRIEF);
          }}
        />
      ))}
    </fieldset>
  );
}

interface KeyProps {
  place: KeyPlace;
  whites: number;
  letter: string | undefined;
  tabStop: boolean;
  keep: (element: HTMLElement | null) => void;
  onFocus: () => void;
  onBrief: () => void;
}

function Key({ place, whites, letter, tabStop, keep, onFocus, onBrief }: KeyProps) {
  const { pitch, black, x, width } = place;
  const name = pitchName(pitch);
  return (
    <button
      type="button"
      ref={keep}
      class={black ? 'key black' : 'key white'}
      tabIndex={tabStop ? 0 : -1}
      // A click without a pointer comes from assistive technology.
      onClick={(event) => event.detail === 0 && onBrief()}
      onFocus={onFocus}
      style={{ left: `${(x / whites) * 100}%`, width: `${(width / whites) * 100}%` }}
    >
      {pitch % 12 === 0 ? <small>{name}</small> : <span class="unseen">{name}</span>}
      {letter !== undefined && <span class="unseen">letter </span>}
      {letter !== undefined && <kbd>{letter}</kbd>}
    </button>
  );
}
