import { Command, CommanderError } from 'commander';
import { compareCommand } from './commands/compare.ts';
import { compressCommand, decompressCommand } from './commands/compress.ts';
import { doctorCommand } from './commands/doctor.ts';
import { evalCommand } from './commands/eval.ts';
import { describeOption, examplesText } from './commands/help.ts';
import { listCommands } from './commands/list.ts';
import { ngramCommand } from './commands/ngram.ts';
import { sampleCommand } from './commands/sample.ts';
import { taskCommand } from './commands/task.ts';
import { trainCommand } from './commands/train.ts';
import { translateCommand } from './commands/translate.ts';
import { describeError } from './errors.ts';
import { Exit, rememberCommand } from './exit.ts';
import { beginOutput, endOutput, stderr } from './terminal.ts';
import { ownVersion } from './versions.ts';

const EXAMPLES = [
  ['elman train book.txt', 'learns to write like a book'],
  ['elman sample runs/book', 'writes'],
] as const;

/** The command `elman` with all of its parts. What a command does is imported when it is called. */
export function program(): Command {
  const elman = new Command('elman')
    .description('Trains, samples and evaluates recurrent networks on text.')
    .version(ownVersion(), '-V, --version')
    .configureHelp({ optionDescription: describeOption })
    .addHelpText('after', examplesText(EXAMPLES))
    .exitOverride()
    .configureOutput({
      outputError: (text, write) =>
        write(
          `elman: ${text
            .replace(/^error: /, '')
            .trim()
            .replaceAll(/\s*\n\s*/g, ' ')}\n`,
        ),
    });
  for (const command of [
    trainCommand(),
    sampleCommand(),
    evalCommand(),
    ngramCommand(),
    compressCommand(),
    decompressCommand(),
    taskCommand(),
    compareCommand(),
    translateCommand(),
    ...listCommands(),
    doctorCommand(),
  ]) {
    elman.addCommand(command.copyInheritedSettings(elman));
  }
  return elman;
}

/** Runs a command line (without `node` and the script) and returns the exit code. */
export async function run(args: readonly string[]): Promise<number> {
  beginOutput();
  rememberCommand(args);
  return endOutput(await exitCodeOf(args));
}

async function exitCodeOf(args: readonly string[]): Promise<number> {
  try {
    await program().parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof Exit) return error.code;
    if (error instanceof CommanderError) return error.exitCode;
    stderr.write(`${describeError(error, process.env.DEBUG === 'elman')}\n`);
    return 1;
  }
}
