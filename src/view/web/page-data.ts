// What a page carries for its script.

/** The data of this page, as `selfContainedPage` (page.ts) was given it. */
export function pageData<T>(): T {
  return JSON.parse(document.getElementById('data')?.textContent ?? '') as T;
}
