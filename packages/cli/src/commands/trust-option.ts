import { isPackageName } from '@elman/core';
import { type Command, InvalidArgumentError, Option } from 'commander';

/** Adds `--trust`, of a command that loads a model. */
export function withTrust(command: Command): Command {
  return command.option(
    '--trust <package>',
    'run the code of this package if the model names it (again for more)',
    add,
  );
}

/** The same where there is no `--cell` of another meaning: `--cell` trusts the cell's package, as in training. */
export function withTrustAndCell(command: Command): Command {
  return withTrust(command).addOption(
    new Option('--cell <name>', 'the cell that the model was trained with').hideHelp(),
  );
}

function add(name: string, before: readonly string[] = []): readonly string[] {
  if (!isPackageName(name)) throw new InvalidArgumentError('Expected the name of an npm package.');
  return [...before, name];
}
