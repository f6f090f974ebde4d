// What was refused, in the server's log: each kind is said at once, and then at most once a minute with how many more there were.

/** Kinds of refusal, in the log's words. */
const words = {
  host: 'A request named a host that is not this server (--allowed-host NAME lets it in)',
  origin: "A page of another site's tried to use this server",
  'not-found': 'There was nothing at the address asked for',
  method: 'A method that does not go with its address was used',
  'bad-request': 'A request to continue music was not understood',
  'too-large': 'A request was too large',
  busy: 'More answers were asked for than can be given at once',
  malformed: 'What came was no HTTP, or came too slowly',
} as const;

export type Refusal = keyof typeof words;

/** Milliseconds. */
const QUIET = 60_000;

export class RefusalLog {
  readonly #note: (text: string) => void;
  readonly #clock: () => number;
  readonly #kinds = new Map<Refusal, { said: number; since: number }>();

  constructor(note: (text: string) => void, clock: () => number) {
    this.#note = note;
    this.#clock = clock;
  }

  add(kind: Refusal): void {
    const now = this.#clock();
    const known = this.#kinds.get(kind);
    if (known !== undefined && now - known.said < QUIET) {
      known.since++;
      return;
    }
    const more = known === undefined || known.since === 0 ? '' : ` (and ${known.since} more times since this was said last)`;
    this.#kinds.set(kind, { said: now, since: 0 });
    this.#note(`${words[kind]}${more}.`);
  }
}
