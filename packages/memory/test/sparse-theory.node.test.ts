import { gru } from '@elman/cells';
import { type Frame, type Memory, type MemorySession, Rng, type Sequence, tree, valueAndGrad } from '@elman/core';
import { memoryCell, unroll } from '@elman/rnn';
import { countTensors, expectTreesClose } from '@elman/testkit';
import {
  add,
  div,
  expandDims,
  grad,
  matMul,
  mul,
  oneHot,
  type Scalar,
  sigmoid,
  slice,
  softmax,
  softplus,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  tanh,
  tensor1d,
  tensor2d,
  tidy,
  zeros,
} from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { fastWeights, keyValueMemory, type SparseAccessMemoryState, sparseAccessMemory } from '../src/index.ts';

/** Large enough that sigmoid and tanh are exactly 0 or 1 in float32. */
const FAR = 100;

const commandsOf = (memory: { interfaceSize: number }, time: number, batch: number, seed = 1): Frame[] => {
  const rng = Rng.seeded(seed);
  return Array.from(
    { length: time },
    (_, t) => rng.fork(t).tensor([batch, memory.interfaceSize], (r) => 1.5 * r.normal()) as Frame,
  );
};

type Reads = { reads: Frame[]; state: SparseAccessMemoryState };
type Through = (memory: Memory<SparseAccessMemoryState>, commands: readonly Frame[]) => Reads;

const byAccess: Through = (memory, commands) => {
  let state = memory.initialState((commands[0] as Frame).shape[0]);
  const reads = commands.map((command) => {
    const next = memory.access(state, command);
    state = next.state;
    return next.read;
  });
  return { reads, state };
};

const bySession: Through = (memory, commands) => {
  const session = memory.open?.(memory.initialState((commands[0] as Frame).shape[0]));
  const { access, close } = session as MemorySession<SparseAccessMemoryState>;
  return { reads: commands.map((command) => access(command)), state: close() };
};

/** Values of reads and state, and the gradient with respect to the commands of a weighted sum of the reads that `counts`. */
function trained(
  run: (commands: readonly Frame[]) => { reads: Frame[] },
  commands: Frame[],
  counts: (t: number) => boolean = () => true,
) {
  const weights = Rng.seeded(9);
  return valueAndGrad((given: Frame[]) => {
    const { reads } = run(given);
    const loss = reads
      .map((read, t) =>
        sum(
          mul(
            read,
            weights.fork(t).tensor(read.shape, (r) => r.normal()),
          ),
        ),
      )
      .filter((_, t) => counts(t))
      .reduce((a, b) => add(a, b)) as Scalar;
    return { loss, aux: reads };
  }, commands);
}

/** A dense access by softmax over all slots, written out without a search. */
function denseReads(slots: number, width: number, commands: readonly Frame[]): { reads: Frame[] } {
  const batch = (commands[0] as Frame).shape[0];
  let memory: Tensor = zeros([batch, slots, width]);
  let weights: Tensor = zeros([batch, slots]);
  const lastUse = Array.from({ length: batch }, () => Array<number>(slots).fill(0));
  const reads = commands.map((command, t) => {
    const part = (from: number, size: number): Tensor => slice(command, [0, from], [-1, size]);
    const [key, word] = [tanh(part(0, width)), tanh(part(width + 1, width))];
    const strength = add(softplus(part(width, 1)), 1);
    const [alpha, gamma] = [sigmoid(part(2 * width + 1, 1)), sigmoid(part(2 * width + 2, 1))];
    const places = lastUse.map((uses) => uses.indexOf(Math.min(...uses)));
    const oldest = oneHot(tensor1d(places, 'int32'), slots);
    const write = mul(alpha, add(mul(gamma, weights), mul(sub(1, gamma), oldest)));
    const kept = mul(memory, expandDims(sub(1, oldest), 2));
    memory = add(kept, matMul(expandDims(write, 2) as Tensor3D, expandDims(word, 1) as Tensor3D));
    const dots = sum(mul(memory, expandDims(key, 1)), 2);
    const ofSlots = sqrt(add(sum(square(memory), 2), 1e-3));
    const ofKey = sqrt(add(sum(square(key), 1, true), 1e-3));
    weights = softmax(mul(strength, div(dots, mul(ofSlots, ofKey))));
    const uses = add(weights, write).dataSync();
    lastUse.forEach((row, b) => {
      row.forEach((_, i) => {
        if ((uses[b * slots + i] as number) > 0.005) row[i] = t + 1;
      });
    });
    return sum(mul(memory, expandDims(weights, 2)), 1) as Frame;
  });
  return { reads };
}

