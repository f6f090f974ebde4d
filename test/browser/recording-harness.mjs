// A page around the keeper of recordings, for tests: told what is played line by line, it shows what it keeps.

import { addresses } from '../../src/serve/web/addresses.js';
import { RecordingKeeper } from '../../src/serve/web/recording/keeper.js';
import { SoundBank } from '../../src/serve/web/sound/bank.js';

window.notices = [];
window.changes = 0;
window.openKeeper = async (storage = () => indexedDB) => {
  window.keeper = await RecordingKeeper.open(storage, new SoundBank(addresses.bank), {
    changed: () => window.changes++,
    trouble: (notice) => window.notices.push(notice),
  });
};
/** Lines of a log as they are played. */
window.play = (lines) => {
  for (const line of lines) window.keeper.add(JSON.parse(line));
};
window.facts = () => {
  const { timeline, length, canUndo, canRedo, saved, recordings, making } = window.keeper;
  return { timeline, length, canUndo, canRedo, saved, recordings, making: making ?? null };
};
