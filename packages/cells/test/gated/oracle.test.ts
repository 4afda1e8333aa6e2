import fixture from '../../fixtures/gated.json' with { type: 'json' };
import { describeOracle } from '../oracle.ts';

describeOracle(fixture);
