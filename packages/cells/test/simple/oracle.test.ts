import fixture from '../../fixtures/elman-jordan.json' with { type: 'json' };
import { describeOracle } from '../oracle.ts';

describeOracle(fixture);
