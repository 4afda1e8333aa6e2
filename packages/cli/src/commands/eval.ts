import type { Command } from 'commander';
import type { EvalArguments } from '../eval.ts';
import { Subcommand } from './subcommand.ts';
import { withTrustAndCell } from './trust-option.ts';

/** `elman eval`. */
export function evalCommand(): Command {
  const command = new Subcommand('eval', [
    ['elman eval runs/book other.txt', 'how well it predicts another text'],
    ['elman eval runs/book - < other.txt', 'the same from standard input'],
    ['elman eval runs/ptb', 'the test part of the corpus it was trained on'],
  ])
    .description('Measures how well a trained model predicts text.')
    .argument('<folder>', 'where the model was saved')
    .argument('[text...]', 'text files, read one after the other; - is standard input (default: that of the corpus)')
    .option('--corpus <name>', 'text is the folder or file of a corpus: its test part')
    .option('--backend <name>', 'node-gpu, node, wasm or cpu (default: the best there is)')
    .option('--json', 'one JSON object on standard output');
  return withTrustAndCell(command).action(async (folder: string, texts: string[], options: EvalArguments) => {
    const { evaluateText } = await import('../eval.ts');
    await evaluateText(folder, texts, options);
  });
}
