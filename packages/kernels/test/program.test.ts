import { Rng } from '@elman/core';
import { afterAll, describe, expect, it } from 'vitest';
import { haveWorkers } from '../src/simd/workers.ts';
import { makeWorkspace, type Workspace } from '../src/simd/workspace.ts';
import { tinyModule } from './tiny-module.ts';

const workspace = makeWorkspace('simd4x8', { guarded: true }) as Workspace;
const { blocks, team, isShared } = workspace;
const load = (factor: number) => workspace.load(tinyModule(factor, isShared));

/** Waits until this many threads have started, where there can be more than one. */
async function use(threads: number): Promise<void> {
  team.resize(threads);
  while (haveWorkers() && team.threads < threads) {
    team.run('columnSums', 0, 8, 1e9, 0, 0, 0, 0);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

afterAll(() => team.resize(1));

const values = Float32Array.from({ length: 1000 }, (_, i) => i + 1);

/** 1000 numbers times the factor of a program. */
function scaled(program: ReturnType<typeof load>): Float32Array {
  const [source, target] = [blocks.take(4000), blocks.take(4000)];
  blocks.view(source, 1000).set(values);
  blocks.view(target, 1000).fill(-1);
  team.runProgram(program, 'scaled', 1000, 4, 1e9, source, target);
  const result = blocks.view(target, 1000).slice();
  for (const address of [source, target]) blocks.give(address);
  return result;
}

describe('a generated module', () => {
  it('runs in parts on any number of threads, and several do in turn', async () => {
    const used = blocks.used;
    const programs = [2, 3, 5].map(load);
    expect(blocks.used).toBe(used + (haveWorkers() ? 3 * 256 : 0));
    for (const threads of [1, 2, 4]) {
      await use(threads);
      for (const [i, factor] of [2, 3, 5, 2].entries()) {
        expect(scaled(programs[i % 3] as (typeof programs)[number])).toEqual(values.map((value) => factor * value));
      }
    }
    for (const program of programs) program.dispose();
    expect(blocks.used).toBe(used);
  });

  it('calls functions of the built module', async () => {
    const [rows, depth, columns] = [37, 30, 24];
    const rng = Rng.seeded(1);
    const a = blocks.take(4 * rows * depth);
    const packed = blocks.take(4 * depth * columns);
    const c = blocks.take(4 * rows * columns);
    for (const [address, size] of [[a, rows * depth] as const, [packed, depth * columns] as const]) {
      blocks.view(address, size).set(Float32Array.from({ length: size }, () => rng.normal()));
    }
    const args = [a, 4 * depth, packed, c, 4 * columns, depth, columns, 0] as const;
    workspace.simd.multiplyRows(0, 0, rows, ...args);
    const expected = blocks.view(c, rows * columns).slice();
    const program = load(1);
    for (const threads of [1, 3]) {
      await use(threads);
      blocks.view(c, rows * columns).fill(0);
      team.runProgram(program, 'product', rows, 1, 1e9, ...args);
      expect(blocks.view(c, rows * columns)).toEqual(expected);
    }
    program.dispose();
    for (const address of [a, packed, c]) blocks.give(address);
  });

  it('may lie beyond the memory that a worker has begun with, and workers make new instances of many', async () => {
    await use(2);
    const large = blocks.take(3e6);
    const programs = Array.from({ length: 70 }, (_, i) => load(i));
    for (let round = 0; round < 2; round++) {
      for (const [i, program] of programs.entries()) expect(scaled(program)[999]).toBe(1000 * i);
    }
    for (const program of programs) program.dispose();
    blocks.give(large);
  });

  it.runIf(haveWorkers())('is computed here where a worker cannot compile it, where there are any', async () => {
    await use(2);
    const program = load(4);
    blocks.view(program.address, 2).fill(0);
    for (let i = 0; i < 2; i++) expect(scaled(program)).toEqual(values.map((value) => 4 * value));
    expect(team.lost).toBe(0);
    program.dispose();
  });

  it('says what is wrong', async () => {
    await use(2);
    const program = load(2);
    const again = load(3);
    expect(again.number).toBeGreaterThan(program.number);
    expect(() => team.runProgram(program, 'trap', 8, 1, 1e9)).toThrow('kernels: trap stopped: unreachable');
    expect(() => team.runProgram(program, 'other', 8, 1, 1e9)).toThrow(
      'kernels: expected a function of the program: scaled, product, trap; got other.',
    );
    program.dispose();
    program.dispose();
    expect(() => scaled(program)).toThrow(
      'kernels: scaled: expected a program that is in use, got one that is disposed.',
    );
    expect(scaled(again)[0]).toBe(3);
    again.dispose();
    expect(() => workspace.load(Uint8Array.of(1, 2, 3))).toThrow('kernels: a generated module does not compile: ');
  });
});
