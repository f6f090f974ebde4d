// Synthesises the sound bank into dist/audio/sounds.sf2, from the code in dist/audio/synthesis.   run: npm run build
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { synthesiseSoundBank } from '../dist/audio/synthesis/sound-bank.js';

writeFileSync(fileURLToPath(new URL('../dist/audio/sounds.sf2', import.meta.url)), synthesiseSoundBank());
