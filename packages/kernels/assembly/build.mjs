/** Builds the WebAssembly modules from these sources and embeds them as text in `src/simd/modules.ts`: `node assembly/build.mjs`. */
import { writeFileSync } from 'node:fs';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const folder = fileURLToPath(new URL('.', import.meta.url));
export const target = fileURLToPath(new URL('../src/simd/modules.ts', import.meta.url));

/** Every module: features of the engine, and rows and panels of 8 columns of a full tile (see src/simd/variants.ts). */
const modules = {
  simd4x8: { features: ['simd'], rows: 4, panels: 1 },
  fma4x8: { features: ['simd', 'relaxed-simd'], rows: 4, panels: 1 },
  fma6x8: { features: ['simd', 'relaxed-simd'], rows: 6, panels: 1 },
  fma6x16: { features: ['simd', 'relaxed-simd'], rows: 6, panels: 2 },
};

/** The bytes of one module as base64. -O3 yields tiles that V8 does not fuse to 256 bits, and is otherwise no faster. */
async function compile({ features, rows, panels }) {
  let bytes;
  const options = ['index.ts', '--baseDir', folder, '-O2', '--noAssert', '--runtime', 'stub'];
  const memory = ['--importMemory', '--initialMemory', '1', '--maximumMemory', '65536'];
  const tile = ['--use', `ROWS=${rows}`, '--use', `PANELS=${panels}`, '--outFile', 'module.wasm'];
  const { error, stderr } = await asc.main(
    [...options, ...memory, ...features.flatMap((name) => ['--enable', name]), ...tile],
    {
      writeFile: (_, contents) => {
        bytes = contents;
      },
    },
  );
  if (error) throw new Error(stderr.toString());
  return Buffer.from(bytes).toString('base64');
}

/** The text of `src/simd/modules.ts`, the same for the same sources and compiler. */
export async function modulesText() {
  const texts = [
    '// Made by assembly/build.mjs from assembly/*.ts; a test compares them. What each is for: variants.ts.\n',
  ];
  for (const [name, module] of Object.entries(modules)) {
    texts.push(`export const ${name}: string =\n  '${await compile(module)}';`);
  }
  return `${texts.join('\n')}\n`;
}

if (argv[1] === fileURLToPath(import.meta.url)) writeFileSync(target, await modulesText());
