import { gru } from '@elman/cells';
import { type Batch, type Cell, OptionError, Rng, tree } from '@elman/core';
import { alike, defineTask, ids, memorization, parity } from '@elman/tasks';
import { matMul, memory, mul, oneHot, type Tensor2D, tensor1d, tensor2d, zeros } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { answers, evaluateAnswers, type TaskModelParams, taskModel } from '../src/index.ts';

type Table = { readonly table: Tensor2D };
type Nothing = { readonly none: Tensor2D };

/** Counting on from the last digit: the answer to 4 0 7 is 8 9 0 if `length` is 3. */
const countingOn = defineTask({
  name: 'countingOn',
  inputSize: 10,
  outputSize: 10,
  easiest: { length: 1, question: 1 },
  isGenerative: true,
  scoring: ids,
  example(rng, { length, question = 1 }) {
    const asked = Array.from({ length: question }, () => rng.integer(10));
    const last = asked.at(-1) as number;
    const answer = Array.from({ length }, (_, i) => (last + 1 + i) % 10);
    const before = Array<number>(question - 1).fill(0);
    return {
      inputs: [...asked, ...answer.slice(0, -1)],
      targets: [...before, ...answer],
      mask: [...before, ...answer.map(() => 1)],
    };
  },
  baseline: () => ({ loss: Math.LN10, accuracy: 0.1 }),
});

