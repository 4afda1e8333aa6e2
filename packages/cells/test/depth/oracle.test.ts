import fixture from '../../fixtures/depth.json' with { type: 'json' };
import { describeOracle } from '../oracle.ts';

describeOracle(fixture);
