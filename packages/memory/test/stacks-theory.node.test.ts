import { type Memory, Rng, type Tree, tree } from '@elman/core';
import { tensor2d } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { continuousDeque, continuousQueue, continuousStack, pushPopStack, tape } from '../src/index.ts';

const OPERATIONS = 1000;

/**
 * The logits of yes and no. Soft memories need saturated logits; for hard ones small logits suffice, as they
 * take the likeliest.
 */
const ways = [
  { way: 'soft, of certain commands', hard: false, yes: 40, no: -40 },
  { way: 'hard, of commands that lean', hard: true, yes: 0.2, no: -0.1 },
];

/** One access to a memory of one row, in plain numbers. */
function machine<S extends Tree>(memory: Memory<S>): (command: readonly number[]) => Promise<number[]> {
  let state = memory.initialState(1);
  return async (command) => {
    const { read, state: next } = memory.access(state, tensor2d([...command], [1, memory.interfaceSize]));
    tree.dispose(state);
    state = next;
    return [...(await read.data())];
  };
}

function expectClose(found: readonly number[], wanted: readonly number[], where: string): void {
  const isClose = found.length === wanted.length && found.every((x, i) => Math.abs(x - (wanted[i] as number)) < 1e-5);
  if (!isClose) expect.fail(`${where}: expected ${wanted.join(', ')}, got ${found.join(', ')}.`);
}

const logit = (p: number): number => Math.log(p / (1 - p));

describe.each(ways)('a memory that is $way', ({ hard, yes, no }) => {
  const when = (condition: boolean): number => (condition ? yes : no);

  it.each([
    { depth: 60, noOp: true },
    { depth: 5, noOp: true },
    { depth: 60, noOp: false },
  ])('pushPopStack of $depth places is an array for each stack (noOp: $noOp)', async ({ depth, noOp }) => {
    const [stacks, size, reads] = [2, 2, 3];
    const access = machine(pushPopStack({ depth, stacks, size, reads, noOp, hard }));
    const rng = Rng.seeded('stack');
    const arrays: number[][][] = [[], []];
    for (let step = 0; step < OPERATIONS; step++) {
      const actions = arrays.map(() => rng.integer(noOp ? 3 : 2));
      const values = arrays.map(() => Array.from({ length: size }, () => rng.uniform(0.01, 0.99)));
      for (const [i, array] of arrays.entries()) {
        if (actions[i] === 0) array.unshift(values[i] as number[]);
        if (actions[i] === 1) array.shift();
        array.length = Math.min(array.length, depth);
      }
      const logits = actions.flatMap((taken) =>
        Array.from({ length: noOp ? 3 : 2 }, (_, action) => when(action === taken)),
      );
      const read = await access([...logits, ...values.flat().map(logit)]);
      const tops = arrays.flatMap((array) => Array.from({ length: reads }, (_, i) => array[i] ?? [-1, -1]).flat());
      expectClose(read, tops, `step ${step}`);
    }
  });

  it.each(['continuousStack', 'continuousQueue'])('%s is an array', async (name) => {
    const size = 2;
    const make = name === 'continuousStack' ? continuousStack : continuousQueue;
    const access = machine(make({ capacity: OPERATIONS, size, hard }));
    const rng = Rng.seeded(name);
    const array: number[][] = [];
    for (let step = 0; step < OPERATIONS; step++) {
      const [push, pop] = [rng.integer(2) === 1, rng.integer(2) === 1];
      const value = Array.from({ length: size }, () => rng.uniform(-0.9, 0.9));
      if (pop) name === 'continuousStack' ? array.pop() : array.shift();
      if (push) array.push(value);
      const read = await access([when(push), when(pop), ...value.map(Math.atanh)]);
      expectClose(read, array.at(name === 'continuousStack' ? -1 : 0) ?? [0, 0], `step ${step}`);
    }
  });

  it('continuousDeque is an array', async () => {
    const access = machine(continuousDeque({ capacity: OPERATIONS, size: 1, hard }));
    const rng = Rng.seeded('deque');
    const array: number[] = [];
    let crossed = 0;
    for (let step = 0; step < OPERATIONS; step++) {
      // Pops favour one end, then the other, so that elements pushed at one end leave at the other.
      const top = step % 100 < 50 ? 0.7 : 0.3;
      const [pushTop, pushBottom] = [rng.uniform() < 1 - top, rng.uniform() < top];
      const [popTop, popBottom] = [rng.uniform() < top, rng.uniform() < 1 - top];
      const [above, below] = [rng.uniform(0.1, 0.9), rng.uniform(-0.9, -0.1)];
      if (popTop && (array.pop() ?? 0) < 0) crossed++;
      if (popBottom && (array.shift() ?? 0) > 0) crossed++;
      if (pushTop) array.push(above);
      if (pushBottom) array.unshift(below);
      const flags = [pushTop, pushBottom, popTop, popBottom].map(when);
      const read = await access([...flags, Math.atanh(above), Math.atanh(below)]);
      expectClose(read, [array.at(-1) ?? 0, array[0] ?? 0], `step ${step}`);
    }
    expect(crossed).toBeGreaterThan(50);
  });

  it('tape is a circular array under a head', async () => {
    const [cells, moves] = [11, [0, -1, 1, 4]];
    const access = machine(tape({ cells, size: 2, tapes: 2, moves, hard }));
    const rng = Rng.seeded('tape');
    const tapes = [0, 1].map(() => ({ head: 0, cells: Array.from({ length: cells }, () => [0, 0]) }));
    for (let step = 0; step < OPERATIONS; step++) {
      const taken = tapes.map(() => rng.integer(moves.length));
      const writes = tapes.map(() => rng.integer(2) === 1);
      const values = tapes.map(() => [rng.uniform(-0.9, 0.9), rng.uniform(-0.9, 0.9)]);
      for (const [i, one] of tapes.entries()) {
        if (writes[i]) one.cells[one.head] = values[i] as number[];
        one.head = (one.head + (moves[taken[i] as number] as number) + cells) % cells;
      }
      const logits = taken.flatMap((move) => moves.map((_, i) => when(i === move)));
      const read = await access([...logits, ...writes.map(when), ...values.flat().map(Math.atanh)]);
      expectClose(
        read,
        tapes.flatMap(({ head, cells: all }) => all[head] as number[]),
        `step ${step}`,
      );
    }
  });

  it('tape runs a Turing machine that counts in binary', async () => {
    const access = machine(tape({ cells: 16, size: 1, hard }));
    const [STAY, LEFT, RIGHT] = [0, 1, 2];
    const act = async (move: number, write?: number): Promise<number> => {
      const logits = [STAY, LEFT, RIGHT].map((one) => when(one === move));
      const [symbol] = await access([...logits, when(write !== undefined), write === undefined ? 3 : 10 * write]);
      return Math.round(symbol as number);
    };
    // Bits −1 and 1 with 0 for a blank, the lowest at the head: a carry moves right over ones, which become zeros, and then back.
    let [symbol, steps] = [0, 0];
    const count = 150;
    for (let n = 0; n < count; n++) {
      let places = 0;
      for (; symbol === 1; places++) symbol = await act(RIGHT, -1);
      symbol = await act(STAY, 1);
      steps += 2 * places + 1;
      for (; places > 0; places--) symbol = await act(LEFT);
    }
    const bits: number[] = [];
    for (; symbol !== 0; symbol = await act(RIGHT)) bits.push(symbol);
    expect(
      bits
        .map((bit) => (bit === 1 ? '1' : '0'))
        .reverse()
        .join(''),
    ).toBe(count.toString(2));
    expect(steps).toBeGreaterThan(400);
  });
});
