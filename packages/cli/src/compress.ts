import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { BackendName } from '@elman/backend';
import { folderStorage } from '@elman/checkpoint/node';
import { type CompressionProgress, compress, decompress } from '@elman/compression';
import type { TokenModel, Tree } from '@elman/core';
import type { Tokenizer } from '@elman/tokenizers';
import { startBackend } from './backend.ts';
import { bytesOf, encodeExactly, readBytes } from './exact-text.ts';
import { fitted, formatCount, formatTable } from './format.ts';
import { outFile } from './out-file.ts';
import { loadPredictor } from './predictor.ts';
import { stderr, stdout, writeJson } from './terminal.ts';
import type { TrustArguments } from './trust.ts';
import { expectNoRun, expectThere } from './what-is-there.ts';

/** The command line of `elman compress` and `elman decompress`. */
export interface CompressArguments extends TrustArguments {
  model: string;
  out: string;
  overwrite?: boolean;
  backend?: BackendName;
  json?: boolean;
}

/** Writes a file in as few bits as a trained model needs to predict it. */
export async function compressFile(file: string, args: CompressArguments): Promise<void> {
  const { before, out } = await begin(file, args);
  await withModel(args, async (model, tokenizer) => {
    const { ids, characters } = encodeExactly(tokenizer, before, file);
    const start = performance.now();
    let bits = 0;
    const after = await compress(model, ids, {
      onProgress: (progress) => {
        bits = progress.bits;
        show(progress, ids.length);
      },
    });
    const seconds = (performance.now() - start) / 1000;
    await out.write(after);
    const result = {
      file: args.out,
      bytes: before.length,
      tokens: ids.length,
      compressed: after.length,
      bitsPerCharacter: per(after.length * 8, characters),
      bitsPerByte: per(after.length * 8, before.length),
      modelBytes: bits / 8,
      gzip: gzipSync(before, { level: 9 }).length,
      brotli: brotliCompressSync(before, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: before.length } }).length,
      tokensPerSecond: ids.length / seconds,
    };
    if (args.json) return writeJson(result);
    writeTable([
      ['bytes before', whole(result.bytes)],
      ['bytes after', whole(result.compressed)],
      ...(result.bitsPerCharacter === null ? [] : [['bits/char', result.bitsPerCharacter.toFixed(4)]]),
      ...(result.bitsPerByte === null ? [] : [['bits/byte', result.bitsPerByte.toFixed(4)]]),
      ['the model says', whole(Math.ceil(result.modelBytes))],
      ['gzip', whole(result.gzip)],
      ['brotli', whole(result.brotli)],
      ['tokens/s', formatCount(result.tokensPerSecond)],
    ]);
  });
}

/** Writes the file that was compressed. */
export async function decompressFile(file: string, args: CompressArguments): Promise<void> {
  const { before, out } = await begin(file, args);
  await withModel(args, async (model, tokenizer) => {
    const start = performance.now();
    const ids = await decompress(model, before, { onProgress: (progress) => show(progress) });
    const seconds = (performance.now() - start) / 1000;
    const after = bytesOf(tokenizer, ids);
    await out.write(after);
    const result = { file: args.out, bytes: after.length, tokens: ids.length, tokensPerSecond: ids.length / seconds };
    if (args.json) return writeJson(result);
    writeTable([
      ['bytes', whole(result.bytes)],
      ['tokens/s', formatCount(result.tokensPerSecond)],
    ]);
  });
}

async function begin(file: string, { model, out, overwrite }: CompressArguments) {
  await expectThere(model, 'a model of text');
  await expectNoRun(file, 'a file');
  return { before: await readBytes(file), out: await outFile(out, overwrite) };
}

/** Calls `use` with the model of a folder, and clears the line of progress. */
async function withModel(
  args: CompressArguments,
  use: (model: TokenModel<Tree>, tokenizer: Tokenizer) => Promise<void>,
): Promise<void> {
  await startBackend(args.backend);
  const predictor = await loadPredictor(folderStorage(args.model), args);
  try {
    await use(predictor.model, predictor.tokenizer);
  } finally {
    clearLine();
    predictor.dispose();
  }
}

/** One line on a terminal, rewritten. */
function show({ tokens, bits }: CompressionProgress, all?: number): void {
  if (!stderr.isTerminal) return;
  const parts = [
    { text: `${whole(tokens)}${all === undefined ? '' : ` of ${whole(all)}`} tokens` },
    { text: `${(bits / tokens).toFixed(3)} bits/token`, spare: true },
  ];
  stderr.write(`\r${fitted(parts, stderr.columns())}\u001b[K`);
}

function clearLine(): void {
  if (stderr.isTerminal) stderr.write('\r\u001b[K');
}

/** No ratio to nothing. */
const per = (bits: number, count: number | null): number | null => (count ? bits / count : null);
const whole = (count: number): string => count.toLocaleString('en');
const writeTable = (rows: readonly (readonly string[])[]): void => stdout.write(`${formatTable(rows).join('\n')}\n`);
