// Where the page's other scripts are; written into the bundle by scripts/build-web.mjs, whose names tell their contents.

export interface Addresses {
  /** The audio thread's script. */
  readonly worklet: string;
  readonly modelWorker: string;
  readonly tickerWorker: string;
  readonly renderWorker: string;
  /** mst's sound bank. */
  readonly bank: string;
}

declare const __ADDRESSES__: Addresses;

export const addresses: Addresses = __ADDRESSES__;
