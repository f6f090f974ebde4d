// The page's few signs, drawn in the colour of the text beside them. They say nothing to those who do not see them: labels do.

import type { ComponentChildren } from 'preact';

function Icon({ children, filled = false }: { children: ComponentChildren; filled?: boolean }) {
  return (
    <svg class={filled ? 'icon filled' : 'icon'} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      {children}
    </svg>
  );
}

export const PlayIcon = () => (
  <Icon filled>
    <path d="M7 4.6v14.8a1 1 0 0 0 1.5.86l12.2-7.4a1 1 0 0 0 0-1.72L8.5 3.74A1 1 0 0 0 7 4.6Z" />
  </Icon>
);
export const StopIcon = () => (
  <Icon filled>
    <rect x="5.5" y="5.5" width="13" height="13" rx="2" />
  </Icon>
);
export const SettingsIcon = () => (
  <Icon>
    <path d="M4 7h9M17 7h3M4 17h3M11 17h9" />
    <circle cx="15" cy="7" r="2.2" />
    <circle cx="9" cy="17" r="2.2" />
  </Icon>
);
export const CloseIcon = () => (
  <Icon>
    <path d="m6 6 12 12M18 6 6 18" />
  </Icon>
);
export const DownIcon = () => (
  <Icon>
    <path d="m6 9.5 6 6 6-6" />
  </Icon>
);
export const UndoIcon = () => (
  <Icon>
    <path d="M8 5 4 9l4 4M4.5 9H14a5 5 0 0 1 0 10h-3" />
  </Icon>
);
export const RedoIcon = () => (
  <Icon>
    <path d="m16 5 4 4-4 4M19.5 9H10a5 5 0 0 0 0 10h3" />
  </Icon>
);
export const LoopIcon = () => (
  <Icon>
    <path d="M4 12V10a4 4 0 0 1 4-4h11M16 3l3 3-3 3M20 12v2a4 4 0 0 1-4 4H5M8 21l-3-3 3-3" />
  </Icon>
);
export const VaryIcon = () => (
  <Icon>
    <path d="M4 17c4 0 5-10 9-10h6M16 4l3 3-3 3M4 7c1.6 0 2.700 1.500 3.500 3.300M12.500 15c.8 1.200 1.800 2 3 2h3.500M16 14l3 3-3 3" />
  </Icon>
);
export const HandOverIcon = () => (
  <Icon>
    <path d="M4 12h15M13 6l6 6-6 6" />
  </Icon>
);
export const SilenceIcon = () => (
  <Icon>
    <path d="M4 9.500v5h3.500L12 18.500v-13L7.500 9.500H4ZM16 9.500l5 5M21 9.500l-5 5" />
  </Icon>
);
export const MoreIcon = () => (
  <Icon filled>
    <circle cx="5.500" cy="12" r="1.800" />
    <circle cx="12" cy="12" r="1.800" />
    <circle cx="18.500" cy="12" r="1.800" />
  </Icon>
);
export const DownloadIcon = () => (
  <Icon>
    <path d="M12 4v11M7 10.500l5 5 5-5M5 20h14" />
  </Icon>
);
export const WarningIcon = () => (
  <Icon>
    <path d="M12 4 2.800 20h18.400L12 4ZM12 10v4.500M12 17.300v.2" />
  </Icon>
);
export const MutedIcon = SilenceIcon;
export const ListIcon = () => (
  <Icon>
    <path d="M9 6h11M9 12h11M9 18h11M4.500 6h.1M4.500 12h.1M4.500 18h.1" />
  </Icon>
);
export const HelpIcon = () => (
  <Icon>
    <path d="M8.500 9a3.500 3.500 0 1 1 5 3.200c-1 .5-1.500 1.100-1.500 2.300M12 18.300v.2" />
  </Icon>
);
