// Bounds on what is asked of the web and taken from it, so that no site can fill the disk, the memory or the day, and none is burdened.

export interface WebLimits {
  /** Bytes of a page. */
  readonly pageBytes: number;
  /** Links taken from one page. */
  readonly pageLinks: number;
  /** Bytes of one archive, as it is sent. */
  readonly archiveBytes: number;
  /** Bytes of everything one fetch brings, as they are sent. */
  readonly totalBytes: number;
  /** Redirects followed from one address. */
  readonly redirects: number;
  /** Tries in a row that bring nothing new before an address is given up. */
  readonly tries: number;
  /** Tries in all; what came by then is gone on from in the next fetch. */
  readonly attempts: number;
  /** Addresses in a row that fail before their host is given up. */
  readonly hostFailures: number;
  /** Requests to one host at the same time. */
  readonly perHost: number;
  /** Hosts asked at the same time. */
  readonly hosts: number;
  /** Milliseconds between the beginnings of two requests to one host, unless its robots.txt asks for more. */
  readonly pause: number;
  /** The longest Crawl-delay that is kept to, in milliseconds; a site that asks for more is asked at this pace. */
  readonly longestPause: number;
  /** The longest Retry-After that is waited for, in milliseconds. */
  readonly longestWait: number;
  /** First and longest wait of the growing pauses between tries, in milliseconds. */
  readonly firstWait: number;
  readonly longestBackoff: number;
  /** Milliseconds for a connection to be made, and for an answer to begin once it is. */
  readonly connect: number;
  readonly answer: number;
  /** A transfer that brings fewer than `stallBytes` within `stall` milliseconds is broken off and tried again. */
  readonly stall: number;
  readonly stallBytes: number;
  /** Files whose sizes --dry-run asks for. */
  readonly sizesAsked: number;
  /** Milliseconds after which a file left half fetched is of no use any more. */
  readonly partialAge: number;
}

export const webLimits: WebLimits = {
  pageBytes: 8 * 2 ** 20,
  pageLinks: 20_000,
  archiveBytes: 2 * 2 ** 30,
  totalBytes: 16 * 2 ** 30,
  redirects: 10,
  tries: 5,
  attempts: 50,
  hostFailures: 3,
  perHost: 2,
  hosts: 4,
  pause: 300,
  longestPause: 30_000,
  longestWait: 120_000,
  firstWait: 1000,
  longestBackoff: 60_000,
  connect: 20_000,
  answer: 60_000,
  stall: 60_000,
  stallBytes: 4096,
  sizesAsked: 200,
  partialAge: 14 * 86_400_000,
};
