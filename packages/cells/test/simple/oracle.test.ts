import fixture from '../../fixtures/elman-jordan.json' with { type: 'json' };
import windows from '../../fixtures/windows.json' with { type: 'json' };
import { simpleRnn, type WithBagOfWordsOptions, withBagOfWords } from '../../src/index.ts';
import { describeOracle } from '../oracle.ts';

describeOracle(fixture);
describeOracle(windows, {
  withBagOfWords(options) {
    const { inputSize, hiddenSize, ...bag } = options as {
      inputSize: number;
      hiddenSize: number;
    } & WithBagOfWordsOptions;
    return withBagOfWords(simpleRnn({ inputSize: inputSize * (bag.to === 'output' ? 1 : 2), hiddenSize }), bag);
  },
});