describe('sparse access', () => {
  for (const [way, through] of [
    ['by access', byAccess],
    ['in a session', bySession],
  ] as const) {
    it(`to k = all slots equals dense access, with gradients: ${way}`, async () => {
      const memory = sparseAccessMemory({ slots: 6, width: 4, nearest: 6 });
      const commands = commandsOf(memory, 12, 3);
      const wanted = trained((given) => denseReads(6, 4, given), commands);
      const found = trained((given) => through(memory, given), commands);
      await expectTreesClose(found.aux, wanted.aux, { where: 'reads' });
      await expectTreesClose(found.grads, wanted.grads, { where: 'gradients' });
    });
  }

  for (const index of ['linear', 'lsh'] as const) {
    it(`in a session (${index}) equals step-by-step access over 40 steps`, async () => {
      const memory = sparseAccessMemory({ slots: 30, width: 5, reads: 3, nearest: 4, index });
      const commands = commandsOf(memory, 40, 2);
      const [wanted, found] = [byAccess, bySession].map((through) => {
        const { reads, state } = through(memory, commands);
        return [...reads, state];
      }) as [(Frame | SparseAccessMemoryState)[], (Frame | SparseAccessMemoryState)[]];
      await expectTreesClose(found, wanted, { where: index });
      for (const counts of [() => true, (t: number) => t === 7, (t: number) => t > 30 && t % 2 === 0]) {
        const [gradient, same] = [byAccess, bySession].map(
          (through) => trained((given) => through(memory, given), commands, counts).grads,
        ) as [Frame[], Frame[]];
        await expectTreesClose(same, gradient, { where: `${index}: gradients` });
      }
    });
  }

  it('changes at most reads·k + 1 slots per access', async () => {
    const memory = sparseAccessMemory({ slots: 50, width: 3, reads: 2, nearest: 3 });
    let state = memory.initialState(1);
    for (const command of commandsOf(memory, 60, 1, 3)) {
      const next = memory.access(state, command).state;
      const moved = await sum(square(sub(next.memory, state.memory)), 2).data();
      expect(moved.filter((change) => change > 0).length).toBeLessThanOrEqual(7);
      state = next;
    }
  });

  it('clears and writes the least recently used slot', async () => {
    const [slots, width] = [5, 8];
    const memory = sparseAccessMemory({ slots, width, nearest: 1 });
    let state = memory.initialState(1);
    // Each step writes its own word to the oldest slot, and reads a known word: itself, except at the marked steps.
    const wordOf = (n: number): number[] => Array.from({ length: width }, (_, i) => ((n + 1) & (1 << i) ? FAR : -FAR));
    const oldest: number[] = [];
    const lastUse = Array<number>(slots).fill(0);
    const held = Array<number>(slots).fill(-1);
    const rng = Rng.seeded(5);
    for (let t = 1; t <= 40; t++) {
      const slot = lastUse.indexOf(Math.min(...lastUse));
      held[slot] = t;
      const wanted = t > slots && rng.uniform() < 0.5 ? rng.integer(slots) : slot;
      const command = [...wordOf(held[wanted] as number), FAR, ...wordOf(t), FAR, -FAR];
      const next = memory.access(state, tensor2d([command]));
      const words = await next.read.data();
      expect(Array.from(words)).toEqual(wordOf(held[wanted] as number).map((x) => x / FAR));
      lastUse[slot] = lastUse[wanted] = t;
      state = next.state;
      expect(Array.from(await state.lastAccess.data())).toEqual(lastUse);
      oldest.push(slot);
    }
    expect(oldest.slice(0, slots)).toEqual([0, 1, 2, 3, 4]);
  });

  it('as a cell in a session equals the cell step by step, with a mask', async () => {
    const memory = sparseAccessMemory({ slots: 20, width: 4, reads: 2, nearest: 3 });
    const cell = memoryCell(gru({ inputSize: 3 + memory.readSize, hiddenSize: 6 }), memory);
    const params = cell.init(Rng.seeded(1));
    const inputs = Rng.seeded(2).tensor([2, 9, 3], (r) => r.normal()) as Sequence;
    const mask = tensor2d(
      Array.from({ length: 18 }, (_, i) => (i < 14 && i !== 3 ? 1 : 0)),
      [2, 9],
    );
    const run = (within: typeof cell) =>
      valueAndGrad((given: typeof params) => {
        const { outputs, state } = unroll(within, given, inputs, { mask });
        return { loss: add(sum(square(outputs)), sum(square(state.memory.memory))) as Scalar, aux: { outputs, state } };
      }, params);
    const { scan: _, ...steps } = cell;
    const [found, wanted] = [run(cell), run(steps)];
    await expectTreesClose(found.aux, wanted.aux, { where: 'outputs' });
    await expectTreesClose(found.grads, wanted.grads, { where: 'gradients' });
  });

  it('has no session for second-order gradients, which only the ops have', () => {
    const memory = sparseAccessMemory({ slots: 4, width: 2 });
    const state = memory.initialState(1);
    const found: boolean[] = [];
    const probe = (x: Tensor): Tensor => {
      found.push(memory.open?.(state) !== undefined);
      return square(x);
    };
    tidy(() => grad((x) => grad(probe)(x))(tensor1d([1])));
    tidy(() => grad(probe)(tensor1d([1])));
    expect(found).toEqual([false, true]);
  });

  it('leaks no tensors, without a gradient and with one', () => {
    const memory = sparseAccessMemory({ slots: 10, width: 3 });
    const commands = commandsOf(memory, 5, 2);
    const start = memory.initialState(2);
    const made = countTensors(() => {
      const session = memory.open?.(start) as MemorySession<SparseAccessMemoryState>;
      tree.dispose([...commands.map((command) => session.access(command)), session.close()]);
      const { value, grads, aux } = trained((given) => tidy(() => bySession(memory, given) as never), commands);
      tree.dispose([value, grads, aux]);
    });
    expect(made).toBe(0);
  });
});

