import { feedForward, lstm } from '@elman/cells';
import { type Cell, OptionError, type Task, type Tree } from '@elman/core';
import { type NtmMemoryState, ntmMemory } from '@elman/memory';
import { type MemoryCell, memoryCell } from '@elman/rnn';

/** A net, and its initial learning rate. */
export type Net<C = Cell<Tree, Tree>> = { readonly cell: C; readonly learningRate: number };

/** Parameters of a Neural Turing machine: its controller and its memory. */
export const SIZES = { units: 100, slots: 128, width: 20 };

type Controller = {
  make(sizes: { readonly inputSize: number; readonly hiddenSize: number }): Cell<Tree, Tree>;
  readonly learningRate: number;
};

/** A feed-forward controller depends on the memory; an LSTM can do without, and learns to use it more slowly. */
const controllers: { readonly [name: string]: Controller } = {
  feedforward: { make: (sizes) => feedForward({ ...sizes, activation: 'tanh' }) as never, learningRate: 0.002 },
  lstm: { make: (sizes) => lstm(sizes) as never, learningRate: 0.001 },
};

/** A Neural Turing machine for a task: one head reads, one writes. */
export function ntm({ inputSize }: Task, controller = 'feedforward'): Net<MemoryCell<Tree, Tree, NtmMemoryState>> {
  const found = controllers[controller];
  if (found === undefined) {
    throw new OptionError(`--controller: expected ${Object.keys(controllers).join(' or ')}, got ${controller}.`);
  }
  const { units, slots, width } = SIZES;
  const memory = ntmMemory({ slots, width });
  const made = found.make({ inputSize: inputSize + memory.readSize, hiddenSize: units });
  return { cell: memoryCell(made, memory), learningRate: found.learningRate };
}

/** Nets to compare, by name. */
export const nets: { readonly [name: string]: (task: Task) => Net } = {
  'NTM, feed-forward controller': (task) => ntm(task) as Net,
  'LSTM of 256': ({ inputSize }) => ({
    cell: lstm({ inputSize, hiddenSize: 256 }) as never,
    learningRate: 0.002,
  }),
};
