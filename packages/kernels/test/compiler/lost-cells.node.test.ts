import { setTimeout } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Rng, tree } from '@elman/core';
import { expect, it } from 'vitest';
import { compileStep } from '../../src/compiler/compiled-step.ts';
import { NotCompilable } from '../../src/compiler/graph.ts';
import type { AnyCell } from '../../src/compiler/trace/index.ts';
import { sharedWorkspace, type Workspace } from '../../src/simd/workspace.ts';
import { lstm } from './cells.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;
const { blocks } = sharedWorkspace() as Workspace;

function compileMany(): void {
  for (let i = 0; i < 5; i++) {
    const cell = lstm();
    const [params, state] = [cell.init(Rng.seeded(1)), cell.initialState(2)];
    const like = { params, state, context: undefined, isMasked: false, isNoisy: false };
    const step = compileStep(cell as unknown as AnyCell, like);
    if (step instanceof NotCompilable) throw step;
    step.training();
    tree.dispose([params, state]);
  }
}

it('the code of a step is freed with its cell', async () => {
  const before = blocks.used;
  compileMany();
  expect(blocks.used).toBeGreaterThan(before);
  for (let tries = 0; tries < 100 && blocks.used > before; tries++) {
    collectGarbage();
    await setTimeout(1);
  }
  expect(blocks.used).toBeLessThanOrEqual(before);
});
