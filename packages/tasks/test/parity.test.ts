import { Rng } from '@elman/core';
import { describeTask } from '@elman/testkit';
import { expect, it } from 'vitest';
import { alike, parity } from '../src/index.ts';

describeTask('parity', () => parity(), { difficulty: { length: 5 } });
describeTask('parity at the end', () => parity({ supervision: 'last' }), { difficulty: { length: 5 } });

it('is whether the number of ones so far is odd', async () => {
  const { inputs, targets } = parity().sample(Rng.seeded(1), alike(20, { length: 12 }));
  const [bits, parities] = [await inputs.data(), await targets.data()];
  for (let row = 0; row < 20; row++) {
    let ones = 0;
    for (let t = 0; t < 12; t++) {
      ones += bits[row * 12 + t] as number;
      expect(parities[row * 12 + t]).toBe(ones % 2);
    }
  }
});
