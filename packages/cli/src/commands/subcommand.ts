import { Command, type Option } from 'commander';
import { type Example, examplesText } from './help.ts';

/** A command of `elman`. */
export class Subcommand extends Command {
  constructor(name: string, examples: readonly [Example, Example, ...Example[]]) {
    super(name);
    this.addHelpText('after', examplesText(examples));
  }

  /** Commander reads `--no-x <value>` as the negation of an option `--x` and drops the value: here it is an option like any other. */
  override addOption(option: Option): this {
    if (option.required || option.optional) option.negate = false;
    return super.addOption(option);
  }
}
