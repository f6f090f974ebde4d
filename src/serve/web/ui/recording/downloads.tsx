// The recording as files to keep: MIDI, WAV, MP3, a page to share; and how far the one in the making is.

import type { DownloadKind } from '../../page-session.js';
import { DownloadIcon } from '../icons.js';
import { Panel } from '../panel.js';
import { useSession, useView } from '../session-context.js';

const KINDS: readonly (readonly [DownloadKind, string, string])[] = [
  ['midi', 'MIDI', 'for any music program, with a track for each of you'],
  ['mp3', 'MP3', 'to listen to anywhere'],
  ['wav', 'WAV', 'the same, uncompressed'],
  ['page', 'Share page', 'one file that plays and shows it in any browser'],
];

export function Downloads() {
  const session = useSession();
  const making = useView((view) => view.making);
  if (making !== undefined) {
    const [, name = ''] = KINDS.find(([kind]) => kind === making.kind) ?? [];
    const percent = Math.round(making.done * 100);
    return (
      <div class="making">
        <label for="making">
          Making {name === 'Share page' ? 'the share page' : name}… {percent}%
        </label>
        <progress id="making" max={100} value={percent} />
      </div>
    );
  }
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
