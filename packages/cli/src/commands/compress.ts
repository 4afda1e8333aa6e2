import type { Command } from 'commander';
import type { CompressArguments } from '../compress.ts';
import type { Example } from './help.ts';
import { Subcommand } from './subcommand.ts';
import { withTrustAndCell } from './trust-option.ts';

/** `elman compress`. */
export function compressCommand(): Command {
  return command('compress', [
    ['elman compress book.txt --model runs/book -o book.elmc', 'in about as many bits as the model needs'],
    ['elman compress any.zip --model runs/bytes -o any.elmc', 'any file, by a model of --tokenizer bytes'],
  ]).description('Compresses a file with a trained model; elman decompress gives it back, byte for byte.');
}

/** `elman decompress`. */
export function decompressCommand(): Command {
  return command('decompress', [
    ['elman decompress book.elmc --model runs/book -o book.txt', 'the file that was compressed'],
    ['elman decompress book.elmc --model runs/book -o book.txt --backend cpu', 'on the backend that compressed it'],
  ]).description('Gives back what elman compress has compressed with the same model, backend and machine.');
}

function command(name: 'compress' | 'decompress', examples: readonly [Example, Example]): Command {
  const made = new Subcommand(name, examples)
    .argument('<file>', name === 'compress' ? 'the file' : 'what elman compress has written')
    .requiredOption('-m, --model <folder>', 'where the model was saved')
    .requiredOption('-o, --out <file>', 'where the result is written')
    .option('--overwrite', 'replace a file that is there')
    .option('--backend <name>', 'node-gpu, node, wasm or cpu (default: the best there is)')
    .option('--json', 'one JSON object on standard output');
  return withTrustAndCell(made).action(async (file: string, options: CompressArguments) => {
    const commands = await import('../compress.ts');
    await commands[`${name}File`](file, options);
  });
}
