import fixture from '../../fixtures/minimal.json' with { type: 'json' };
import { describeOracle } from '../oracle.ts';

describeOracle(fixture);
