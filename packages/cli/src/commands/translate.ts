import type { Command } from 'commander';
import type { TranslateArguments } from '../translation/settings.ts';
import { number, whole } from '../values.ts';
import { Subcommand } from './subcommand.ts';
import { withTrust } from './trust-option.ts';

/** `elman translate`. */
export function translateCommand(): Command {
  const command = new Subcommand('translate', [
    ['elman translate pairs.tsv', 'learns, then translates what is typed'],
    ['elman translate runs/pairs < lines.txt', 'translates with what was learned'],
  ])
    .description('Trains on your own pairs of texts, then translates standard input line by line.')
    .argument('<pairs>', 'a text file with a tab between source and target, or a folder where that was done')
    .optionsGroup('Folder:')
    .option('-o, --out <folder>', 'where the model is kept (default: runs/ and the name of the file)')
    .option('--overwrite', 'begin anew in a folder that has a run; the same command without it goes on')
    .option('--previous', 'go on from the state before the last one that was saved')
    .optionsGroup('Model:')
    .option(
      '--cell <name>',
      'a cell (gru, lstm:chrono=50, …), or an installed package or a file that exports one',
      'gru',
    )
    .option('--hidden <size>', 'units of each layer', whole(1), 128)
    .option('--layers <count>', 'layers, one on the other, on either side', whole(1), 1)
    .option('--embedding <size>', 'size of the token vectors', whole(1), 64)
    .option(
      '--attention <name>',
      'how the decoder looks back: additive, multiplicative:scaled=true, … (elman attention), none, or a package or file',
      'additive',
    )
    .option('--reverse', 'read sources from their ends')
    .option(
      '--tokenizer <kind>',
      'characters, bytes, words, word-level, or a tokenizer.json of Hugging Face',
      'characters',
    )
    .optionsGroup('Training:')
    .option('--updates <count>', 'how long', whole(1), 2000)
    .option('--batch <pairs>', 'pairs of an update', whole(1), 32)
    .option('--optimizer <name>', 'adam, adamw:weightDecay=0.1, … (elman optimizers)', 'adam')
    .option('--learning-rate <rate>', 'size of the steps', number({ above: 0 }), 0.004)
    .option('--clip <norm>', 'largest norm of the gradient; 0 leaves it alone', number({ least: 0 }), 1)
    .option('--seed <number>', 'of weights and order; the same seed gives the same run', whole(0), 1)
    .option('--validation <share>', 'of the sources, held out', number({ least: 0, most: 0.5 }), 0.05)
    .option('--evaluate-every <updates>', 'on held-out pairs (default: ten times a run)', whole(1))
    .optionsGroup('Translation:')
    .option(
      '--beam <width>',
      'translations that are followed at a time; 1 takes the likeliest token each time',
      whole(1),
      4,
    )
    .option('--allow-unknown', 'allow <unk>, the token of everything that the vocabulary lacks')
    .option('--alignments', 'show where the model looked for each token')
    .optionsGroup('Machine:')
    .option('--backend <name>', 'node-gpu, node, wasm or cpu (default: the best there is)')
    .option('--json', 'one JSON object a line on standard output, for programs');
  return withTrust(command).action(async (path: string, options: TranslateArguments) => {
    const { translate } = await import('../translate.ts');
    await translate(path, options);
  });
}
