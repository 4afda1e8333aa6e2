/** `scan` equals `step` over one frame and over many, where factors are multiplied hundreds of times. */
import { type Cell, Rng, type Sequence, type Tree, tree } from '@elman/core';
import { scanFrames } from '@elman/rnn';
import { expectTreesClose } from '@elman/testkit';
import { tensor2d } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { lru, minGru, minLstm, qrnn, rgLru, sru } from '../../src/index.ts';

const sizes = { inputSize: 3, hiddenSize: 5 };
const cells = [
  minGru(sizes),
  minLstm(sizes),
  sru({ ...sizes, peepholes: false }),
  qrnn({ ...sizes, window: 3 }),
  lru({ ...sizes, outputSize: 2 }),
  rgLru(sizes),
] as unknown as Cell<Tree, Tree>[];

for (const cell of cells) {
  it(`${cell.name}: scan equals step over 1 frame and over 300`, async () => {
    const rng = Rng.seeded(1);
    const params = cell.init(rng);
    const normal = (shape: readonly number[]) => rng.tensor(shape, (r) => r.normal());
    for (const time of [1, 300]) {
      const inputs = normal([2, time, 3]) as Sequence;
      const start = tree.map(cell.initialState(2), ({ shape }) => normal(shape));
      const mask = tensor2d(
        Array.from({ length: 2 * time }, (_, i) => (i % 7 === 3 ? 0 : 1)),
        [2, time],
      );
      for (const reverse of time === 1 ? [false, true] : [false]) {
        const scanned = cell.scan?.(params, start, inputs, { context: undefined, mask, reverse });
        const step = (state: Tree, x: Parameters<typeof cell.step>[2]) => cell.step(params, state, x);
        const stepped = scanFrames(step, start, inputs, { mask, reverse });
        expect(scanned).toBeDefined();
        await expectTreesClose(scanned as Tree, stepped as Tree, { where: `${time} frames` });
      }
    }
  });
}
