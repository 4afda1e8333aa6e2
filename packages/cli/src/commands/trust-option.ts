import { isPackageName } from '@elman/core';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { isPath } from '../find/own-file.ts';

/** Adds `--trust`, of a command that loads a model. */
export function withTrust(command: Command): Command {
  return command.option(
    '--trust <package>',
    'run the code of this package, or file (./my-cell.mjs), if the model names it (again for more)',
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
  if (!isPackageName(name) && !isPath(name)) {
    throw new InvalidArgumentError('Expected the name of an npm package, or the path of a file, as ./my-cell.mjs.');
  }
  return [...before, name];
}
