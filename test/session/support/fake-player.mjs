// A player of sound in a test, installed on a PATH under a player's name: keeps what it is given, and says what pacat and pw-cat say. What else it does
// stands in FAKE_PLAYER: {"folder": where to keep it, "refuse": words to end with at once, "dieAfter": seconds, "deafAfter": seconds}.
// Beside PID.pcm lies PID.json: when the first sound came and how much there was at each time (milliseconds of the system's clock).
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const { folder, refuse, dieAfter, deafAfter } = JSON.parse(process.env.FAKE_PLAYER ?? '{}');
if (refuse !== undefined) {
  process.stderr.write(`${refuse}\n`);
  process.exit(1);
}
const name = join(folder, String(process.pid));
writeFileSync(`${name}.pcm`, '');
writeFileSync(`${name}.args`, JSON.stringify(process.argv.slice(1)));
let bytes = 0;
let began;
process.stdin.on('data', (chunk) => {
  if (bytes === 0) {
    began = Date.now();
    process.stderr.write('Stream started.\nstream state changed paused -> streaming\n');
    if (dieAfter !== undefined) setTimeout(() => process.kill(process.pid, 'SIGKILL'), dieAfter * 1000);
    if (deafAfter !== undefined) setTimeout(() => process.stdin.pause(), deafAfter * 1000);
  }
  bytes += chunk.length;
  appendFileSync(`${name}.pcm`, chunk);
});
process.stdin.on('end', () => {
  writeFileSync(`${name}.json`, JSON.stringify({ began, ended: Date.now(), bytes }));
  process.exit(0);
});
setInterval(() => {}, 1000);
