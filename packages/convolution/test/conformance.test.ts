import type { Frame } from '@elman/core';
import { describeCell } from '@elman/testkit';
import { causalConvolution, tcn, temporalBlock, waveNet } from '../src/index.ts';

const sizes = { inputSize: 3, hiddenSize: 4 };
const options = { importPackage: () => import('../src/index.ts') };

describeCell('causalConvolution', () => causalConvolution(sizes), options);
describeCell(
  'causalConvolution, dilated, with weight norm',
  () => causalConvolution({ ...sizes, kernelSize: 3, dilation: 2, weightNorm: true }),
  options,
);
describeCell('causalConvolution of one tap', () => causalConvolution({ ...sizes, kernelSize: 1 }), options);
describeCell('temporalBlock', () => temporalBlock(sizes), options);
describeCell(
  'temporalBlock of equal sizes, without weight norm, with dropout',
  () => temporalBlock({ inputSize: 4, hiddenSize: 4, kernelSize: 3, dilation: 2, weightNorm: false, dropout: 0.3 }),
  options,
);
describeCell('tcn', () => tcn({ ...sizes, layers: 2, kernelSize: 2, dropout: 0.3 }), options);
describeCell('waveNet', () => waveNet({ ...sizes, dilations: [1, 2] }), options);
describeCell(
  'waveNet, conditioned on a vector',
  () => waveNet({ ...sizes, skipSize: 5, dilations: [1, 2], kernelSize: 3, contextSize: 2 }),
  { ...options, context: (batchSize, rng) => rng.tensor([batchSize, 2], (r) => r.normal()) as Frame },
);
