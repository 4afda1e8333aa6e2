import { Command, CommanderError } from 'commander';
import { cellsCommand } from './commands/cells.ts';
import { compareCommand } from './commands/compare.ts';
import { doctorCommand } from './commands/doctor.ts';
import { evalCommand } from './commands/eval.ts';
import { sampleCommand } from './commands/sample.ts';
import { taskCommand } from './commands/task.ts';
import { tasksCommand } from './commands/tasks.ts';
import { trainCommand } from './commands/train.ts';
import { translateCommand } from './commands/translate.ts';
import { describeError } from './errors.ts';
import { Exit } from './exit.ts';
import { stderr } from './terminal.ts';
import { ownVersion } from './versions.ts';

/** The command `elman` with all of its parts. What a command does is imported when it is called. */
function program(): Command {
  const elman = new Command('elman')
    .description('Trains, samples and evaluates recurrent networks on text.')
    .version(ownVersion(), '-V, --version')
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
    taskCommand(),
    compareCommand(),
    cellsCommand(),
    tasksCommand(),
    translateCommand(),
    doctorCommand(),
  ]) {
    elman.addCommand(command.copyInheritedSettings(elman));
  }
  return elman;
}

/** Runs a command line (without `node` and the script) and returns the exit code. */
export async function run(args: readonly string[]): Promise<number> {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
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
