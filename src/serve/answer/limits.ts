// How much may be asked of the server at once. What goes beyond is refused in words that name the limit.

/** Notes of a call. */
export const MOST_NOTES = 4096;
/** Seconds of call and answer together. */
export const LONGEST_SECONDS = 300;
/** 16ths of call and answer together. */
export const MOST_STEPS = 4096;
/** Bytes of a request's body. */
export const LARGEST_BODY = 2 ** 20;
