// The recording as files to keep: MIDI, WAV, MP3, a page to share; how far the one in the making is, and the way to give it up.

import { useLayoutEffect, useRef } from 'preact/hooks';
import type { DownloadKind, PageView } from '../../page-session.js';
import { CloseIcon, DownloadIcon } from '../icons.js';
import { Panel } from '../panel.js';
import { useSession, useView } from '../session-context.js';

const KINDS: readonly (readonly [DownloadKind, string, string])[] = [
  ['midi', 'MIDI', 'for any music program, with a track for each of you'],
  ['mp3', 'MP3', 'to listen to anywhere'],
  ['wav', 'WAV', 'the same, uncompressed'],
  ['page', 'Share page', 'one file that plays and shows it in any browser'],
];

export function Downloads() {
  const making = useView((view) => view.making);
  const box = useRef<HTMLDivElement>(null);
  const isMaking = making !== undefined;
  // Asked before what has the focus is replaced: the focus stays with what comes in its place.
  const hadFocus = box.current?.contains(document.activeElement) ?? false;
  useLayoutEffect(() => {
    if (hadFocus) box.current?.querySelector('button')?.focus({ preventScroll: true });
  }, [isMaking]);
  return (
    <div class="downloading" ref={box}>
      {isMaking ? <Making {...making} /> : <Choice />}
    </div>
  );
}

function Making({ kind, done }: NonNullable<PageView['making']>) {
  const session = useSession();
  const [, name = ''] = KINDS.find(([each]) => each === kind) ?? [];
  const percent = Math.round(done * 100);
  return (
    <div class="making">
      <label for="making">
        Making {kind === 'page' ? 'the share page' : name}… {percent}%
      </label>
      <progress id="making" max={100} value={percent} />
      <button type="button" class="icon-button" aria-label="Cancel the download" title="Cancel" onClick={() => session.cancelDownload()}>
        <CloseIcon />
      </button>
    </div>
  );
}

function Choice() {
  const session = useSession();
  return (
    <Panel
      label="Download the recording"
      class="downloads"
      buttonClass="small with-icon"
      button={
        <>
          <DownloadIcon />
          <span>Download</span>
        </>
      }
    >
      {(close) =>
        KINDS.map(([kind, name, words]) => (
          <button
            type="button"
            class="menu-row"
            key={kind}
            onClick={() => {
              close();
              void session.download(kind);
            }}
          >
            <b>{name}</b>
            <span>{words}</span>
          </button>
        ))
      }
    </Panel>
  );
}
