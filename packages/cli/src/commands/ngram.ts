import type { Command } from 'commander';
import type { NgramArguments } from '../ngram.ts';
import { shareOrFile, whole } from '../values.ts';
import { Subcommand } from './subcommand.ts';

/** `elman ngram`. */
export function ngramCommand(): Command {
  return new Subcommand('ngram', [
    ['elman ngram book.txt --order 6 --out runs/six', 'then: elman sample runs/six'],
    ['elman ngram ptb --corpus pennTreebankWords --sentences', 'words, as their figures are published'],
  ])
    .description('Counts the n-grams of text files, and measures how well they predict.')
    .argument('<text...>', 'text files, read one after the other; - is standard input')
    .option('--order <n>', 'tokens of the longest n-grams, 1 to 20', whole(1), 5)
    .option(
      '--smoothing <name>',
      'kneserNey:discounts=single, wittenBell, addK:k=0.1 or stupidBackoff:factor=0.4',
      'kneserNey',
    )
    .option('--corpus <name>', 'text is the folder or file of a corpus, as elman train has it')
    .option(
      '--tokenizer <kind>',
      'characters, bytes, words, word-level, … (default: characters, or that of the corpus)',
    )
    .option('--sentences', 'n-grams do not go across the ends of lines')
    .option('--cache <n>', 'mix with a cache of so many tokens, whose share is fitted to the held-out text', whole(1))
    .option('--validation <share>', 'of the text, held out at its end, or a file (default: 0.05)', shareOrFile)
    .option('-o, --out <folder>', 'where the model is saved, for elman sample and elman eval (default: nowhere)')
    .option('--overwrite', 'replace the model in a folder that has one')
    .option('--arpa <file>', 'write the model as an ARPA file, too')
    .option('--json', 'one JSON object on standard output')
    .action(async (texts: string[], options: NgramArguments) => {
      const { ngram } = await import('../ngram.ts');
      await ngram(texts, options);
    });
}
