// The top of the page: who answers, in large letters, and the way to settings and help.

import { HelpIcon, SettingsIcon } from './icons.js';
import { ModelPicker } from './model-picker.js';

export function Header({ settingsOpen, onSettings, onHelp }: { settingsOpen: boolean; onSettings: () => void; onHelp: () => void }) {
  return (
    <header class="top">
      <h1 class="unseen">Play music with a model</h1>
      <p class="brand" aria-hidden="true">
        <i class="mark you" />
        <i class="mark model" />
        <span>mst</span>
      </p>
      <ModelPicker />
      <nav class="top-buttons" aria-label="Page">
        <button type="button" class="icon-button" aria-label="Help and shortcuts" title="Help and shortcuts (?)" onClick={onHelp}>
          <HelpIcon />
        </button>
        <button
          type="button"
          class="icon-button with-word"
          id="settings-button"
          aria-expanded={settingsOpen}
          aria-controls="settings"
          onClick={onSettings}
        >
          <SettingsIcon />
          <span>Settings</span>
        </button>
      </nav>
    </header>
  );
}
