import fixture from '../../fixtures/linear.json' with { type: 'json' };
import { describeOracle } from '../oracle.ts';

describeOracle(fixture);
