// The page: header, stage, piano, the row of buttons, the recording; settings and help beside it.

import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { Announcer } from './announcer.js';
import { Dock } from './dock.js';
import { Header } from './header.js';
import { Help } from './help.js';
import { listenToKeyboard } from './keyboard.js';
import { pianoRange } from './piano/geometry.js';
import { Piano } from './piano/piano.js';
import { Recording } from './recording/recording.js';
import { useMoment, useShared, useView } from './session-context.js';
import { Drawer } from './settings/drawer.js';
import { GUTTER } from './stage/scene-at.js';
import { Stage } from './stage/stage.js';

const MIDDLE_C = 60;

/** The piano that fits: it is another when the window or the octave is. */
function useRange(box: { readonly current: HTMLElement | null }) {
  const keys = useView((view) => view.keys);
  const [width, setWidth] = useState(1024);
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    const measure = (): void => setWidth(element.clientWidth - 2 * GUTTER);
    measure();
    const watch = new ResizeObserver(measure);
    watch.observe(element);
    return () => watch.disconnect();
  }, [box]);
  const lowest = useMemo(() => (keys.size === 0 ? MIDDLE_C : Math.min(...keys.values())), [keys]);
  return useMemo(() => pianoRange(width, lowest), [width, lowest]);
}

export function App() {
  const { session, hands } = useShared();
  const box = useRef<HTMLElement>(null);
  const range = useRange(box);
  const [settings, setSettings] = useState(false);
  const [help, setHelp] = useState(false);
  const [sheet, setSheet] = useState(false);
  const jamming = useView((view) => view.jamming);
  const side = useMoment((status) =>
    status?.phase === 'model' ? 'model' : status?.phase === 'you' || status?.phase === 'waiting' ? 'you' : 'none',
  );
  useEffect(() => listenToKeyboard(session, hands, { help: () => setHelp(true) }), [session, hands]);
  const closeSettings = (): void => {
    setSettings(false);
    document.getElementById('settings-button')?.focus();
  };
  return (
    <div class="app" data-jamming={jamming} data-side={jamming ? side : 'none'}>
      <Header settingsOpen={settings} onSettings={() => (settings ? closeSettings() : setSettings(true))} onHelp={() => setHelp(true)} />
      <main class="play" ref={box}>
        <Stage range={range} />
        <Piano range={range} />
        <Dock recordingOpen={sheet} onTurns={() => setSettings(true)} onRecording={() => setSheet(!sheet)} />
        <Recording sheet={sheet} onClose={() => setSheet(false)} />
      </main>
      {settings && <Drawer onClose={closeSettings} />}
      <Help open={help} onClose={() => setHelp(false)} />
      <Announcer />
    </div>
  );
}
