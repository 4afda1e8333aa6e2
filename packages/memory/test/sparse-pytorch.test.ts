import { type Frame, type Memory, type MemorySession, type Tree, tree, valueAndGrad } from '@elman/core';
import { expectTreesClose } from '@elman/testkit';
import { add, mul, type Scalar, stack, sum, type Tensor, tensor, unstack } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import fixture from '../fixtures/sparse.json' with { type: 'json' };
import { fastWeights, sparseAccessMemory } from '../src/index.ts';

type Numbers = readonly (number | Numbers)[];
type Named = { readonly [name: string]: Numbers };
type Tensors = { readonly [name: string]: Tensor };
/** A case of the fixture; see its script. */
type Case = {
  readonly factory: keyof typeof factories;
  readonly options: { readonly [name: string]: unknown };
  readonly state: Named;
  readonly commands: Numbers;
  readonly outputs: Named;
  readonly outputWeights: Named;
  readonly gradients: Named;
};

const factories = { fastWeights, sparseAccessMemory };
const asTensors = (named: Named): Tensors =>
  Object.fromEntries(
    Object.entries(named).map(([name, numbers]) => [
      name,
      tensor(numbers as number[], undefined, name === 'lastAccess' ? 'int32' : 'float32'),
    ]),
  );
type Through = (memory: Memory<Tensors>, state: Tensors, commands: readonly Frame[]) => [Frame[], Tensors];

const byAccess: Through = (memory, start, commands) => {
  let state = start;
  const reads = commands.map((command) => {
    const next = memory.access(state, command);
    state = next.state;
    return next.read;
  });
  return [reads, state];
};
const bySession: Through = (memory, start, commands) => {
  const session = memory.open?.(start) as MemorySession<Tensors> | undefined;
  if (session === undefined) return byAccess(memory, start, commands);
  const reads = commands.map((command) => session.access(command));
  return [reads, session.close()];
};

for (const given of fixture.cases as unknown as readonly Case[]) {
  const ways: [string, Through][] = [['by access', byAccess]];
  if (given.factory === 'sparseAccessMemory') ways.push(['in a session', bySession]);
  for (const [way, through] of ways) {
    it(`${given.factory} ${JSON.stringify(given.options)} ${way} equals PyTorch, with all gradients`, async () => {
      const memory = factories[given.factory](given.options as never) as unknown as Memory<Tensors>;
      const { lastAccess, ...state } = asTensors(given.state);
      const weights = asTensors(given.outputWeights);
      const at = { ...state, commands: tensor(given.commands as number[]) };
      const { grads, aux } = valueAndGrad(({ commands, ...floats }: Tensors) => {
        const start = lastAccess === undefined ? floats : { ...floats, lastAccess };
        const [reads, last] = through(memory, start, unstack(commands as Tensor) as Frame[]);
        const out: Tensors = { reads: stack(reads), ...last };
        const loss = Object.entries(weights)
          .map(([name, weight]) => sum(mul(weight, out[name] as Tensor)))
          .reduce((a, b) => add(a, b)) as Scalar;
        return { loss, aux: out as Tree };
      }, at as Tensors);
      expect(fixture.torch).toMatch(/^2\./);
      await expectTreesClose(aux, asTensors(given.outputs), { where: given.factory });
      await expectTreesClose(grads, asTensors(given.gradients), { where: `${given.factory}: gradients` });
      tree.dispose([at, grads, aux]);
    });
  }
}
