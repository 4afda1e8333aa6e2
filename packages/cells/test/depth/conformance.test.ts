import { describeCell } from '@elman/testkit';
import { deepTransitionRnn, gatedFeedbackRnn, gridLstm, recurrentHighway } from '../../src/index.ts';

const sizes = { inputSize: 3, hiddenSize: 4 };
const options = { importPackage: () => import('../../src/index.ts') };
const deep = { transitionDepth: 3, inputDepth: 1, outputDepth: 1, shortcut: true };

describeCell('deepTransitionRnn', () => deepTransitionRnn(sizes), options);
describeCell('deepTransitionRnn, deep everywhere', () => deepTransitionRnn({ ...sizes, ...deep }), options);
describeCell('recurrentHighway', () => recurrentHighway(sizes), options);
for (const unit of ['tanh', 'lstm', 'gru'] as const) {
  describeCell(`gatedFeedbackRnn of ${unit}`, () => gatedFeedbackRnn({ ...sizes, unit }), options);
}
describeCell('gatedFeedbackRnn of three layers', () => gatedFeedbackRnn({ ...sizes, layers: 3 }), options);
describeCell('gatedFeedbackRnn of one layer', () => gatedFeedbackRnn({ ...sizes, layers: 1 }), options);
describeCell('gridLstm', () => gridLstm(sizes), options);
describeCell('gridLstm, tied', () => gridLstm({ ...sizes, layers: 3, tied: true }), options);