/** A net whose prediction after d is `after[d]`. */
function follower(after: readonly number[]) {
  const cell: Cell<Table, Nothing> = {
    name: 'follower',
    inputSize: 10,
    outputSize: 10,
    init: () => ({ table: zeros([10, 10]) }),
    initialState: (batch) => ({ none: zeros([batch, 1]) }),
    step: ({ table }, { none }, input) => ({ output: matMul(input, table), state: { none: none.clone() } }),
  };
  const oneHotOf = (values: readonly number[]) =>
    oneHot(tensor1d([...values], 'int32'), 10, 1, 0, 'float32') as Tensor2D;
  const kernel = oneHotOf([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  const params: TaskModelParams<Table> = {
    cell: { table: oneHotOf(after) },
    output: { kernel, bias: zeros([10]) },
  };
  return { model: taskModel(cell, countingOn), params };
}

const grades = [
  { length: 3, question: 1 },
  { length: 5, question: 4 },
  { length: 1, question: 2 },
  { length: 6, question: 3 },
];

it('are right where every teacher-forced step is right', async () => {
  const { model, params } = follower([1, 2, 3, 4, 5, 6, 7, 8, 9, 0]);
  const batch = countingOn.sample(Rng.seeded(1), [...grades, ...grades]);
  const { predicted, exactMatch, accuracy } = answers(model, params, batch);
  expect(predicted.dtype).toBe('int32');
  const counted = mul(batch.targets, batch.mask as Tensor2D);
  expect([...(await predicted.data())]).toEqual([...(await counted.data())]);
  expect(await exactMatch.data()).toEqual(Float32Array.of(1));
  expect(await accuracy.data()).toEqual(Float32Array.of(1));
});

it("continue from the net's own predictions", async () => {
  const after = [1, 2, 3, 4, 5, 7, 7, 8, 9, 0];
  const { model, params } = follower(after);
  const batch = countingOn.sample(Rng.seeded(2), [...grades, ...grades]);
  const { predicted, exactMatch, accuracy } = answers(model, params, batch);
  const [said, read, wanted, counts] = await rowsOf(predicted, batch.inputs, batch.targets, batch.mask);
  let [right, total, whole] = [0, 0, 0];
  for (const [row, count] of (counts as number[][]).entries()) {
    let last = (read as number[][])[row]?.[count.indexOf(1)] as number;
    let isWhole = true;
    for (const [t, counted] of count.entries()) {
      if (counted === 1) last = after[last] as number;
      const expected = counted === 1 ? last : 0;
      expect(said?.[row]?.[t]).toBe(expected);
      if (counted === 0) continue;
      const isRight = expected === wanted?.[row]?.[t];
      right += isRight ? 1 : 0;
      total += 1;
      isWhole &&= isRight;
    }
    whole += isWhole ? 1 : 0;
  }
  expect((await exactMatch.data())[0]).toBeCloseTo(whole / 8, 6);
  expect((await accuracy.data())[0]).toBeCloseTo(right / total, 6);
  const forced = (await countingOn.accuracy(model.outputs(params, batch), batch).data())[0] as number;
  expect(forced).toBeGreaterThan(right / total + 0.1);
});

it('equal those of each row alone, stepped by hand', async () => {
  const task = memorization();
  const model = taskModel(gru({ inputSize: task.inputSize, hiddenSize: 6 }), task);
  const params = tree.map(model.init(Rng.seeded(3)), (leaf) => mul(leaf, 8));
  const lengths = [3, 1, 2];
  const batch = task.sample(
    Rng.seeded(4),
    lengths.map((length) => ({ length })),
  );
  const [said, read] = await rowsOf(answers(model, params, batch).predicted, batch.inputs);
  for (const [row, length] of lengths.entries()) {
    const fed = (read as number[][])[row]?.slice(0, length + 1) as number[];
    for (let t = length; t <= 2 * length; t++) {
      const one = tensor2d([fed], undefined, 'int32');
      const logits = [...(await model.outputs(params, { inputs: one, targets: one }).data())].slice(-task.outputSize);
      fed.push(logits.indexOf(Math.max(...logits)));
    }
    const answer = (said as number[][])[row] as number[];
    expect(answer).toEqual([...Array(length).fill(0), ...fed.slice(length + 1), ...Array(6 - 2 * length).fill(0)]);
  }
});

it('leak nothing, and are refused for tasks that are not generative', () => {
  const task = memorization({ doubled: true });
  const model = taskModel(gru({ inputSize: task.inputSize, hiddenSize: 3 }), task);
  const params = model.init(Rng.seeded(1));
  const batch = task.sample(Rng.seeded(2), alike(2, { length: 2 }));
  const before = memory().numTensors;
  const found = answers(model, params, batch);
  expect(memory().numTensors).toBe(before + 3);
  tree.dispose(found);
  expect(memory().numTensors).toBe(before);
  const bits = taskModel(gru({ inputSize: 2, hiddenSize: 3 }), parity());
  const rows = parity().sample(Rng.seeded(1), alike(2, { length: 3 }));
  expect(() => answers(bits, bits.init(Rng.seeded(1)), rows)).toThrow(OptionError);
  expect(() => answers(bits, bits.init(Rng.seeded(1)), rows)).toThrow('parity');
});

/** [batch][time] of tensors [batch, time]. */
async function rowsOf(...tensors: readonly (Batch['inputs'] | undefined)[]): Promise<number[][][]> {
  return Promise.all(tensors.map((tensor) => (tensor as Tensor2D).array()));
}

it('over many batches average over their rows and targets', async () => {
  const task = memorization();
  const model = taskModel(gru({ inputSize: task.inputSize, hiddenSize: 4 }), task);
  const params = model.init(Rng.seeded(1));
  const lengths = [3, 5];
  const source = {
    batchesPerEpoch: 2,
    batch: (_: number, index: number) =>
      task.sample(
        Rng.seeded(index),
        Array.from({ length: 2 + index }, () => ({ length: lengths[index] as number })),
      ),
  };
  const found = await evaluateAnswers(model, params, source);
  let [right, targets] = [0, 0];
  for (const index of [0, 1]) {
    const { accuracy } = answers(model, params, source.batch(0, index));
    const count = (2 + index) * ((lengths[index] as number) + 1);
    right += ((await accuracy.data())[0] as number) * count;
    targets += count;
  }
  expect(found).toEqual({ exactMatch: 0, accuracy: expect.closeTo(right / targets, 5), rows: 5 });
});
