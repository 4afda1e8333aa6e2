import fixture from '../../fixtures/normalised.json' with { type: 'json' };
import { describeOracle } from '../oracle.ts';

describeOracle(fixture);
