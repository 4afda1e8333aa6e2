import { type HeatMap, heatMap } from '@elman/charts';
import { Rng, type Sequence, type Tree, tree } from '@elman/core';
import { type MemoryCellParams, traceMemory } from '@elman/rnn';
import { alike } from '@elman/tasks';
import { oneHot, type Tensor2D, type Tensor4D, type Tensor5D } from '@tensorflow/tfjs-core';
import type { Language } from './languages.ts';
import type { StackCell } from './nets.ts';

const ACTIONS = ['push', 'pop', 'no-op'];

/** The stack actions of a net over a word of this length, and the top elements. */
export async function traffic(
  { task }: Language,
  cell: StackCell,
  params: MemoryCellParams<Tree>,
  length: number,
): Promise<{ readonly actions: HeatMap; readonly contents: HeatMap }> {
  const { inputs, ...rest } = task.sample(Rng.seeded('shown'), alike(1, { length }));
  const { seen } = tree.tidy(() => {
    const frames = oneHot(inputs as Tensor2D, task.inputSize, 1, 0, 'float32') as Sequence;
    return { seen: traceMemory(cell, params, frames).seen };
  });
  const ids = (await (inputs as Tensor2D).array())[0] as number[];
  const columns = ids.map((id) => task.symbols?.inputs[id] as string);
  const weights = (await (seen.actions as Tensor4D).array())[0] as number[][][];
  const stacks = (await (seen.stacks as Tensor5D).array())[0] as number[][][][];
  tree.dispose([inputs, seen, ...Object.values(rest).filter((part) => part !== undefined)]);

  const count = weights[0]?.length as number;
  const actions = ACTIONS.slice(0, weights[0]?.[0]?.length);
  const named = (name: string, stack: number): string => (count === 1 ? name : `${name} ${stack + 1}`);
  const each = <T>(make: (stack: number) => T[]): T[] =>
    Array.from({ length: count }, (_, stack) => make(stack)).flat();
  const size = stacks[0]?.[0]?.[0]?.length as number;
  const places = Math.min(PLACES, stacks[0]?.[0]?.length as number);
  const numbers = each((stack) =>
    Array.from({ length: places }, (_, place) => Array.from({ length: size }, (_, i) => ({ stack, place, i }))).flat(),
  );
  return {
    actions: heatMap({
      title: 'Stack actions at each symbol',
      rows: each((stack) => actions.map((name) => named(name, stack))),
      columns,
      values: each((stack) => actions.map((_, action) => weights.map((step) => step[stack]?.[action] as number))),
      labels: { rows: 'action', columns: 'symbol', values: 'weight' },
      from: 0,
      to: 1,
    }),
    contents: heatMap({
      title: 'Stack contents from the top',
      rows: numbers.map(({ stack, place, i }) => (i === 0 ? named(place === 0 ? 'top' : `${place} below`, stack) : '')),
      columns,
      values: numbers.map(({ stack, place, i }) => stacks.map((step) => step[stack]?.[place]?.[i] as number)),
      labels: { rows: 'place', columns: 'symbol', values: 'value; an empty place is −1' },
      from: -1,
      to: 1,
    }),
  };
}

/** Places that are shown. */
const PLACES = 8;
