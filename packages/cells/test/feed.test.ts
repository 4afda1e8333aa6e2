import {
  type Cell,
  type FedCell,
  type Frame,
  type OutputMap,
  Rng,
  type Sequence,
  type Tree,
  tree,
  valueAndGrad,
} from '@elman/core';
import { hasLstmFrames } from '@elman/kernels';
import { countTensors, expectTreesClose } from '@elman/testkit';
import { add, addN, concat, matMul, mul, reshape, type Scalar, slice, sum, type Tensor } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { type LstmParams, type LstmState, lstm } from '../src/index.ts';

type Sizes = {
  readonly batch: number;
  readonly time: number;
  readonly known: number;
  readonly fed: number;
  readonly hidden: number;
  /** Columns of a map of the output, or 0. */
  readonly mapped: number;
};
type Given = {
  readonly params: LstmParams;
  readonly inputs: Sequence;
  readonly start: LstmState;
  readonly feeds: Frame[];
  readonly map: OutputMap;
};

const cellOf = ({ known, fed, hidden }: Sizes): Cell<LstmParams, LstmState> =>
  lstm({ inputSize: known + fed, hiddenSize: hidden });

function given(sizes: Sizes): Given {
  const { batch, time, known, fed, hidden, mapped } = sizes;
  const rng = Rng.seeded(hidden);
  const draw = (name: string, shape: number[]): Tensor => rng.fork(name).tensor(shape, (r) => r.normal());
  return {
    params: tree.tidy(() => tree.map(cellOf(sizes).init(rng), (x) => mul(0.3, draw(`param ${x.shape}`, x.shape)))),
    inputs: draw('inputs', [batch, time, known]) as Sequence,
    start: { h: draw('h', [batch, hidden]) as Frame, c: draw('c', [batch, hidden]) as Frame },
    feeds: Array.from({ length: time }, (_, t) => draw(`feed ${t}`, [batch, fed]) as Frame),
    map: {
      kernel: draw('map', [hidden, Math.max(1, mapped)]) as OutputMap['kernel'],
      bias: draw('bias', [Math.max(1, mapped)]) as OutputMap['bias'],
    },
  };
}

type Fed = ReturnType<FedCell<LstmState>['step']>;

/**
 * All outputs, their maps (except that of frame 1, which is not requested) and the last state; the fed input depends on
 * the previous output.
 */
function through(sizes: Sizes, { params, inputs, start, feeds, map }: Given, quick: boolean, reverse: boolean): Tree {
  const { batch, time, known, fed, mapped } = sizes;
  const cell = cellOf(sizes);
  const ready = quick ? cell.feed?.(params, inputs, fed, mapped > 0 ? map : undefined) : undefined;
  if (quick && ready === undefined) throw new Error('expected the LSTM to be fed');
  const outputs: Frame[] = [];
  let state = start;
  for (let i = 0; i < time; i++) {
    const t = reverse ? time - 1 - i : i;
    const more = mul(feeds[t] as Frame, slice(state.c, [0, 0], [batch, 1])) as Frame;
    const x = reshape(slice(inputs, [0, t, 0], [batch, 1, known]), [batch, known]) as Frame;
    const next: Fed = ready?.step(state, more, t) ?? cell.step(params, state, concat([x, more], 1) as Frame);
    outputs.push(next.output);
    if (mapped > 0 && t !== 1) outputs.push(next.mapped ?? add(matMul(next.output, map.kernel), map.bias));
    state = next.state;
  }
  return [...outputs, state] as Tree;
}

function proof(sizes: Sizes, quick: boolean, reverse = false): Tree {
  const { value, grads, aux } = valueAndGrad((all: Given) => {
    const results = through(sizes, all, quick, reverse);
    const terms = tree.leaves(results).map((x, i) =>
      sum(
        mul(
          x,
          Rng.seeded(i).tensor(x.shape, (r) => r.uniform(-1, 1)),
        ),
      ),
    );
    return { loss: addN(terms) as Scalar, aux: results };
  }, given(sizes));
  return { value, grads, aux } as Tree;
}

describe('an LSTM fed frame by frame', () => {
  it('exists on wasm only', () => {
    const sizes = { batch: 1, time: 1, known: 1, fed: 1, hidden: 1, mapped: 0 };
    const { params, inputs } = given(sizes);
    expect(cellOf(sizes).feed?.(params, inputs, 1) !== undefined).toBe(hasLstmFrames());
  });

  it.runIf(hasLstmFrames()).each<Sizes>([
    { batch: 1, time: 1, known: 1, fed: 1, hidden: 1, mapped: 0 },
    { batch: 3, time: 5, known: 2, fed: 3, hidden: 3, mapped: 1 },
    { batch: 2, time: 4, known: 3, fed: 5, hidden: 8, mapped: 16 },
    { batch: 7, time: 3, known: 9, fed: 20, hidden: 17, mapped: 11 },
  ])('gives what step gives, and its gradients: %o, on wasm', async (sizes) => {
    for (const reverse of [false, true]) {
      await expectTreesClose(proof(sizes, true, reverse), proof(sizes, false, reverse), { relative: 5e-5 });
    }
  });

  it.runIf(hasLstmFrames())('leaks nothing, and returns each frame once, on wasm', () => {
    const sizes = { batch: 2, time: 3, known: 2, fed: 2, hidden: 3, mapped: 2 };
    const all = given(sizes);
    const made = countTensors(() => {
      for (let i = 0; i < 20; i++) tree.dispose(tree.tidy(() => through(sizes, all, true, false)));
      for (let i = 0; i < 20; i++) tree.dispose(proof(sizes, true));
    });
    expect(made).toBe(20 * tree.leaves(all).length); // the arguments of each check
    tree.tidy(() => {
      const ready = cellOf(sizes).feed?.(all.params, all.inputs, 2);
      ready?.step(all.start, all.feeds[0] as Frame, 1);
      expect(() => ready?.step(all.start, all.feeds[0] as Frame, 1)).toThrow(
        /expected each frame once, got frame 1 again/,
      );
      return [];
    });
  });
});
