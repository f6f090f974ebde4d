// robots.txt: what a site asks of programs that fetch from it (RFC 9309), and the Crawl-delay that many add.

export interface Robots {
  /** Whether an address of the site may be fetched. */
  allows(url: URL): boolean;
  /** Seconds between two requests, if the site asks for a pause. */
  readonly crawlDelay: number | undefined;
}

/** A site that asks for nothing. */
export const noRobots: Robots = { allows: () => true, crawlDelay: undefined };

/** Rules that count; no honest site comes near. */
const mostRules = 5000;

interface Rule {
  readonly allow: boolean;
  /** The parts of its path between `*`, escapes normalised. */
  readonly parts: readonly string[];
  /** Whether the path must end where the rule does (`$`). */
  readonly anchored: boolean;
  /** The length of the rule; the longest that matches decides. */
  readonly length: number;
}

interface Group {
  readonly rules: Rule[];
  crawlDelay: number | undefined;
}

/**
 * Reads a robots.txt.
 * @param agent the product token of who asks, in lower case; rules for it go before those for `*`
 */
export function parseRobots(text: string, agent: string): Robots {
  const own: Group = { rules: [], crawlDelay: undefined };
  const all: Group = { rules: [], crawlDelay: undefined };
  let named = false;
  /** The groups the lines that follow belong to; lines that name agents gather until a rule comes. */
  let groups = new Set<Group>();
  let gathering = false;
  for (const [field, value] of fields(text)) {
    if (field === 'user-agent') {
      if (!gathering) groups = new Set();
      gathering = true;
      const token = /^[a-z_-]*/i.exec(value)?.[0].toLowerCase();
      if (value.startsWith('*')) groups.add(all);
      else if (token === agent) {
        groups.add(own);
        named = true;
      }
    } else if (field === 'allow' || field === 'disallow') {
      gathering = false;
      if (value === '') continue;
      for (const { rules } of groups) if (rules.length < mostRules) rules.push(ruleOf(field === 'allow', value));
    } else if (field === 'crawl-delay') {
      gathering = false;
      const delay = /^\d{1,9}(\.\d{1,9})?$/.test(value) ? Number(value) : undefined;
      for (const group of groups) group.crawlDelay ??= delay;
    }
  }
  const { rules, crawlDelay } = named ? own : all;
  return { allows: (url) => decide(rules, url), crawlDelay };
}

function* fields(text: string): Generator<[field: string, value: string]> {
  for (const line of text.replace(/^\ufeff/, '').split(/\r\n|\r|\n/)) {
    const plain = line.split('#', 1)[0] ?? '';
    const colon = plain.indexOf(':');
    if (colon > 0) yield [plain.slice(0, colon).trim().toLowerCase(), plain.slice(colon + 1).trim()];
  }
}

function ruleOf(allow: boolean, value: string): Rule {
  const anchored = value.endsWith('$');
  const pattern = normalised(anchored ? value.slice(0, -1) : value);
  return { allow, parts: pattern.split('*'), anchored, length: pattern.length };
}

function decide(rules: readonly Rule[], { pathname, search }: URL): boolean {
  if (pathname === '/robots.txt') return true;
  const path = normalised(pathname + search);
  let allowed = true;
  let longest = -1;
  for (const rule of rules) {
    if (rule.length < longest || (rule.length === longest && !rule.allow) || !matches(rule, path)) continue;
    longest = rule.length;
    allowed = rule.allow;
  }
  return allowed;
}

function matches({ parts, anchored }: Rule, path: string): boolean {
  const [first = '', ...rest] = parts;
  if (!path.startsWith(first)) return false;
  let at = first.length;
  if (anchored && rest.length === 0) return at === path.length;
  for (const [index, part] of rest.entries()) {
    if (anchored && index === rest.length - 1) return path.length - part.length >= at && path.endsWith(part);
    const found = path.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return true;
}

/** One spelling for paths that mean the same: octets outside ASCII escaped, escapes of unreserved characters undone, the rest in capitals. */
function normalised(path: string): string {
  return path
    .replace(/[^\u0021-\u007e]+/gu, (text) => encodeURIComponent(text.toWellFormed()))
    .replace(/%([0-9a-f]{2})/gi, (escaped, hex: string) => {
      const character = String.fromCharCode(Number.parseInt(hex, 16));
      return /[\w.~-]/.test(character) ? character : escaped.toUpperCase();
    });
}
