import { afterAll, expect, it } from 'vitest';
import { sharedWorkspace, type Workspace } from '../../src/simd/workspace.ts';
import { dataOf, disposeData, gradientsBy, refusalOf } from './fuzz/compare.ts';
import { cellOf } from './fuzz/program.ts';
import { randomProgram } from './fuzz/random-program.ts';

const { team } = sharedWorkspace() as Workspace;
const { size } = team;
afterAll(() => team.resize(size));

/** Waits until this many threads have started; they start with the first large job. */
async function use(threads: number): Promise<void> {
  team.resize(threads);
  team.run('columnSums', 0, 8, 1e9, 0, 0, 0, 0);
  while (team.threads < threads) await new Promise((resolve) => setTimeout(resolve, 1));
}

/** A step on so many rows and frames that threads are used. */
function caseOf(seed: number) {
  const { run, ...rest } = randomProgram(seed, { rare: 0 });
  const program = { ...rest, run: { ...run, batch: 97, time: 30 } };
  const data = dataOf(program);
  const cell = cellOf(program, data.captured);
  expect(refusalOf(cell, data), `seed ${seed}`).toBeUndefined();
  return { data, numbers: () => gradientsBy('compiled', cell, data, program) };
}

it('random steps have the same bits on several threads', async () => {
  const cases = Array.from({ length: 8 }, (_, i) => caseOf(300_000 + i));
  await use(1);
  const alone = await Promise.all(cases.map(({ numbers }) => numbers()));
  for (const threads of [2, 3]) {
    await use(threads);
    expect(await Promise.all(cases.map(({ numbers }) => numbers()))).toEqual(alone);
  }
  for (const { data } of cases) disposeData(data);
});
