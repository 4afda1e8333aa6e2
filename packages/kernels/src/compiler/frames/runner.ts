import { quicker } from '../../simd/quicker.ts';
import { call, functionOf } from '../../simd/team.ts';
import { BLOCK } from '../plan/plan.ts';
import { operationsOf } from '../run/work.ts';
import type { NamedSection } from './frame-plan.ts';
import type { PackedCell } from './packed-cell.ts';
import type { Room } from './room.ts';

/** From how many operations on a frame may be divided among threads: a few microseconds' worth is not. */
const WORTH_THREADS = 200_000;

/** Runs sections for one frame of `batch` rows: on this thread, or on all of them where that is quicker. */
export function runnerOf(
  { program, workspace }: PackedCell,
  { table, parts }: Room,
  sections: readonly NamedSection[],
): (batch: number) => void {
  const { team } = workspace;
  const ready = sections.map(({ name, section }) => ({
    name,
    run: functionOf(program, name),
    isAll: section.kind === 'all',
    work: operationsOf(section),
  }));
  const work = ready.reduce((sum, each) => sum + each.work, 0);
  const args = [table];
  const countOf = (isAll: boolean, batch: number): number => (isAll ? Math.ceil(batch / BLOCK) : batch);
  const alone = (batch: number): void => {
    for (const each of ready) call(each.run, each.name, 0, 0, countOf(each.isAll, batch), args);
  };
  const together = (batch: number): void => {
    for (const each of ready)
      team.runProgram(program, each.name, countOf(each.isAll, batch), 1, each.work * batch, table);
  };
  const either = quicker(alone, together, () => team.threads > 1);
  return (batch) => {
    if (batch > 1 && work * batch >= WORTH_THREADS && team.size <= parts) either(batch);
    else alone(batch);
  };
}
