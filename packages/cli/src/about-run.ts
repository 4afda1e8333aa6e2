import { availableParallelism, cpus } from 'node:os';
import { sameCommand } from './exit.ts';

/** What a table needs to be published: how, when and where it was made. `dates` are those of its runs. */
export const aboutRun = (
  dates: readonly string[],
): {
  readonly command: string;
  readonly date: string | undefined;
  readonly node: string;
  readonly machine: string;
} => ({
  command: sameCommand(),
  date: dates.toSorted().at(-1),
  node: process.versions.node,
  machine: `${cpus()[0]?.model.trim() ?? 'unknown'}, processors: ${availableParallelism()}`,
});