it('Hebbian fast weights hold a value for each of keySize orthogonal keys', async () => {
  const size = 4;
  const memory = fastWeights({ keySize: size, valueSize: 3, decay: 1, rate: 1, normalized: false });
  const values = Rng.seeded(1).tensor([size, 3], (r) => r.normal()) as Tensor2D;
  const keys = oneHot(tensor1d([0, 1, 2, 3], 'int32'), size) as Tensor2D;
  let state = memory.initialState(1);
  const row = (x: Tensor2D, i: number): Frame => slice(x, [i, 0], [1, -1]);
  for (let i = 0; i < size; i++) {
    state = memory.access(
      state,
      tensor2d([[...(await row(keys, i).data()), ...(await row(values, i).data()), 0, 0, 0, 0]]),
    ).state;
  }
  for (let i = 0; i < size; i++) {
    const query = tensor2d([[...Array<number>(size + 3).fill(0), ...(await row(keys, i).data())]]);
    await expectTreesClose(memory.access(state, query).read, row(values, i), { where: `value ${i}` });
  }
});

it('fast weights by the delta rule replace the value of a key, where Hebbian ones blend', async () => {
  const write = (value: number): Frame => tensor2d([[FAR, 0, 0, value, FAR, 0, 0, FAR]]);
  const corrects = fastWeights({ keySize: 3, valueSize: 1, rule: 'delta' });
  const first = corrects.access(corrects.initialState(1), write(0.7));
  const second = corrects.access(first.state, write(-0.2));
  expect((await first.read.data())[0]).toBeCloseTo(0.7, 5);
  expect((await second.read.data())[0]).toBeCloseTo(-0.2, 5);
});

it('a key-value memory recalls the value of a key, and replaces the right slot', async () => {
  for (const replaces of ['oldest', 'leastRecentlyUsed'] as const) {
    const memory = keyValueMemory({ slots: 3, keySize: 4, valueSize: 1, replaces });
    const key = (n: number): number[] => [0, 1, 2, 3].map((i) => (i === n ? FAR : 0));
    const access = (state: ReturnType<typeof memory.initialState>, write: number, value: number, ask: number) =>
      memory.access(state, tensor2d([[...key(write), value, ...key(ask), 1000]]));
    let state = memory.initialState(1);
    const recall: number[] = [];
    for (const [write, value, ask] of [
      [0, 0.1, 0],
      [1, 0.2, 1],
      [2, 0.3, 0],
      [3, 0.4, 0],
      [3, 0.4, 1],
    ] as const) {
      const next = access(state, write, value, ask);
      recall.push((await next.read.data())[0] as number);
      state = next.state;
    }
    const [a, b, c, d, e] = recall as [number, number, number, number, number];
    const close = (found: number, value: number): void => expect(found).toBeCloseTo(Math.tanh(value), 5);
    close(a, 0.1);
    close(b, 0.2);
    close(c, 0.1);
    // The fourth replaced the first written, or the second, which had not been read since.
    if (replaces === 'leastRecentlyUsed') close(d, 0.1);
    else expect(Math.abs(d - Math.tanh(0.1))).toBeGreaterThan(0.05);
    expect(Number.isFinite(e)).toBe(true);
  }
});
