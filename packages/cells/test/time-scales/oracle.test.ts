import fixture from '../../fixtures/time-scales.json' with { type: 'json' };
import { dilated, simpleRnn, skipRnn, skipThroughTime, zoneout } from '../../src/index.ts';
import { describeOracle } from '../oracle.ts';

const { inputSize, hiddenSize } = fixture;
const inner = simpleRnn({ inputSize, hiddenSize });

describeOracle(fixture, {
  dilated: (options) => dilated(inner, options),
  skipRnn: () => skipRnn(inner),
  skipThroughTime: (options) =>
    skipThroughTime(simpleRnn({ inputSize: inputSize + 2 * hiddenSize, hiddenSize }), options),
  zoneout: (options) => zoneout(inner, options),
});
