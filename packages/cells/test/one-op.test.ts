import { type Cell, type Frame, Rng, type Sequence, type Steps, type Tree, tree, valueAndGrad } from '@elman/core';
import {
  hasGruSequence,
  hasLstmSequence,
  hasPeepholeLstmSequence,
  hasResetBeforeGruSequence,
  hasSimpleRnnSequence,
} from '@elman/kernels';
import { scanFrames, unroll } from '@elman/rnn';
import { expectTreesClose } from '@elman/testkit';
import { add, mul, type Scalar, sum, tensor2d } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { gru, lstm, peepholeLstm, resetBeforeGru, simpleRnn } from '../src/index.ts';

type State = { readonly h: Frame; readonly c?: Frame };

const draw = (rng: Rng, shape: number[]) => rng.tensor(shape, (r) => r.normal());

/** Compares the sequence of a cell with its steps: compiled on cpu and wasm, elsewhere by its `scan`. */
function describeOneOp<P extends Tree, S extends State & Tree>(cell: Cell<P, S>, has: () => boolean): void {
  describe(cell.name, () => {
    const rng = Rng.seeded(1);
    const params = tree.map(cell.init(rng), (p) => draw(rng.fork(String(p.shape)), p.shape)) as P;
    const inputs = draw(rng.fork('inputs'), [4, 3, 3]) as Sequence;
    const mask = tensor2d([1, 1, 1, 1, 1, 0, 1, 0, 0, 0, 0, 0], [4, 3]);
    const start = tree.map(cell.initialState(4), (s, path) => draw(rng.fork(path), s.shape)) as S;
    const weights = draw(rng.fork('weights'), [4, 3, 5]);

    for (const reverse of [false, true]) {
      it(`is a sequence equal to its steps, in values and gradients${reverse ? ', reverse' : ''}`, async () => {
        const everything = (run: (params: P, start: S, inputs: Sequence) => Steps<S>) =>
          valueAndGrad(
            (all: { params: P; start: S; inputs: Sequence }) => {
              const { outputs, state } = run(all.params, all.start, all.inputs);
              const sums = [mul(outputs, weights), ...tree.leaves(state)].map((x) => sum(x));
              return { loss: sums.reduce((a, b) => add(a, b)) as Scalar, aux: { outputs, state } };
            },
            { params, start, inputs },
          );
        const sequence = everything((p, s, x) => unroll(cell, p, x, { state: s, mask, reverse }));
        const steps = everything((p, s, x) =>
          scanFrames((state: S, frame) => cell.step(p, state, frame), s, x, { mask, reverse }),
        );
        await expectTreesClose({ ...sequence }, { ...steps });
        tree.dispose([{ ...sequence }, { ...steps }]);
      });
    }

    it('has a scan of its own on backends whose libraries have its sequence', () => {
      expect(cell.scan?.(params, start, inputs, { context: undefined }) !== undefined).toBe(has());
    });
  });
}

const sizes = { inputSize: 3, hiddenSize: 5 };
describeOneOp(lstm(sizes), hasLstmSequence);
describeOneOp(gru(sizes), hasGruSequence);
describeOneOp(resetBeforeGru(sizes), hasResetBeforeGruSequence);
describeOneOp(peepholeLstm(sizes), hasPeepholeLstmSequence);
describeOneOp(simpleRnn({ ...sizes, activation: 'sigmoid' }), hasSimpleRnnSequence);
