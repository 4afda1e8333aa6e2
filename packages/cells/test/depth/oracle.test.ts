import depth from '../../fixtures/depth.json' with { type: 'json' };
import layers from '../../fixtures/layers.json' with { type: 'json' };
import { describeOracle } from '../oracle.ts';

describeOracle(depth);
describeOracle(layers);
