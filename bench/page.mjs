// What a first visit to the web app costs: bytes on their way, time until the Play button can be used, and until the page sounds after it was
// pressed; in Chromium, with mst serve on the same machine, each visit in a browser profile of its own. Medians of the visits.
// run: npm run bench -- page            (--visits 7; MST_CHROMIUM names another browser)
import { existsSync, readdirSync } from 'node:fs';
import { get } from 'node:http';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { machine, median } from './support/figures.mjs';
import { startServer } from './support/server.mjs';

const { values } = parseArgs({ options: { visits: { type: 'string', default: '7' } } });
const executablePath = process.env.MST_CHROMIUM || ['/usr/bin/chromium', '/usr/bin/google-chrome'].find((path) => existsSync(path));
if (executablePath === undefined) {
  console.error('There is no Chromium. MST_CHROMIUM names one.');
  process.exit(2);
}

const server = await startServer();
const { url } = server;
const browser = await chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });

/** In the page, by its own clock: when there is a Play button that can be pressed, and the first sample that is not silence after that. */
const watch = `{
  const { connect } = AudioNode.prototype;
  AudioNode.prototype.connect = function (target, ...more) {
    if (target instanceof AudioDestinationNode) {
      const analyser = new AnalyserNode(this.context, { fftSize: 2048 });
      const samples = new Float32Array(2048);
      connect.call(this, analyser);
      const look = setInterval(() => {
        analyser.getFloatTimeDomainData(samples);
        if (!samples.some((sample) => Math.abs(sample) > 0.001)) return;
        window.sounds = performance.now();
        clearInterval(look);
      }, 5);
    }
    return connect.call(this, target, ...more);
  };
  addEventListener('click', ({ timeStamp }) => { window.pressed ??= timeStamp; }, true);
  const look = () => {
    const button = document.querySelector('.begin:not(:disabled)');
    if (button === null || button.offsetHeight === 0) requestAnimationFrame(look);
    else requestAnimationFrame(() => { window.usable = performance.now(); });
  };
  look();
}`;

/** Bytes on their way from the server, as a browser asks for them. */
function weight(address) {
  return new Promise((resolve, reject) => {
    get(new URL(address, url), { headers: { 'accept-encoding': 'gzip, deflate, br' } }, (response) => {
      let size = 0;
      response.on('data', ({ length }) => {
        size += length;
      });
      response.on('end', () => (response.statusCode === 200 ? resolve(size) : reject(new Error(`${address}: ${response.statusCode}`))));
    }).on('error', reject);
  });
}

/** One visit, in milliseconds. */
async function visit() {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.addInitScript({ content: watch });
  await page.goto(url);
  const once = async (name) => {
    for (;;) {
      const value = await page.evaluate(`window.${name}`);
      if (value !== undefined) return value;
    }
  };
  const usable = await once('usable');
  await page.click('.begin');
  const sounds = (await once('sounds')) - (await once('pressed'));
  await context.close();
  return { usable, sounds };
}

// A visit loads every file of the page, the thread that makes downloads among them.
const files = readdirSync(fileURLToPath(new URL('../dist/serve/web', import.meta.url))).map((name) => (name === 'index.html' ? '' : name));
const { models } = await (await fetch(new URL('models.json', url))).json();
const folk = models.find(({ name }) => name === 'folk');
const kB = async (addresses) => `${((await Promise.all(addresses.map(weight))).reduce((sum, each) => sum + each, 0) / 1000).toFixed(0)} kB`;
const weights = [await kB([...files, 'models.json']), await kB(['sounds.sf2']), await kB(folk.files.map((file) => `${folk.path}/${file}`))];

await visit();
const visits = [];
for (let k = 0; k < Number(values.visits); k++) visits.push(await visit());
await browser.close();
await server.stop();

const middle = (what) => median(visits.map((each) => each[what]));
const most = (what) => Math.max(...visits.map((each) => each[what]));
console.log(machine());
console.log(`First visit, compressed: ${weights[0]} without the sound bank (${weights[1]}) and the model (${weights[2]})`);
console.log(`Play can be pressed after ${middle('usable').toFixed(0)} ms (at most ${most('usable').toFixed(0)} ms)`);
console.log(
  `The first click of the count-in sounds ${middle('sounds').toFixed(0)} ms after it was (at most ${most('sounds').toFixed(0)} ms)`,
);
