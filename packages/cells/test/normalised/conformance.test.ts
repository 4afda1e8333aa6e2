import { describeCell } from '@elman/testkit';
import { describe } from 'vitest';
import { layerNormGru, layerNormLstm, layerNormRnn } from '../../src/index.ts';

const sizes = { inputSize: 3, hiddenSize: 4 };
const options = { importPackage: () => import('../../src/index.ts') };

describe('layer-normalised cells', () => {
  describeCell('layerNormRnn', () => layerNormRnn(sizes), options);
  describeCell('layerNormRnn with epsilon', () => layerNormRnn({ ...sizes, epsilon: 0.5 }), options);
  describeCell('layerNormLstm', () => layerNormLstm(sizes), options);
  describeCell('layerNormGru', () => layerNormGru(sizes), options);
});
