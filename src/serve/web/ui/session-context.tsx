// How components see the session: its view, re-rendered when a part of it changes, and its moments, asked for every frame.

import { createContext } from 'preact';
import { useContext, useEffect, useLayoutEffect, useReducer, useRef, useState } from 'preact/hooks';
import type { Status } from '../../../jam/status.js';
import type { PageSession, PageView } from '../page-session.js';
import type { Frames } from './frames.js';
import type { Hands } from './hands.js';

/** What every component may need. */
export interface Shared {
  readonly session: PageSession;
  readonly frames: Frames;
  readonly hands: Hands;
}

export const SharedContext = createContext<Shared | null>(null);

export function useShared(): Shared {
  const shared = useContext(SharedContext);
  if (shared === null) throw new Error('A component stands outside of the app.');
  return shared;
}

export const useSession = (): PageSession => useShared().session;

/** A part of the view; the component is rendered again when it is another value. */
export function useView<T>(select: (view: PageView) => T): T {
  const { session } = useShared();
  const [, again] = useReducer((count: number) => count + 1, 0);
  const selected = select(session.view);
  const latest = useRef({ select, selected });
  latest.current = { select, selected };
  useLayoutEffect(() => {
    const check = (): void => {
      const { select: choose, selected: last } = latest.current;
      if (!Object.is(choose(session.view), last)) again(undefined as never);
    };
    check();
    return session.subscribe(check);
  }, [session]);
  return selected;
}

/** Something seldom-changing in the jam's status; the component is rendered again when its text as JSON is another. */
export function useMoment<T>(select: (status: Status | null) => T): T {
  const { session, frames } = useShared();
  const [value, setValue] = useState<T>(() => select(session.status()));
  const text = useRef(JSON.stringify(value));
  const latest = useRef(select);
  latest.current = select;
  useEffect(
    () =>
      frames.add(({ status }) => {
        const next = latest.current(status);
        const written = JSON.stringify(next);
        if (written === text.current) return;
        text.current = written;
        setValue(() => next);
      }),
    [frames],
  );
  return value;
}

/** Draws with every frame while the component stands. */
export function useFrame(draw: Parameters<Frames['add']>[0]): void {
  const { frames } = useShared();
  const latest = useRef(draw);
  latest.current = draw;
  useLayoutEffect(() => frames.add((moment) => latest.current(moment)), [frames]);
}
