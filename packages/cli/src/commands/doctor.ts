import type { Command } from 'commander';
import type { DoctorArguments } from '../doctor.ts';
import { Subcommand } from './subcommand.ts';

/** `elman doctor`. */
export function doctorCommand(): Command {
  return new Subcommand('doctor', [
    ['elman doctor', 'as a table'],
    ['elman doctor --json', 'for programs'],
  ])
    .description('Shows which backends run here, how fast, and why the others do not.')
    .option('--json', 'one JSON object on standard output')
    .action(async (options: DoctorArguments) => {
      const { doctor } = await import('../doctor.ts');
      await doctor(options);
    });
}
