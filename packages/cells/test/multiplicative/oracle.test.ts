import fixture from '../../fixtures/multiplicative.json' with { type: 'json' };
import { describeOracle } from '../oracle.ts';

describeOracle(fixture);
