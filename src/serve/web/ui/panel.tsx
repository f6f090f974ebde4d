// A panel that opens at a button: closed by Escape, by going elsewhere, or by the button. It stands over everything and within the window.

import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

const GAP = 8;

interface PanelProps {
  /** What the button shows, and how it is called where that is not its text. */
  readonly button: ComponentChildren;
  readonly buttonLabel?: string;
  readonly buttonClass: string;
  readonly label: string;
  readonly class?: string;
  /** Given what closes it. */
  readonly children: (close: () => void) => ComponentChildren;
}

export function Panel({ button, buttonLabel, buttonClass, label, class: className = '', children }: PanelProps) {
  const [open, setOpen] = useState(false);
  const opener = useRef<HTMLButtonElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  const close = (): void => {
    setOpen(false);
    opener.current?.focus({ preventScroll: true });
  };

  useLayoutEffect(() => {
    if (!open || opener.current === null || panel.current === null) return;
    const box = panel.current;
    const place = (): void => {
      if (opener.current === null) return;
      const from = opener.current.getBoundingClientRect();
      const [width, height] = [box.offsetWidth, box.offsetHeight];
      const left = Math.max(GAP, Math.min((from.left + from.right - width) / 2, innerWidth - width - GAP));
      const below = from.bottom + GAP;
      const top = below + height > innerHeight - GAP ? Math.max(GAP, from.top - GAP - height) : below;
      box.style.left = `${left}px`;
      box.style.top = `${top}px`;
    };
    place();
    (
      box.querySelector<HTMLElement>('[aria-checked="true"], input:checked') ??
      box.querySelector<HTMLElement>('button:not(:disabled), input')
    )?.focus();
    const watch = new ResizeObserver(place);
    watch.observe(box);
    addEventListener('resize', place);
    return () => {
      watch.disconnect();
      removeEventListener('resize', place);
    };
  }, [open]);

  useEffect(() => {
    if (!open) return;
    const outside = (event: Event): void => {
      const target = event.target as Node;
      if (panel.current?.contains(target) !== true && opener.current?.contains(target) !== true) setOpen(false);
    };
    document.addEventListener('pointerdown', outside, true);
    document.addEventListener('focusin', outside);
    return () => {
      document.removeEventListener('pointerdown', outside, true);
      document.removeEventListener('focusin', outside);
    };
  }, [open]);

  return (
    <>
      <button
        type="button"
        ref={opener}
        class={buttonClass}
        aria-label={buttonLabel}
        title={buttonLabel}
        aria-haspopup="dialog"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        {button}
      </button>
      {open && (
        <div
          class={`panel ${className}`}
          ref={panel}
          role="dialog"
          aria-label={label}
          onKeyDown={(event) => {
            if (event.key !== 'Escape') return;
            event.stopPropagation();
            event.preventDefault();
            close();
          }}
        >
          {children(close)}
        </div>
      )}
    </>
  );
}
