/** Builds the WebAssembly modules from these sources and embeds them as text in `src/simd/modules.ts`: `node assembly/build.mjs`. */
import { writeFileSync } from 'node:fs';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const folder = fileURLToPath(new URL('.', import.meta.url));
export const target = fileURLToPath(new URL('../src/simd/modules.ts', import.meta.url));

/** The bytes of one module as base64. */
async function compile(features) {
  let bytes;
  const options = ['index.ts', '--baseDir', folder, '-O3', '--noAssert', '--runtime', 'stub', '--initialMemory', '1'];
  const { error, stderr } = await asc.main(
    [...options, ...features.flatMap((feature) => ['--enable', feature]), '--outFile', 'module.wasm'],
    { writeFile: (_, contents) => (bytes = contents) },
  );
  if (error) throw new Error(stderr.toString());
  return Buffer.from(bytes).toString('base64');
}

/** The text of `src/simd/modules.ts`, the same for the same sources and compiler. */
export async function modulesText() {
  const simd = await compile(['simd']);
  const fma = await compile(['simd', 'relaxed-simd']);
  return [
    '// Made by assembly/build.mjs from assembly/*.ts; a test compares them.',
    '',
    '/** 128-bit SIMD, the same result everywhere. */',
    `export const simdModule: string =\n  '${simd}';`,
    '',
    '/** The same with relaxed SIMD: one instruction, and on most machines one rounding, for a·b + c. */',
    `export const fmaModule: string =\n  '${fma}';`,
    '',
  ].join('\n');
}

if (argv[1] === fileURLToPath(import.meta.url)) writeFileSync(target, await modulesText());
