import { getBackend } from '@tensorflow/tfjs-core';
import { afterAll, describe, expect, it } from 'vitest';
import { compilesHere } from './compiles-here.ts';
import { check } from './fuzz/check.ts';
import type { How } from './fuzz/compare.ts';
import { textOf } from './fuzz/program.ts';
import { randomProgram } from './fuzz/random-program.ts';
import { shrunk } from './fuzz/shrink.ts';

/**
 * Random steps give the same numbers compiled as op by op. More of them:
 *
 *   ELMAN_FUZZ=1000 ELMAN_TEST_BROWSER=0 pnpm vitest run packages/kernels/test/compiler/random-steps.test.ts --project node-wasm
 *
 * and one of them: ELMAN_FUZZ=1 ELMAN_FUZZ_SEED=1234. Each backend has seeds of its own. As shaders, in a page, which takes minutes:
 *
 *   ELMAN_FUZZ=100 pnpm vitest run packages/kernels/test/compiler/random-steps.test.ts --project page-webgl --project page-webgpu
 */
const environment = typeof process === 'undefined' ? import.meta.env : process.env;
const isInNode = typeof window === 'undefined';
/** Where steps are shaders, which are slow to compile in software. */
const isOnDevice = getBackend().startsWith('webg');
const COUNT = Number(environment.ELMAN_FUZZ ?? (isInNode ? 250 : isOnDevice ? 8 : 25));
const FIRST = Number(
  environment.ELMAN_FUZZ_SEED ?? { cpu: 100_000, wasm: 0, webgpu: 250_000 }[getBackend()] ?? 200_000,
);
const AT_ONCE = isOnDevice ? 1 : 25;
/** One in so many is run in plain JavaScript, too. */
const IN_JAVASCRIPT = 5;

/** Why a step may be left to be run op by op. */
const ALLOWED = [
  /^Sin: /,
  // In JavaScript and in shaders: all but elementwise ops of rows of several axes.
  /are not run in JavaScript$|is not computed in shaders$/,
  // What is computed of noise that all rows share.
  /^\w+: \w+ of (\[[\d, ]*\]( and )?)* to \[[\d, ]*\] is not among/,
];

const outcomes = { compiled: 0, refused: 0, sensitive: 0, otherBits: 0 };

describe.runIf(compilesHere())('random steps have the same values and gradients compiled as op by op', () => {
  const seeds = Array.from({ length: COUNT }, (_, i) => FIRST + i);
  const groups = Array.from({ length: Math.ceil(COUNT / AT_ONCE) }, (_, i) =>
    seeds.slice(AT_ONCE * i, AT_ONCE * (i + 1)),
  );
  it.each(groups.map((group) => [group[0], group.at(-1), group] as const))('seeds %d to %d', async (_, __, group) => {
    for (const seed of group) {
      await expectSame(seed, 'compiled');
      if (seed % IN_JAVASCRIPT === 0 && !isOnDevice) await expectSame(seed, 'javascript');
    }
  });

  afterAll(() => {
    const { compiled, refused, sensitive, otherBits } = outcomes;
    if (compiled + refused < 100) return;
    expect(refused / (compiled + refused), 'share of steps that are not compiled').toBeLessThan(0.1);
    expect(sensitive / compiled, 'share of steps whose numbers are sensitive to rounding').toBeLessThan(0.03);
    // A product that is kept for the gradient is not fused with a sum. So far 1 in 500.
    expect(otherBits / compiled, 'share of steps with other bits forward alone').toBeLessThan(0.02);
  });
});

async function expectSame(seed: number, how: How): Promise<void> {
  const program = randomProgram(seed);
  const { failure, refusal, isSensitive, isInferenceOther } = await check(program, how);
  if (failure !== undefined) {
    const kind = failure.slice(0, 7);
    const small = await shrunk(program, async (of) => (await check(of, how)).failure?.slice(0, 7) === kind);
    throw new Error(
      `seed ${seed}, ${how}: ${failure}\nThe smallest step found that fails: ${(await check(small, how)).failure}\n${textOf(small)}`,
    );
  }
  if (refusal !== undefined) {
    expect(
      ALLOWED.some((reason) => reason.test(refusal)),
      `seed ${seed} is not compiled: ${refusal}`,
    ).toBe(true);
    outcomes.refused++;
    return;
  }
  outcomes.compiled++;
  if (isSensitive) outcomes.sensitive++;
  if (isInferenceOther) outcomes.otherBits++;
}
