import { describeCell } from '@elman/testkit';
import { lru, minGru, minLstm, qrnn, rgLru, sru } from '../../src/index.ts';

const sizes = { inputSize: 3, hiddenSize: 4 };
const options = { importPackage: () => import('../../src/index.ts') };

describeCell('minGru', () => minGru(sizes), options);
describeCell('minGru with positive candidates', () => minGru({ ...sizes, positive: true }), options);
describeCell('minLstm', () => minLstm(sizes), options);
describeCell('minLstm with positive candidates', () => minLstm({ ...sizes, positive: true }), options);
describeCell('sru', () => sru(sizes), options);
describeCell('sru with as many units as inputs', () => sru({ inputSize: 3, hiddenSize: 3 }), options);
describeCell('sru without peepholes', () => sru({ ...sizes, peepholes: false }), options);
describeCell(
  'sru without peepholes, with as many units as inputs',
  () => sru({ inputSize: 3, hiddenSize: 3, peepholes: false }),
  options,
);
describeCell('qrnn', () => qrnn(sizes), options);
describeCell('qrnn with a window of one frame', () => qrnn({ ...sizes, window: 1 }), options);
describeCell('qrnn with a window of four frames', () => qrnn({ ...sizes, window: 4 }), options);
describeCell('lru', () => lru(sizes), options);
describeCell('lru on a ring', () => lru({ ...sizes, outputSize: 2, rMin: 0.5, rMax: 0.9, maxPhase: 1 }), options);
describeCell('rgLru', () => rgLru(sizes), options);
