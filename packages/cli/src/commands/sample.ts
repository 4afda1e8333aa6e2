import type { Command } from 'commander';
import type { SampleArguments } from '../sample.ts';
import { escaped, number, whole } from '../values.ts';
import { Subcommand } from './subcommand.ts';
import { withTrustAndCell } from './trust-option.ts';

/** `elman sample`. */
export function sampleCommand(): Command {
  const command = new Subcommand('sample', [
    ['elman sample runs/book --prompt "It was "', 'goes on from a text'],
    ['elman sample runs/book --temperature 0.5 --count 3 --seed 1', 'three careful ones, the same each time'],
  ])
    .description('Writes text with a trained model.')
    .argument('<folder>', 'where the model was saved')
    .option('-p, --prompt <text>', 'text to go on from; \\n is a line end, - reads standard input', escaped)
    .option('-n, --length <tokens>', 'how much to write', whole(1), 500)
    .option(
      '-t, --temperature <number>',
      'below 1 is safer, above 1 bolder, 0 always the likeliest',
      number({ least: 0 }),
      0.8,
    )
    .option('--top-k <count>', 'choose among the likeliest so many tokens', whole(1))
    .option(
      '--top-p <share>',
      'choose among the likeliest tokens that have this share together',
      number({ above: 0, most: 1 }),
    )
    .option(
      '--min-p <share>',
      'choose among tokens at least this times as likely as the likeliest',
      number({ above: 0, most: 1 }),
    )
    .option(
      '--typical-p <share>',
      'choose among the tokens of about average surprise that have this share together',
      number({ above: 0, most: 1 }),
    )
    .option('--no-repeat-ngram <tokens>', 'no sequence of so many tokens occurs twice', whole(1))
    .option('--repetition-penalty <number>', 'above 1 makes tokens already written less likely', number({ above: 0 }))
    .option('--allow-unknown', 'allow <unk>, the token of everything that the vocabulary lacks')
    .option('--seed <number>', 'the same seed gives the same text (default: another each time)', whole(0))
    .option('-c, --count <texts>', 'how many texts to write, with seeds one after the other', whole(1), 1)
    .option('--backend <name>', 'node-gpu, node, wasm or cpu (default: the best there is)')
    .option('--json', 'one JSON object a text on standard output');
  return withTrustAndCell(command).action(async (folder: string, options: SampleArguments) => {
    const { sample } = await import('../sample.ts');
    await sample(folder, options);
  });
}
