import type { Command } from 'commander';
import type { Wanted } from '../find/kinds.ts';
import type { Example } from './help.ts';
import { Subcommand } from './subcommand.ts';

/** The commands that list what is built in, `elman cells` and so on, each with an example of its own. */
const LISTS: readonly (readonly [command: string, kind: Wanted, one: string, example: Example])[] = [
  ['cells', 'cell', 'lstm', ['elman train book.txt --cell lstm:chrono=50', 'a cell of the list, with an option']],
  ['memories', 'memory', 'tape', ['elman task ntmCopy --cell lstm+tape:cells=32', 'a memory of the list']],
  ['attention', 'attention', 'multiHead', ['elman translate a.tsv --attention multiHead', 'an attention of the list']],
  ['optimizers', 'optimizer', 'adam', ['elman train book.txt --optimizer adam:beta2=0.99', 'one with an option']],
  ['tasks', 'task', 'parity', ['elman task parity:supervision=last', 'a task of the list, with an option']],
];

/** All of them. */
export function listCommands(): Command[] {
  return LISTS.map(([name, kind, one, example]) =>
    new Subcommand(name, [[`elman ${name}`, 'as a table'], [`elman ${name} ${one}`, 'the options of one'], example])
      .description(`Lists the built-in ${name === 'attention' ? 'attentions' : name} with their options.`)
      .argument('[name]', 'only this one, and the values of its options')
      .option('--json', 'one JSON object on standard output')
      .action(async (wanted: string | undefined, options: { json?: boolean }) => {
        const { list } = await import('../lists.ts');
        await list(kind, wanted, options);
      }),
  );
}
