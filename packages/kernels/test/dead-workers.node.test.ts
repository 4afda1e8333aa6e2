import { Rng } from '@elman/core';
import { expect, it } from 'vitest';
import { softmaxInArena } from '../src/simd/softmax-in-arena.ts';
import { makeWorkspace, type Workspace } from '../src/simd/workspace.ts';
import { cells, compiledBits } from './compiler/in-workspace.ts';
import { type Death, withDyingWorkers } from './dying-workers.ts';
import { tinyModule } from './tiny-module.ts';

const rng = Rng.seeded(1);
const numbers = Float32Array.from({ length: 24_576 }, () => rng.normal());

type Name = keyof typeof cells;

/** A workspace of its own, with this many threads that have started. */
async function workspaceOf(threads: number): Promise<Workspace> {
  const workspace = makeWorkspace('simd4x8', { guarded: true }) as Workspace;
  workspace.team.resize(threads);
  await started(workspace);
  return workspace;
}

async function started({ team }: Workspace): Promise<void> {
  do {
    team.run('columnSums', 0, 8, 1e9, 0, 0, 0, 0);
    await new Promise((resolve) => setTimeout(resolve, 1));
  } while (team.threads < team.size);
}

/** The bits of a sequence and its gradients. */
const bitsOf = (workspace: Workspace, name: Name, reverse = false): Buffer =>
  Buffer.from(compiledBits(workspace, { name, reverse }).buffer);

/** Runs a job on one thread, and on four of which three end as said; returns how many have. */
async function deathsIn(job: (workspace: Workspace) => Buffer, death: (worker: number) => Death): Promise<number> {
  const expected = job(await workspaceOf(1));
  return withDyingWorkers(death, async () => {
    expect(job(await workspaceOf(4)).equals(expected)).toBe(true);
  });
}

/** Other functions that are divided among threads, by their bits. */
const jobs: { readonly [name: string]: (workspace: Workspace) => Buffer } = {
  softmaxCrossEntropy(workspace) {
    const logits = numbers.subarray(0, 64 * 300);
    const ids = Int32Array.from({ length: 64 }, (_, i) => (7 * i) % 300);
    const { loss, gradient } = softmaxInArena(workspace, [64, 300], logits, ids, Float32Array.of(0.1), 0.1);
    return Buffer.concat([Buffer.from(Float64Array.of(loss).buffer), Buffer.from(gradient.buffer)]);
  },
  matMul({ simd, arena, team }) {
    const [rows, depth, columns] = [48, 300, 100];
    const part = simd.matMulScratch(rows, depth, columns);
    const size = { a: rows * depth, b: depth * columns, c: rows * columns, bias: columns, scratch: 4 * part };
    const { a, b, c, bias, scratch } = arena.layout(size);
    for (const at of [a, b, bias]) arena.view(at, columns).set(numbers.subarray(0, columns));
    team.run('matMul', columns, 8, 1e9, 1, a, b, c, rows, depth, columns, 0, 0, bias, scratch, 4 * part);
    return Buffer.from(arena.view(c, rows * columns).slice().buffer);
  },
  multiplyColumns({ arena, team }) {
    const [rows, depth, columns] = [5, 40, 96];
    const { a, packed, c } = arena.layout({ a: rows * depth, packed: depth * columns, c: rows * columns });
    arena.view(a, rows * depth).set(numbers.subarray(0, rows * depth));
    arena.view(packed, depth * columns).set(numbers.subarray(0, depth * columns));
    const restore = (from: number, to: number): void => {
      for (let row = 0; row < rows; row++) arena.view(c + 4 * (row * columns + from), to - from).fill(row);
    };
    restore(0, columns);
    team.runOnto(
      restore,
      'multiplyColumns',
      columns,
      16,
      1e9,
      a,
      4 * depth,
      packed,
      c,
      4 * columns,
      rows,
      depth,
      columns,
      1,
    );
    return Buffer.from(arena.view(c, rows * columns).slice().buffer);
  },
  program(workspace) {
    const program = workspace.load(tinyModule(3, true));
    const [source, target] = [workspace.blocks.take(4000), workspace.blocks.take(4000)];
    workspace.blocks.view(source, 1000).set(numbers.subarray(0, 1000));
    for (let i = 0; i < 2; i++) workspace.team.runProgram(program, 'scaled', 1000, 4, 1e9, source, target);
    return Buffer.from(workspace.blocks.view(target, 1000).slice().buffer);
  },
};

it('a sequence has the same bits, wherever workers end', async () => {
  let deaths = 0;
  for (const first of [2, 11, 20, 29]) {
    deaths += await deathsIn(
      (workspace) => bitsOf(workspace, 'lstm'),
      (worker) => ({ event: first + 3 * worker, of: 'all', how: 'exit' }),
    );
  }
  expect(deaths).toBeGreaterThan(3);
});

it.each(Object.keys(cells) as Name[])('so has every cell if workers end or trap in a part: %s', async (name) => {
  const deaths = await deathsIn(
    (workspace) => bitsOf(workspace, name, true),
    (worker) =>
      [
        { event: 0, of: 'forward', how: 'exit' } as const,
        { event: 0, of: 'backward', how: 'trap' } as const,
        { event: 1, of: 'backward', how: 'exit' } as const,
      ][worker] as Death,
  );
  expect(deaths).toBeGreaterThan(0);
});

it.each(Object.entries(jobs))('so has everything that is divided: %s', async (_, job) => {
  const deaths = await deathsIn(job, (worker) => ({ event: worker % 2, of: 'calls', how: 'exit' }));
  expect(deaths).toBeGreaterThan(0);
});

it('workers that end between jobs are missed by none, and started again with a later job', async () => {
  const workspace = await workspaceOf(3);
  const expected = bitsOf(workspace, 'gru');
  const { team } = workspace;
  await withDyingWorkers(
    () => ({ event: 1, of: 'calls', how: 'exit' }),
    async () => {
      team.resize(5);
      await started(workspace);
      for (let i = 0; i < 3; i++) expect(bitsOf(workspace, 'gru').equals(expected)).toBe(true);
    },
  );
  await started(workspace);
  expect(team.threads).toBe(5);
  expect(team.lost).toBeGreaterThanOrEqual(2);
  expect(bitsOf(workspace, 'gru').equals(expected)).toBe(true);
});

it('a worker that is only slow is waited for', async () => {
  const expected = bitsOf(await workspaceOf(1), 'lstm');
  await withDyingWorkers(
    (worker) => ({ event: worker, of: worker === 0 ? 'forward' : 'backward', how: 'sleep' }),
    async () => {
      const workspace = await workspaceOf(3);
      const start = performance.now();
      expect(bitsOf(workspace, 'lstm').equals(expected)).toBe(true);
      expect(performance.now() - start).toBeGreaterThan(100);
      expect(workspace.team).toMatchObject({ threads: 3, lost: 0 });
    },
  );
});
