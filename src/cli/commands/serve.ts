// mst serve: the web app on this computer, or written as a folder for any web host. What it serves and to whom is serve/'s business.

import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { platform } from 'node:process';
import { MstError } from '../../core/errors.js';
import type { RunningServer } from '../../serve/serve.js';
import { type Context, defineCommand } from '../command.js';
import { count, formatBytes } from '../format.js';

const DEFAULT_PORT = 8080;
const DEFAULT_HOST = '127.0.0.1';
const OTHERS = 'For other devices';

export const serveCommand = defineCommand({
  name: 'serve',
  usage: '[--model NAME]',
  describe: 'Jam in a browser: serve the web app with your models',
  options: {
    port: { type: 'integer', min: 0, max: 65535, describe: `Where it listens [default: ${DEFAULT_PORT}]; 0 finds a free one` },
    model: { type: 'text', describe: 'Model to begin with, a name or a path; else that of MAGENTA_MODEL, else the default one' },
    open: { type: 'flag', describe: 'Open the page in your browser' },
    verbose: { type: 'flag', describe: 'A line for every request' },
    export: { type: 'text', describe: 'Write the web app and your models to this folder instead, for any web host' },
    host: {
      type: 'text',
      group: OTHERS,
      describe: `Address to listen at [default: ${DEFAULT_HOST}, this computer alone]; 0.0.0.0 lets others in`,
    },
    https: {
      type: 'flag',
      group: OTHERS,
      describe: 'Encrypt, with a certificate made here: browsers of other devices need that for sound and MIDI',
    },
    'allowed-host': { type: 'texts', group: OTHERS, describe: 'One more name that it is reached by, such as that of a proxy before it' },
  },
  examples: [
    ['mst serve', 'Then open http://127.0.0.1:8080/'],
    ['mst serve --host 0.0.0.0 --https', 'Jam on a phone: scan the code that is shown'],
    ['mst serve --export site', 'A folder that any web host can serve, models included'],
  ],
  async run(context, given) {
    const { openSite, startServer } = await import('../../serve/serve.js');
    const { home, current, output, environment, seed, clock } = context;
    const log = { note: (text: string) => output.note(text), warn: (text: string) => output.warn(text) };
    const asked = askedModel(given.model, environment.defaultModel);
    const settings = { home, current, asked, log, clock };
    if (given.export !== undefined) {
      const { exportSite } = await import('../../serve/site/export.js');
      refuseWithExport(given);
      const site = openSite(settings);
      const exported = await exportSite(site, resolve(current, given.export), { force: context.force });
      const { listing } = await site.shelf.look();
      const models = listing.models.filter(({ problem }) => problem === undefined).map(({ name }) => name);
      output.result(
        { ...exported, models, chosen: listing.chosen ?? null },
        `${exported.directory}: the web app with ${count(models.length, 'model')}, ${count(exported.files, 'file')}, ${formatBytes(exported.size)}.\nPut the folder on any web host; over https, so that sound and MIDI work.`,
      );
      return;
    }
    const server = await startServer({
      ...settings,
      host: given.host ?? DEFAULT_HOST,
      port: given.port ?? DEFAULT_PORT,
      https: given.https,
      allowedHosts: given['allowed-host'],
      verbose: given.verbose,
      seed,
    });
    try {
      await greet(context, server, given.https);
      if (given.open) openBrowser(server.url, log.note);
      await untilInterrupted(context.signal);
    } finally {
      await server.stop();
    }
  },
});

function askedModel(option: string | undefined, variable: string | undefined) {
  if (option !== undefined) return { name: option, by: '--model' } as const;
  return variable === undefined ? undefined : ({ name: variable, by: 'MAGENTA_MODEL' } as const);
}

/** Options of a server say nothing to a folder. */
function refuseWithExport(given: Readonly<Record<string, unknown>>): void {
  const names = ['port', 'host', 'https', 'open', 'verbose', 'allowed-host'];
  const idle = names.find((name) => given[name] !== undefined && given[name] !== false && (given[name] as string[]).length !== 0);
  if (idle === undefined) return;
  throw new MstError('usage', `--export writes a folder and serves nothing, so --${idle} has no meaning with it.`, {
    hint: `Leave --${idle} out.`,
  });
}

/** Says where the page is, who can open it, what browsers will ask, and which models there are. */
async function greet({ output }: Context, server: RunningServer, https: boolean): Promise<void> {
  const { url, others, port, certificate } = server;
  const first = others[0];
  const addresses = others.filter((address) => address !== url);
  const lines = [`The page is at ${url}   (Ctrl-C ends it)`, ...addresses.map((address) => `From other devices: ${address}`)];
  if (first !== undefined && output.columns !== undefined) lines.push('', await qrCode(first, output));
  output.result({ url, others, port, ...(certificate !== undefined && { certificate }) }, lines.join('\n'));
  if (others.length > 0) {
    output.warn(
      `Everyone who can reach this computer at ${others.join(', ')} can open the page, load your models and have answers made here.`,
    );
    if (!https)
      output.warn('Over plain http, browsers on other devices give the page neither sound nor MIDI. Start it with --https for that.');
  }
  if (certificate !== undefined) {
    output.note(
      [
        'Browsers will warn that the connection is not private, since this computer signed its certificate itself. Go on all the same:',
        '  Chrome, Edge: Advanced, then Proceed. Firefox: Advanced, then Accept the Risk. Safari: Show Details, then visit this website.',
        `  Its SHA-256 fingerprint is ${certificate.fingerprint}`,
        `  It is ${certificate.fresh ? 'new, and ' : ''}kept in ${certificate.path}`,
      ].join('\n'),
    );
  }
  const { models, chosen } = await server.listing;
  const playable = models.filter(({ problem }) => problem === undefined);
  const names = playable.slice(0, 12).map(({ name }) => (name === chosen ? `${name} (first)` : name));
  const more = playable.length > names.length ? ` and ${playable.length - names.length} more` : '';
  output.note(names.length === 0 ? 'There is no model that can be played yet.' : `Models: ${names.join(', ')}${more}`);
}

async function qrCode(address: string, output: Context['output']): Promise<string> {
  const { renderUnicodeCompact } = await import('uqr');
  return renderUnicodeCompact(address, { border: 2 }).replace(/^.*$/gm, (line) => output.style('code', line));
}

function openBrowser(url: string, note: (text: string) => void): void {
  const [command, ...args] = platform === 'darwin' ? ['open', url] : platform === 'win32' ? ['explorer.exe', url] : ['xdg-open', url];
  const child = spawn(command as string, args, { stdio: 'ignore', detached: true });
  child.on('error', () => note(`No browser could be opened from here; open ${url} yourself.`));
  child.unref();
}

function untilInterrupted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
