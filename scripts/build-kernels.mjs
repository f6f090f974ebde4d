// Compiles the kernels (src/kernels/assembly, AssemblyScript) to WebAssembly and writes their bytes as TypeScript modules into
// src/kernels/generated, so that they travel inside the program.   run: npm run build:kernels
// Each module is built twice: with plain SIMD and with relaxed SIMD. The same sources give the same bytes.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import asc from 'assemblyscript/asc';

const sources = 'src/kernels/assembly';
const target = 'src/kernels/generated';
const common = ['-O3', '--noAssert', '--runtime', 'stub', '--importMemory', '--enable', 'simd'];
const modules = {
  training: ['--enable', 'threads', '--sharedMemory', '--initialMemory', '1', '--maximumMemory', '65536'],
  playing: [],
};

async function compile(name, options) {
  let bytes;
  const host = {
    readFile: (file, base) => {
      try {
        return readFileSync(join(base, file), 'utf8');
      } catch {
        return null;
      }
    },
    writeFile: (_, contents) => {
      bytes = contents;
    },
    listFiles: () => [],
  };
  const { error, stderr } = await asc.main([join(sources, `${name}.ts`), '-o', `${name}.wasm`, ...common, ...options], host);
  if (error) {
    console.error(stderr.toString());
    throw error;
  }
  return bytes;
}

mkdirSync(target, { recursive: true });
for (const [name, options] of Object.entries(modules)) {
  const plain = await compile(name, options);
  const relaxed = await compile(name, [...options, '--enable', 'relaxed-simd']);
  const text = (bytes) => Buffer.from(bytes).toString('base64').replaceAll('=', '');
  writeFileSync(
    join(target, `${name}.ts`),
    `// Written by scripts/build-kernels.mjs from src/kernels/assembly/${name}.ts; do not edit.\n` +
      `export const plain =\n  '${text(plain)}';\nexport const relaxed =\n  '${text(relaxed)}';\n`,
  );
  console.log(`${name}: ${plain.length} bytes of WebAssembly, ${relaxed.length} with relaxed SIMD`);
}
