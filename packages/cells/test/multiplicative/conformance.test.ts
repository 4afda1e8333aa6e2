import { describeCell } from '@elman/testkit';
import { describe } from 'vitest';
import {
  multiplicativeIntegrationGru,
  multiplicativeIntegrationLstm,
  multiplicativeIntegrationRnn,
  multiplicativeLstm,
  multiplicativeRnn,
} from '../../src/index.ts';

const sizes = { inputSize: 3, hiddenSize: 4 };
const options = { importPackage: () => import('../../src/index.ts') };

describe('multiplicative cells', () => {
  describeCell('multiplicativeIntegrationRnn', () => multiplicativeIntegrationRnn(sizes), options);
  describeCell('multiplicativeIntegrationLstm', () => multiplicativeIntegrationLstm(sizes), options);
  describeCell('multiplicativeIntegrationGru', () => multiplicativeIntegrationGru(sizes), options);
  describeCell('multiplicativeRnn', () => multiplicativeRnn(sizes), options);
  describeCell('multiplicativeRnn with 5 factors', () => multiplicativeRnn({ ...sizes, factors: 5 }), options);
  describeCell('multiplicativeLstm', () => multiplicativeLstm(sizes), options);
  describeCell('multiplicativeLstm with 2 factors', () => multiplicativeLstm({ ...sizes, factors: 2 }), options);
});
