// The page's view as one value that is replaced when something changes, with those who want to know, and its notices.

import type { Notice, PageView } from '../page-session.js';

/** Notices that are shown at once; of more the oldest go. */
const MOST_NOTICES = 5;

export class ViewStore {
  #view: PageView;
  readonly #listeners = new Set<() => void>();
  #nextNotice = 1;

  constructor(view: PageView) {
    this.#view = view;
  }

  get view(): PageView {
    return this.#view;
  }

  set(changes: Partial<PageView>): void {
    this.replace({ ...this.#view, ...changes });
  }

  /** The same with a whole view, for what is to be gone from it. */
  replace(view: PageView): void {
    this.#view = view;
    for (const listener of [...this.#listeners]) listener();
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** Shows a notice; one that says the same goes. */
  notify(notice: Omit<Notice, 'id'>): void {
    const others = this.#view.notices.filter(({ message }) => message !== notice.message);
    this.set({ notices: [...others, { ...notice, id: this.#nextNotice++ }].slice(-MOST_NOTICES) });
  }

  dismiss(id: number): void {
    this.set({ notices: this.#view.notices.filter((notice) => notice.id !== id) });
  }
}
